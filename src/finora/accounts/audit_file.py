"""The audit log as a file: CSV for a spreadsheet, JSON for a program, written page by page."""

from __future__ import annotations

import csv
import io
import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from finora.values.period import utc_text
from finora.values.text import cell_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from finora.accounts.records import AuditRecord

FORMATS: Mapping[str, str] = MappingProxyType({"csv": "text/csv; charset=utf-8", "json": "application/json"})
"""The kinds of file, with their media types."""

_COLUMNS = ("id", "at", "actor", "actor_id", "act", "subject", "details", "address")


def plain(entry: AuditRecord) -> dict[str, Any]:
    """Return an entry as JSON has it."""
    return {name: getattr(entry, name) for name in _COLUMNS} | {"at": utc_text(entry.at)}


def written(pages: Iterable[Sequence[AuditRecord]], form: str) -> Iterator[bytes]:
    """Yield the parts of a file of one of `FORMATS`."""
    return _WRITERS[form](pages)


def _csv(pages: Iterable[Sequence[AuditRecord]]) -> Iterator[bytes]:
    """What a spreadsheet took for a formula is kept as text: names come from outside."""
    yield _lines([_COLUMNS])
    for page in pages:
        yield _lines([_cells(entry) for entry in page])


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    sink = io.StringIO()
    csv.writer(sink, lineterminator="\r\n").writerows(rows)
    return sink.getvalue().encode()


def _cells(entry: AuditRecord) -> list[str]:
    details = json.dumps(entry.details) if entry.details else ""
    values = plain(entry) | {"details": details, "actor_id": entry.actor_id or ""}
    return [cell_text(str(values[name])) for name in _COLUMNS]


def _json(pages: Iterable[Sequence[AuditRecord]]) -> Iterator[bytes]:
    """An array, an entry a line."""
    before = b"[\n"
    for page in pages:
        yield before + ",\n".join(json.dumps(plain(entry)) for entry in page).encode()
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


_WRITERS: dict[str, Callable[[Iterable[Sequence[AuditRecord]]], Iterator[bytes]]] = {
    "csv": _csv,
    "json": _json,
}
