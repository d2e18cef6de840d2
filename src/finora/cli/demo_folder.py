"""The demo's data directory: told from others by a mark, and made anew only while nobody works in it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from finora.cli.operator import answering
from finora.errors import ConfigurationError, FinoraError
from finora.storage.data_dir import LOCK, DataDirInUse, held

if TYPE_CHECKING:
    from finora.cli.operator import Operator

DEMO_FOLDER = Path("demo-data")
"""Where a demo keeps its data: in the folder that it is started in."""
DEMO_MARK = "made-by-finora-demo"
"""The file that tells a demo's data directory from others."""


class DemoRuns(ConfigurationError):
    """A demo works in the folder already."""

    title: ClassVar[str] = "A demo is running already"


class NoDemoFolder(ConfigurationError):
    """What is where the demo's data would go was not made by a demo."""

    title: ClassVar[str] = "Something is where the demo's data would go"


def make_anew(folder: Path) -> None:
    """Make a demo's data directory anew, with nothing but its mark in it.

    Raises:
        DemoRuns: Somebody works in it; nothing is touched.
        NoDemoFolder: No demo made what is there; it is left alone.
    """
    look_at(folder)
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        # The lock's own file stays, so that whoever comes meanwhile meets the same one, and the mark, should this end halfway.
        with held(folder):
            (folder / DEMO_MARK).touch()
            for each in folder.iterdir():
                if each.name not in {LOCK, DEMO_MARK}:
                    _remove(each)
    except DataDirInUse:
        raise _running(folder) from None


def look_at(folder: Path) -> None:
    """Say whether a demo's data directory can be made anew, and leave it as it is.

    Raises:
        DemoRuns: Somebody works in it.
        NoDemoFolder: No demo made what is there.
    """
    if not folder.exists():
        return
    if not (folder / DEMO_MARK).exists():
        raise NoDemoFolder(
            f"{folder} is in the way: it was not made by a demo, so it is left alone. Move it away."
        )
    try:
        with held(folder):
            pass
    except DataDirInUse:
        raise _running(folder) from None


def running_demo(folder: Path = DEMO_FOLDER) -> Operator | None:
    """Return the server of the demo that runs here; none where none answers, or that cannot be told."""
    try:
        return answering(folder) if (folder / DEMO_MARK).exists() else None
    except (FinoraError, OSError):
        return None


def asking_demo(*words: str) -> str:
    """Return a command that asks the demo, as it is typed in the folder that the demo was started in."""
    typed = Path(sys.argv[0])
    # On the path it is called by its name; from a checkout by where it is.
    named = typed.name == "finora" and shutil.which("finora") != str(typed)
    return " ".join([f"FINORA_DATA_DIR={DEMO_FOLDER}", str(typed) if named else "finora", *words])


def _running(folder: Path) -> DemoRuns:
    demo = running_demo(folder)
    where = f"It is at {demo.url}; its password stands where it was started. " if demo else ""
    return DemoRuns(
        f"Another Finora works in {folder.absolute()}, which was left as it is. {where}"
        "To begin anew, end that one first (Ctrl-C where it was started), then start the demo again."
    )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
