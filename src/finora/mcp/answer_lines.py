"""The answer to a query as text: totals in a sentence, then the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from finora.mcp import lines
from finora.spend.catalog import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Document = Mapping[str, Any]
    """An answer as `finora.spend.rendering` gives it."""


def in_words(document: Document, rows: Sequence[Document]) -> str:
    """Return an answer in words, with these of its rows."""
    query, meta = document["meta"]["query"], document["meta"]
    zone = ZoneInfo(query["timezone"])
    labels = [meta["metrics"][name]["label"] for name in query["metrics"]]
    by = "".join(f" by {DIMENSIONS[name].label.lower()}" for name in query["dimensions"])
    period = lines.days(meta["period"]["start"], meta["period"]["end"], zone)
    totals = ", ".join(
        f"{label} {lines.exactly(meta['metrics'][name]['unit'], document['totals'][name])}"
        for name, label in zip(query["metrics"], labels, strict=True)
    )
    parts = [f"{', '.join(labels)}{by}, {period}. In all: {totals}{_before(document, zone)}."]
    if query["dimensions"] or "interval" in query:
        parts.append(lines.table(list(_heads(document)), _lines(document, rows, zone)))
    first = (meta["compared"] or meta["period"])["start"]
    parts.append(lines.reach(meta["data_through"], meta["read_from"], first))
    return "\n\n".join(parts)


def _before(document: Document, zone: ZoneInfo) -> str:
    compared = document["meta"]["compared"]
    if not compared:
        return ""
    query, metrics = document["meta"]["query"], document["meta"]["metrics"]
    said = ", ".join(
        f"{lines.exactly(metrics[name]['unit'], document['totals']['previous'][name])} "
        f"({lines.change(document['totals'][name], document['totals']['previous'][name])} since)"
        for name in query["metrics"]
    )
    return f"; before, {lines.days(compared['start'], compared['end'], zone)}: {said}"


def _heads(document: Document) -> Iterator[str]:
    query, meta = document["meta"]["query"], document["meta"]
    for name in query["dimensions"]:
        yield DIMENSIONS[name].label
    if "interval" in query:
        yield f"From ({query['interval']})"
    for name in query["metrics"]:
        yield meta["metrics"][name]["label"]
        if _compares_rows(document):
            yield from ("Before", "Change")


def _lines(document: Document, rows: Sequence[Document], zone: ZoneInfo) -> Iterator[list[str]]:
    query = document["meta"]["query"]
    for row in rows:
        names = [lines.named(row[name], row[f"{name}_label"]) for name in query["dimensions"]]
        if "bucket" in row:
            names.append(lines.bucket(row["bucket"], query["interval"], zone))
        yield [*names, *_figures(document, row)]
    other = document["other"]
    if other is not None and query["dimensions"] and "interval" not in query:
        names = [f"All other ({other['groups']:,})", *[""] * (len(query["dimensions"]) - 1)]
        yield [*names, *_figures(document, other)]


def _figures(document: Document, row: Document) -> Iterator[str]:
    for name, metric in document["meta"]["metrics"].items():
        yield lines.figure(metric["unit"], row[name])
        if _compares_rows(document):
            before = row["previous"][name]
            yield from (lines.figure(metric["unit"], before), lines.change(row[name], before))


def _compares_rows(document: Document) -> bool:
    return bool(document["meta"]["compared"]) and "interval" not in document["meta"]["query"]
