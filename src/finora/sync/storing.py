"""Storing a window while the next one is read: the provider is waited for and the disk is written to at the same time.

Nothing else changes by it. One window is stored at a time, each only after the one before is stored and noted, so that
windows are committed and told of in the order in which they were read, as they would be one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor, Future

_T = TypeVar("_T")


class Storing(Generic[_T]):
    """Lets one piece of work go on aside, and what follows from it happen here.

    Args:
        aside: Does the work. One that does it at once, when it is given, makes all happen in order in one thread.
    """

    def __init__(self, aside: Executor) -> None:
        self._aside = aside
        self._under_way: tuple[Future[_T], Callable[[_T], None]] | None = None

    def begin(self, work: Callable[[], _T], then: Callable[[_T], None]) -> None:
        """Begin a piece of work, once the one before is settled; `then` gets its result, in this thread.

        Raises:
            Exception: What the work before raised, or what followed from it.
        """
        self.settle()
        self._under_way = (self._aside.submit(work), then)
        self.look()

    def look(self) -> None:
        """Settle what is under way, if its work is done by now; see `begin`."""
        if self._under_way is not None and self._under_way[0].done():
            self.settle()

    def settle(self) -> None:
        """Wait for what is under way, and let happen what follows from it; see `begin`."""
        if self._under_way is not None:
            (work, then), self._under_way = self._under_way, None
            then(work.result())

    def close(self) -> None:
        """Let go of the thread; what is under way is ended first, and what it raises is not told any more."""
        self._aside.shutdown()
