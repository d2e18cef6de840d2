"""Checks an operator can ask for before trouble does: each says in plain words what is well, odd or wrong."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from finora.errors import FinoraError
from finora.settings import unknown_settings
from finora.storage import data_dir
from finora.storage.events import DuckDBEventStore, parse_events_address
from finora.storage.ledger import open_ledger
from finora.vault import open_vault
from finora.workspace import Edges, open_workspace, unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finora.settings import Settings
    from finora.values.clock import Clock

_LOW_SPACE = 1 << 30
_CLOCK_OFF = 120.0


class Verdict(StrEnum):
    """How a check came out."""

    WELL = "well"
    ODD = "odd"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `text` says what to do where something is to be done."""

    name: str
    verdict: Verdict
    text: str


def run_checks(
    settings: Settings, clock: Clock, *, serving: bool, provider: bool = True
) -> Iterator[Finding]:
    """Yield what each check finds. Nothing is made that is not there yet.

    Args:
        settings: Of the Finora to check.
        clock: The machine's.
        serving: Whether a server holds the data directory; its databases are then left alone.
        provider: Whether the provider at the settings' address is asked at all.
    """
    yield from _strange_settings()
    unusable = [Finding("Settings", Verdict.WRONG, problem.message) for problem in unfit(settings)]
    yield from unusable
    folder = list(_data_dir(settings.data_dir))
    yield from folder
    yield _space(settings.data_dir)
    if serving:
        yield Finding("Databases", Verdict.WELL, "A running server holds them; its own start checked them.")
    elif settings.data_dir.is_dir() and not any(
        each.verdict is Verdict.WRONG for each in (*folder, *unusable)
    ):
        yield from _databases(settings, clock)
    if provider:
        yield from _provider(settings, clock)


def _strange_settings() -> Iterator[Finding]:
    for name, meant in unknown_settings().items():
        hint = f" Is {meant} meant?" if meant else ""
        yield Finding("Settings", Verdict.ODD, f"{name} is set, and is no setting of Finora.{hint}")


def _data_dir(path: Path) -> Iterator[Finding]:
    there = _nearest(path)
    if there != path and os.access(there, os.W_OK) and there.is_dir():
        yield Finding("Data directory", Verdict.WELL, f"{path} is not there yet; the first start makes it.")
        return
    try:
        data_dir.prepare(path)
    except FinoraError as problem:
        yield Finding("Data directory", Verdict.WRONG, problem.message)
        return
    yield Finding("Data directory", Verdict.WELL, f"{path.resolve()} can be read and written.")
    if os.name == "posix" and path.stat().st_mode & 0o077:
        yield Finding(
            "Its rights",
            Verdict.ODD,
            f"Other users of this machine may look into {path}. Close it with: chmod 700 {path}",
        )


def _nearest(path: Path) -> Path:
    """Return a path, or the closest above it that exists."""
    # Path.exists would raise where a folder above may not be looked into.
    return next((each for each in (path, *path.absolute().parents) if os.path.exists(each)), path)  # noqa: PTH110 - as said


def _space(path: Path) -> Finding:
    free = shutil.disk_usage(_nearest(path)).free
    text = f"{free / 1e9:,.1f} GB are free where the data is."
    if free < _LOW_SPACE:
        return Finding(
            "Disk", Verdict.ODD, f"Only {text} Free some before it runs out; nothing is lost if it does."
        )
    return Finding("Disk", Verdict.WELL, text)


def _databases(settings: Settings, clock: Clock) -> Iterator[Finding]:
    try:
        with data_dir.held(settings.data_dir):
            found = list(_opened(settings, clock))
    except FinoraError as problem:
        found = [Finding("Databases", Verdict.WRONG, problem.message)]
    yield from found
    if _has_events(settings) and all(each.verdict is Verdict.WELL for each in found):
        yield _told("Together", lambda: _start(settings, clock))


def _opened(settings: Settings, clock: Clock) -> Iterator[Finding]:
    if settings.events_url:
        yield _told("Event store", lambda: _look_at_server(settings))
    elif settings.events_path.exists():
        yield _told("Event store", lambda: _open_events(settings))
    else:
        yield Finding("Event store", Verdict.WELL, "There is none yet; the first start makes it.")
    if settings.database_url or (settings.data_dir / "ledger.sqlite").exists():
        yield _told("Ledger and vault", lambda: _open_ledger(settings, clock))
    else:
        yield Finding("Ledger and vault", Verdict.WELL, "There are none yet; the first start makes them.")


def _has_events(settings: Settings) -> bool:
    """Return whether there is an event store and a ledger to try together, so that none is made by that."""
    if not settings.events_url:
        return settings.events_path.exists()
    return bool(settings.database_url) or (settings.data_dir / "ledger.sqlite").exists()


def _look_at_server(settings: Settings) -> str:
    address = parse_events_address(settings.events_url, settings.data_dir)
    if address.embedded and not Path(address.folder).exists():
        return "There is none yet; the first start makes it."
    from finora.storage.events.clickhouse.inspection import look  # noqa: PLC0415 - not everybody has its packages

    return look(address)


def _open_events(settings: Settings) -> str:
    store = DuckDBEventStore(settings.events_path, settings.timezone)
    try:
        store.check()
        return f"{store.count().events:,} events, all readable."
    finally:
        store.close()


def _open_ledger(settings: Settings, clock: Clock) -> str:
    with open_ledger(settings.ledger_url) as ledger:
        ledger.check()
        open_vault(settings, ledger, clock)
    return "Sound, and the master key fits."


def _start(settings: Settings, clock: Clock) -> str:
    with open_workspace(settings, Edges(clock=clock)):
        return "They belong together, and Finora can start."


def _told(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, Verdict.WELL, check())
    except FinoraError as problem:
        return Finding(name, Verdict.WRONG, problem.message)


def _provider(settings: Settings, clock: Clock) -> Iterator[Finding]:
    address = settings.cursor_base_url
    try:
        with httpx.Client(timeout=10.0) as client:
            answer = client.get(address)
    except httpx.HTTPError as problem:
        text = f"{address} does not answer ({type(problem).__name__}). Check this machine's network and proxy settings."
        yield Finding("Cursor", Verdict.ODD, text)
        return
    yield Finding("Cursor", Verdict.WELL, f"{address} answers.")
    if stated := answer.headers.get("date"):
        yield _clock(stated, clock)


def _clock(stated: str, clock: Clock) -> Finding:
    try:
        off = (clock.now() - parsedate_to_datetime(stated)).total_seconds()
    except (ValueError, TypeError):
        return Finding("Clock", Verdict.WELL, "The provider states no time to compare with.")
    if abs(off) > _CLOCK_OFF:
        ahead = "ahead of" if off > 0 else "behind"
        text = f"This machine's clock is {abs(off):,.0f} seconds {ahead} Cursor's. Set it, else the newest events come late."
        return Finding("Clock", Verdict.WRONG, text)
    return Finding("Clock", Verdict.WELL, "It agrees with Cursor's.")
