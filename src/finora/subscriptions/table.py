"""Subscriptions as CSV, out for a spreadsheet and in again.

One line is one subscription, or one of its dated terms: lines of the same id follow each other by effective day, and
what is not dated is read from the first of them. Seats assigned by hand are not part of the file.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from finora.subscriptions.accrual import Terms
from finora.subscriptions.errors import Flaw
from finora.subscriptions.reading import contract_flaws, read_entry
from finora.values.money import usd_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from finora.subscriptions.reading import Entry
    from finora.subscriptions.subscription import Subscription

COLUMNS = (
    "id",
    "name",
    "sku",
    "effective",
    "seats",
    "price_per_seat",
    "currency",
    "billing_cycle",
    "start_date",
    "renewal_date",
    "end_date",
    "tags",
    "connection",
    "seat_rule",
)
MOST_LINES = 5_000

_REQUIRED = ("name", "sku", "seats", "price_per_seat", "billing_cycle", "start_date")
_ID = re.compile(r"[0-9a-f]{32}")
# As in exported events; what looks like an escaped formula is escaped once more, so that reading takes one quote off.
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")  # noqa: RUF001 - spreadsheets take the wide forms for formulas too
_QUOTED_FORMULA = re.compile(r"'+[=+\-@＝＋－＠]")  # noqa: RUF001 - as above


@dataclass(frozen=True, slots=True)
class Planned:
    """A subscription as a file has it: the line it begins on, its id or none, its fields, and all its terms."""

    line: int
    id: str
    entry: Entry
    terms: tuple[Terms, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    id: str
    entry: Entry


def write_table(subscriptions: Sequence[Subscription], connections: Mapping[str, str]) -> str:
    """Return subscriptions as CSV, connections by name; what a spreadsheet would take for a formula gets a quote."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for subscription in subscriptions:
        for row in _rows(subscription, connections):
            writer.writerow([_harmless("" if value is None else str(value)) for value in row])
    return sink.getvalue()


def read_table(content: bytes) -> tuple[list[Planned], list[Flaw]]:
    """Return the subscriptions in a file, and everything that is wrong with it, by line.

    The file is UTF-8, separated by commas or semicolons; its first line names columns of `COLUMNS` in any order.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Flaw("file", "is not UTF-8; save it as “CSV UTF-8”", 1)]
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ","
    )
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        rows = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as problem:
        return [], [Flaw("file", f"is no CSV: {problem}", reader.line_num)]
    if flaws := _header_flaws(header, len(rows)):
        return [], flaws
    lines = []
    for number, row in rows:
        line, found = _line(number, header, row)
        lines.append(line)
        flaws += found
    planned = []
    if not flaws:
        for group in _groups(lines):
            flaws += _group_flaws(group)
            planned.append(_planned(group))
    return planned, flaws + _repeated(planned)


def _rows(subscription: Subscription, connections: Mapping[str, str]) -> Iterator[tuple[object, ...]]:
    contract = subscription.contract
    for terms in contract.terms:
        yield (
            subscription.id,
            subscription.name,
            subscription.sku,
            terms.effective,
            terms.seats,
            usd_text(terms.price),
            "USD",
            terms.cycle.value,
            contract.start,
            subscription.renewal,
            contract.end,
            ";".join(subscription.tags),
            connections.get(subscription.connection_id or ""),
            subscription.seat_rule.value,
        )


def _harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _as_meant(text: str) -> str:
    return text[1:] if _QUOTED_FORMULA.match(text) else text


def _header_flaws(header: Sequence[str], lines: int) -> list[Flaw]:
    if len(header) > 2 * len(COLUMNS):
        return [Flaw("file", f"has {len(header):,} columns; there are {len(COLUMNS)}", 1)]
    flaws = [Flaw(name, "is no column; leave it out", 1) for name in header if name not in COLUMNS]
    flaws += [
        Flaw(name, "is there twice", 1)
        for name in sorted({each for each in header if header.count(each) > 1})
    ]
    flaws += [Flaw(name, "is missing", 1) for name in _REQUIRED if name not in header]
    if not flaws and not lines:
        flaws.append(Flaw("file", "has no lines but its head", 1))
    if lines > MOST_LINES:
        flaws.append(Flaw("file", f"has more than {MOST_LINES:,} lines", 1))
    return flaws


def _line(number: int, header: Sequence[str], row: Sequence[str]) -> tuple[_Line, list[Flaw]]:
    flaws = [Flaw("line", "has more fields than the head", number)] if len(row) > len(header) else []
    # An empty field says nothing, so that it keeps what an update finds; dates and links that may be empty are cleared.
    fields = {name: _as_meant(text.strip()) for name, text in zip(header, row, strict=False)}
    id_ = fields.pop("id", "")
    if id_ and not _ID.fullmatch(id_):
        flaws.append(Flaw("id", "is none; leave it empty for a new subscription", number))
    given = {
        name: text
        for name, text in fields.items()
        if text or name in {"renewal_date", "end_date", "tags", "connection"}
    }
    entry, found = read_entry(given, _REQUIRED)
    return _Line(number, id_, entry), flaws + [replace(flaw, line=number) for flaw in found]


def _groups(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Yield the lines of each subscription; each line without an id is one of its own."""
    for _, group in groupby(lines, key=lambda line: line.id or str(line.number)):
        yield list(group)


def _days(group: Sequence[_Line]) -> list[date | None]:
    """Return from when each line holds; the first, unless it says otherwise, from the start."""
    return [
        group[0].entry.effective or group[0].entry.start_date,
        *(line.entry.effective for line in group[1:]),
    ]


def _group_flaws(group: Sequence[_Line]) -> list[Flaw]:
    head = group[0].entry
    start, end = head.start_date, head.end_date
    flaws = []
    before = None
    for line, day in zip(group, _days(group), strict=True):
        entry = line.entry
        found = []
        if start is not None:
            found = contract_flaws(start, end, head.renewal_date, entry.seats, entry.price_per_seat)
        if day is None:
            found.append(Flaw("effective", "is missing; lines of one id say from when each holds"))
        elif before is None and day != start:
            found.append(Flaw("effective", "must be the start date on the first line of a subscription"))
        elif before is not None and day <= before:
            found.append(Flaw("effective", "must be later than on the line before"))
        elif end is not None and day > end:
            found.append(Flaw("effective", f"lies after the end date, {end}"))
        before = day or before
        flaws += [replace(flaw, line=line.number) for flaw in found]
    return flaws


def _planned(group: Sequence[_Line]) -> Planned:
    terms = tuple(
        Terms(
            effective=day,
            seats=line.entry.seats,
            price=line.entry.price_per_seat,
            cycle=line.entry.billing_cycle,
        )
        for line, day in zip(group, _days(group), strict=True)
        if day is not None
    )
    return Planned(group[0].number, group[0].id, group[0].entry, terms)


def _repeated(planned: Sequence[Planned]) -> list[Flaw]:
    seen: set[str] = set()
    flaws = []
    for each in planned:
        if each.id and each.id in seen:
            flaws.append(Flaw("id", "is there again; lines of one id belong together", each.line))
        seen.add(each.id)
    return flaws
