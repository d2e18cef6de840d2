"""Backups: ledger and events as one consistent pair in one file, with what proves that it is whole.

The file is a tar archive of both databases and a `manifest.json` with their SHA-256 and totals. The master key is in it
only where that is asked for: whoever has both can read the providers' keys.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
import zlib
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

import finora
from finora.errors import StorageError
from finora.spend.store import Tally
from finora.storage import data_dir
from finora.storage.events import DuckDBEventStore
from finora.storage.events.duckdb import opening
from finora.storage.events.duckdb.errors import troubles_told
from finora.storage.ledger import sqlite

if TYPE_CHECKING:
    from finora.spend.store import EventStore
    from finora.storage.ledger import Ledger

_MANIFEST, _LEDGER, _EVENTS, _KEY = "manifest.json", "ledger.sqlite", "events.duckdb", "secret.key"
_LOG = f"{_EVENTS}.wal"
_KNOWN = (_LEDGER, _EVENTS, _LOG, _KEY, "skus.toml")
_FORMAT = 1
_LARGEST_PIECE = 1_000_000
_SPARE = 50_000_000
"""Bytes that a restore leaves free, for whatever else lives on the disk."""


class BackupImpossible(StorageError):
    """A backup cannot be written."""

    code = "backup_impossible"
    title = "The backup was not made"


class RestoreRefused(StorageError):
    """A backup cannot be restored."""

    code = "restore_refused"
    title = "The backup was not restored"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds: SHA-256 by file, and the totals of its events in nano-USD."""

    format: int
    finora: str
    made_at: datetime
    files: dict[str, str]
    events: int
    spend: int
    usage_value: int

    @property
    def has_key(self) -> bool:
        """Whether the master key is in it."""
        return _KEY in self.files


def write_backup(
    file: Path,
    folder: Path,
    ledger: Ledger,
    store: EventStore,
    *,
    now: datetime,
    with_key: bool = False,
) -> Manifest:
    """Write a backup while Finora runs; readers go on, and what wants to write waits.

    Args:
        file: Where to; nothing may be there.
        folder: The data directory.
        ledger: The ledger in it.
        store: The event store in it.
        now: When it is made.
        with_key: Put the master key in as well.

    Raises:
        BackupImpossible: There is such a file already, it cannot be written, or the ledger is in PostgreSQL.
    """
    if ledger.engine.dialect.name != "sqlite":
        raise BackupImpossible(
            "The ledger is in PostgreSQL, which has backups of its own: stop Finora, run pg_dump, and copy the data directory."
        )
    if not isinstance(store, DuckDBEventStore):
        raise BackupImpossible(
            f"The events are in ClickHouse at {store.place}, which has backups of its own: BACKUP DATABASE … TO … there, first; then "
            "copy the ledger (sqlite3 ledger.sqlite '.backup …', or pg_dump), and keep the master key. What is younger than "
            "the copy of the events, the next sync reads from the provider anew."
        )
    if file.exists():
        raise BackupImpossible(f"{file} is there already. Choose another name.")
    try:
        with TemporaryDirectory(dir=file.parent, prefix=".finora-backup-") as room:
            place = Path(room)
            with store.held_still():
                sqlite.copy_to(sqlite.file_of(ledger.engine.url), place / _LEDGER)
                for name in (_EVENTS, _LOG):
                    _copy(folder / name, place / name)
                totals = store.count()
            for name in ("skus.toml", *([_KEY] if with_key else [])):
                if (folder / name).exists():
                    shutil.copyfile(folder / name, place / name)
            files = {name: _digest(place / name) for name in _KNOWN if (place / name).exists()}
            manifest = Manifest(
                format=_FORMAT,
                finora=finora.__version__,
                made_at=now,
                files=files,
                events=totals.events,
                spend=totals.spend,
                usage_value=totals.usage_value,
            )
            (place / _MANIFEST).write_bytes(msgspec.json.encode(manifest))
            _pack(place, [_MANIFEST, *files], file)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise BackupImpossible(
            f"{file} cannot be written ({problem}). Check the folder, its owner and free space."
        ) from problem
    return manifest


def restore_backup(file: Path, folder: Path) -> Manifest:
    """Put a backup's databases into a data directory that has none, once they have proved to be whole.

    Raises:
        RestoreRefused: It is no backup, not whole, or the data directory holds databases already. Nothing was changed.
    """
    data_dir.prepare(folder)
    with data_dir.held(folder), TemporaryDirectory(dir=folder, prefix=".finora-restore-") as room:
        present = [name for name in _KNOWN if (folder / name).exists() and name != _KEY]
        if present:
            raise RestoreRefused(
                f"{folder} holds {', '.join(present)} already. Move them away, or set FINORA_DATA_DIR to an empty folder."
            )
        place = Path(room)
        manifest = _unpacked(file, place)
        _verify(place, manifest, file)
        names = [name for name in _KNOWN if (place / name).exists()]
        if (folder / _KEY).exists():  # the key that is there may be newer than the backup's
            names = [name for name in names if name != _KEY]
        for name in names:
            (place / name).chmod(0o600)
            (place / name).replace(folder / name)
    return manifest


