"""The stage: who acts at present, what befalls them at the seams they cross, and the files that a crash leaves."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

_LOGS = {"events.duckdb.wal", "ledger.sqlite-wal"}
_LOOKS = 0.004
"""How often somebody looks, by crossings."""
_CHANGES = 0.2
"""How often another process goes on, by crossings."""
_NEVER_KEPT = shutil.ignore_patterns("*-shm", "*.lock", "*.tmp")


class Crash(BaseException):
    """The process dies here: nothing behind this point happens any more."""


@dataclass(frozen=True)
class Trouble:
    """What is to befall a process, and at which of its crossings.

    `kind` is `crash` (at any seam), `torn` (at the first commit from there on, which reaches the disk in part) or
    `disk_full` (at every write, for `length` crossings).
    """

    kind: str
    at: int
    length: int = 0


@dataclass
class Actor:
    """A process of the simulated machine."""

    pid: int
    machine: str
    name: str
    trouble: Trouble | None = None
    alive: bool = True
    crossings: int = 0
    open: set[int] = field(default_factory=set)
    yields: Callable[[], None] | None = None

    def is_full(self) -> bool:
        """Return whether the disk takes no more writes at present."""
        trouble = self.trouble
        if trouble is None or trouble.kind != "disk_full":
            return False
        return trouble.at <= self.crossings < trouble.at + trouble.length


class Stage:
    """Where processes act, one at a time.

    Attributes:
        folder: The data directory of those who act.
        left: The copy of it that a crash of the whole machine left.
        current: Who acts; nobody while the audience looks.
        alone: Whether one process acts alone, so that its crash is the whole machine's.
        actors: All processes there ever were, by number.
        opened: Close what was opened on the stage.
        seen: How often what befell.
        look: Called at random moments, as a reader would come along.
    """

    def __init__(self, folder: Path, dice: Random) -> None:
        self.folder = folder
        self.left: Path | None = None
        self.current: Actor | None = None
        self.seen: Counter[str] = Counter()
        self.look: Callable[[], None] = lambda: None
        self.alone = True
        self.opened: list[Callable[[], None]] = []
        self.actors: dict[int, Actor] = {}
        self._dice = dice
        self._pids = 1000

    def cast(self, machine: str, name: str, trouble: Trouble | None = None) -> Actor:
        """Return a new process."""
        self._pids += 1
        self.actors[self._pids] = Actor(self._pids, machine, name, trouble)
        return self.actors[self._pids]

    @contextmanager
    def acting(self, actor: Actor | None) -> Iterator[None]:
        """Let somebody act; nobody, where the audience looks."""
        former, self.current = self.current, actor
        try:
            yield
        finally:
            self.current = former

    def strike(self) -> None:
        """Clear away all that a dead machine had open, and go on with the files it left."""
        with self.acting(None):
            for close in self.opened:
                with suppress(Exception):
                    close()
        self.opened.clear()
        if self.left is not None:
            shutil.rmtree(self.folder)
            self.folder, self.left = self.left, None

    def cross(self, seam: str, *, writes: bool = False) -> None:
        """Let the one who acts cross a seam.

        Raises:
            Crash: It dies here, or is dead already.
        """
        actor = self.current
        if actor is None:
            return
        if not actor.alive:
            raise Crash
        actor.crossings += 1
        self.seen["crossings"] += 1
        trouble = actor.trouble
        if trouble is not None and trouble.kind == "crash" and actor.crossings >= trouble.at:
            self._kill(actor, f"crash at {seam}")
        if writes and actor.is_full():
            self.seen["disk_full"] += 1
            raise _full(seam)
        if self._dice.random() < _LOOKS:
            with self.acting(None):
                self.seen["looks"] += 1
                self.look()
        if actor.yields is not None and not actor.open and self._dice.random() < _CHANGES:
            actor.yields()

    def commit(self, seam: str, done: Callable[[], object]) -> None:
        """Commit; or tear the commit in two, where that is what befalls.

        Raises:
            Crash: It was torn.
        """
        self.cross(f"{seam} commit", writes=True)
        actor = self.current
        trouble = actor.trouble if actor is not None else None
        if (
            actor is None
            or trouble is None
            or trouble.kind != "torn"
            or actor.crossings < trouble.at
            or not self.alone
        ):
            done()
            return
        before = self._copy()
        done()
        for name in _LOGS:
            self._tear(before / name, self.folder / name)
        self.left = before
        actor.alive = False
        self.seen["torn"] += 1
        raise Crash

    def _kill(self, actor: Actor, how: str) -> None:
        actor.alive = False
        self.seen["crashes"] += 1
        self.seen[how] += 1
        if self.alone:
            self.left = self._copy()
        raise Crash

    def _tear(self, old: Path, new: Path) -> None:
        """Leave of what was appended to a log some first part."""
        if not new.exists():
            return
        content = new.read_bytes()
        size = old.stat().st_size if old.exists() else 0
        if len(content) > size:
            old.write_bytes(content[: self._dice.randint(size, len(content))])

    def _copy(self) -> Path:
        """Return a copy of the data directory as the system would show it to the next process."""
        copy = Path(tempfile.mkdtemp(dir=self.folder.parent))
        return Path(shutil.copytree(self.folder, copy, ignore=_NEVER_KEPT, dirs_exist_ok=True))


def _full(seam: str) -> Exception:
    if seam.startswith("store"):
        return duckdb.IOException(f"Could not write file: No space left on device ({seam})")
    problem = sqlite3.OperationalError("database or disk is full")
    problem.sqlite_errorname = "SQLITE_FULL"
    return problem
