"""Several processes at once, in an order that only the dice decide."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from support.chaos.stage import Actor, Stage

_LONGEST = 20.0


@dataclass
class _Task:
    actor: Actor
    act: Callable[[], object]
    go: threading.Event = field(default_factory=threading.Event)
    back: threading.Event = field(default_factory=threading.Event)
    ended: bool = False
    problem: BaseException | None = None

    def run(self) -> None:
        self.go.wait(_LONGEST)
        try:
            self.act()
        except BaseException as problem:  # noqa: BLE001 - whatever it is, the story decides
            self.problem = problem
        self.ended = True
        self.back.set()

    def pause(self) -> None:
        self.go.clear()
        self.back.set()
        assert self.go.wait(_LONGEST), "nobody gave the baton back"


def together(
    stage: Stage, dice: Random, acts: Sequence[tuple[Actor, Callable[[], object]]]
) -> list[BaseException | None]:
    """Let processes act in turns, changing at seams outside transactions, and return what ended each.

    Raises:
        AssertionError: One waits for what another holds, for ever.
    """
    tasks = [_Task(actor, act) for actor, act in acts]
    threads = [threading.Thread(target=task.run, daemon=True) for task in tasks]
    for task, thread in zip(tasks, threads, strict=True):
        task.actor.yields = task.pause
        thread.start()
    while living := [task for task in tasks if not task.ended]:
        task = dice.choice(living)
        with stage.acting(task.actor):
            task.back.clear()
            task.go.set()
            assert task.back.wait(_LONGEST), f"{task.actor.name} waits for ever"
    for task, thread in zip(tasks, threads, strict=True):
        thread.join(_LONGEST)
        task.actor.yields = None
    return [task.problem for task in tasks]
