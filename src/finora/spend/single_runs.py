"""The ids of single runs: conversations, cloud agents, automations, of which there are millions.

An engine keeps them with each event as they are, or keeps each once and events point to it by number (`Dialect.numbered`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from finora.spend.catalog import DIMENSIONS
from finora.spend.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finora.spend.catalog import Dimension, Lookup
    from finora.spend.dialect import Dialect
    from finora.values.period import Span

RUN_IDS = tuple(name for name, dimension in DIMENSIONS.items() if dimension.raw)
"""The dimensions of which they are the values, and the columns of events that hold them."""


def as_stored(dimension: Dimension, dialect: Dialect) -> Dimension:
    """Return a dimension as an engine keeps it."""
    lookup = dialect.numbered.get(dimension.name)
    return replace(dimension, lookup=lookup) if lookup else dimension


def id_of(name: str, dialect: Dialect) -> str:
    """Return the expression of an event's id, nothing where it has none; `joined_ids` has to be joined for it."""
    return f"r_{name}.key" if name in dialect.numbered else f"e.{name}"


def joined_ids(dialect: Dialect, span: Span | None = None) -> str:
    """Return what has to be joined to events so that their ids can be told.

    Args:
        dialect: The engine's.
        span: Where many events are told, when they were: an engine would else have all ids ready to tell a few of them.
    """
    return "".join(
        f"\nLEFT JOIN {_ids(name, lookup, span) if span else lookup.table} r_{name} ON r_{name}.id = nullif(e.{name}, 0)"
        for name, lookup in dialect.numbered.items()
    )


def _ids(name: str, lookup: Lookup, span: Span) -> str:
    """Return what has those of a lookup's ids that are met in a span."""
    met = f"SELECT DISTINCT {name} AS id FROM events WHERE ts >= {span.start_ms:d} AND ts < {span.end_ms:d}"
    return f"(SELECT r.id, r.key FROM ({met}) m JOIN {lookup.table} r ON r.id = m.id)"


def names_statement(lookup: Lookup, numbers: Sequence[int], dialect: Dialect) -> Statement:
    """Return the statement that tells number, key and label of some ids."""
    # Joined, they are found by where their numbers lie; with a condition, an engine looks through all.
    wanted = dialect.written_out("w", ["number"], ["?"] * len(numbers))
    return Statement(
        f"SELECT r.id, r.{lookup.key}, r.{lookup.label} FROM {lookup.table} r JOIN {wanted} ON r.id = w.number",
        tuple(numbers),
    )
