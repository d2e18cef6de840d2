"""Storing a window while the next one is read: the provider is waited for and the disk is written to at the same time.

One window is stored at a time, each only after the one before is stored and noted, so that windows are committed and told
of in the order in which they were read, as they would be one after the other. Where they are read faster than they are
stored, those that pile up are joined and stored as one, which costs less than each by itself; where the provider is slower,
as it nearly always is, each is stored as soon as it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor, Future

_Piece = TypeVar("_Piece")
_Done = TypeVar("_Done")


class Storing(Generic[_Piece, _Done]):
    """Lets pieces of work be done aside, one after the other, and what follows from each happen here.

    Args:
        aside: Does the work. One that does it at once, when it is given, makes all happen in order in one thread.
        before: Called in this thread before a piece is given to be done.
        work: Does a piece.
        then: Gets a piece and its result, in this thread.
        join: Makes one piece of two that follow one another, if they may be done as one.
    """

    def __init__(
        self,
        aside: Executor,
        *,
        before: Callable[[], None],
        work: Callable[[_Piece], _Done],
        then: Callable[[_Piece, _Done], None],
        join: Callable[[_Piece, _Piece], _Piece | None],
    ) -> None:
        self._aside = aside
        self._before = before
        self._work = work
        self._then = then
        self._join = join
        self._under_way: tuple[_Piece, Future[_Done]] | None = None
        self._next: _Piece | None = None

    def begin(self, piece: _Piece) -> None:
        """Have a piece done once those before are; waits for them where it cannot be joined with one that waits.

        Raises:
            Exception: What the work before raised, or what followed from it.
        """
        self.look()
        joined = None if self._next is None else self._join(self._next, piece)
        if self._next is not None and joined is None:
            self._settle_one()
        self._next = joined or piece
        if self._under_way is None:
            self._go_on()
        self.look()

    def look(self) -> None:
        """Settle what is under way, if its work is done by now, and go on with what waits; see `begin`."""
        while self._under_way is not None and self._under_way[1].done():
            self._settle_one()

    def settle(self) -> None:
        """Wait for all that was given, and let happen what follows from it; see `begin`."""
        while self._under_way is not None:
            self._settle_one()

    def close(self) -> None:
        """Let go of the thread; what is under way is ended first, and what it raises is not told any more."""
        self._aside.shutdown()

    def _settle_one(self) -> None:
        if self._under_way is None:
            return
        (piece, work), self._under_way = self._under_way, None
        try:
            self._then(piece, work.result())
        except BaseException:
            self._next = None  # nothing is done after what failed
            raise
        self._go_on()

    def _go_on(self) -> None:
        if self._next is not None:
            self._before()
            piece, self._next = self._next, None
            self._under_way = (piece, self._aside.submit(self._work, piece))