def _unpacked(file: Path, place: Path) -> Manifest:
    try:
        with _Backup(file) as content, tarfile.open(fileobj=content, mode="r:") as archive:
            for member in archive:
                _refuse_unfit(member, place, file)
                archive.extract(member, place, filter="data")
        manifest = msgspec.json.decode((place / _MANIFEST).read_bytes(), type=Manifest)
    except (
        OSError,
        EOFError,
        zlib.error,
        tarfile.TarError,
        msgspec.MsgspecError,
        UnicodeDecodeError,
    ) as problem:
        raise RestoreRefused(f"{file} is no backup of Finora, or not a whole one ({problem}).") from None
    if manifest.format != _FORMAT:
        raise RestoreRefused(
            f"{file} was made by Finora {manifest.finora}. Install that version or a later one."
        )
    return manifest


class _Backup(gzip.GzipFile):
    """An unpacked backup that is never read in large pieces: a few bytes of it can stand for many, to fill the memory."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, "rb")

    def read(self, size: int | None = -1) -> bytes:
        """Return the next bytes; of the archive's parts only files are long, and those are copied bit by bit."""
        if size is None or not 0 <= size <= _LARGEST_PIECE:
            raise tarfile.ReadError("a header in it is longer than any of Finora's")
        return super().read(size)


def _refuse_unfit(member: tarfile.TarInfo, place: Path, file: Path) -> None:
    """Go on only if a member is one of a backup's files, comes once, and has room on the disk.

    Raises:
        RestoreRefused: It is not, or has not.
    """
    if not member.isreg() or member.name not in (_MANIFEST, *_KNOWN) or (place / member.name).exists():
        raise RestoreRefused(f"{file} is no backup of Finora: it holds something that none does.")
    if member.name == _MANIFEST and member.size > _LARGEST_PIECE:
        raise RestoreRefused(f"{file} is no backup of Finora: its list of contents is too long.")
    free = shutil.disk_usage(place).free - _SPARE
    if member.size > free:
        raise RestoreRefused(
            f"{file} does not fit: {member.name} takes {member.size / 1e6:,.0f} MB, and only {max(free, 0) / 1e6:,.0f} MB can be "
            "taken here. Make room, or set FINORA_DATA_DIR to a folder on a larger disk."
        )


def _verify(place: Path, manifest: Manifest, file: Path) -> None:
    """Make sure that every file is what the manifest says, and that the databases hold what it says."""
    found = {name: _digest(place / name) for name in _KNOWN if (place / name).exists()}
    if found != manifest.files or not {_LEDGER, _EVENTS} <= found.keys():
        raise RestoreRefused(f"{file} is damaged: a file in it is missing or is not what was backed up.")
    totals = _totals(place / _EVENTS)
    if totals != [Tally(events=manifest.events, spend=manifest.spend, usage_value=manifest.usage_value)] * 2:
        raise RestoreRefused(f"{file} is damaged: its events do not add up to the totals they had.")


def _totals(path: Path) -> list[Tally]:
    """Return the totals of an event store's file, from its events and from its roll-up."""
    with troubles_told(path), opening.connect(path) as database:
        found = [
            database.execute(
                f"SELECT {count}, coalesce(sum(CASE WHEN chargeable THEN cost END), 0), coalesce(sum(cost), 0) FROM {table}"
            ).fetchall()[0]
            for table, count in (("events", "count(*)"), ("daily", "coalesce(sum(events), 0)"))
        ]
    return [Tally(events=int(row[0]), spend=int(row[1]), usage_value=int(row[2])) for row in found]


def _copy(source: Path, target: Path) -> None:
    """Copy a file by another process: the engine's lock on it would go if this process closed it."""
    if source.exists():
        subprocess.run(["cp", "--", str(source), str(target)], check=True, capture_output=True)  # noqa: S603, S607 - the system's own, on our own files


def _pack(place: Path, names: list[str], file: Path) -> None:
    whole = place / "backup"
    with open(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:  # noqa: PTH123 - a path cannot be opened with a mode
        with tarfile.open(fileobj=target, mode="w:gz", compresslevel=1) as archive:
            for name in names:
                archive.add(place / name, name)
        target.flush()
        os.fsync(target.fileno())
    os.link(whole, file)


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
