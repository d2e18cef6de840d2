"""How far a move is, shown while it runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def bar(title: str, *, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield what shows how much is over of how much."""
    columns = (
        TextColumn(f"[bold]{title}"),
        BarColumn(bar_width=None),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TextColumn("left"),
        TimeRemainingColumn(compact=True),
    )
    shows = Progress(*columns, console=Console(stderr=True), disable=not shown)
    task = shows.add_task("", total=0)

    def tell(over: int, everything: int) -> None:
        shows.start()  # not before there is something to tell: what is refused was never under way
        shows.update(task, completed=over, total=everything)

    try:
        yield tell
    finally:
        shows.stop()
