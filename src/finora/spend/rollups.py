"""The roll-ups: tables in which a store keeps the events of each day summed, so that questions need not read them all.

A roll-up keeps events apart by the workspace's day and its `keys`, and sums the rest; one key may stand in several rows of a
day, which have to be added up. It is exact for every question that speaks of none but its columns. The finest keeps all that
repeats; the others leave out what makes most rows, and so have fewer by far. Which of them answers is decided from the
columns a statement speaks of (`cheapest`), and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from finora.spend.event import BillingClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SUMS = (
    "cost",
    "fee",
    "list_cost",
    "discount",
    "input_tokens",
    "output_tokens",
    "cache_write_tokens",
    "cache_read_tokens",
    "requests",
)
"""Columns of events that roll-ups sum, besides the counts `events` and `unpriced`."""


class Derived(NamedTuple):
    """A column that follows from others, of an event as of a sum of them: by an expression, of these columns."""

    expression: str
    of: frozenset[str]


_TOKENS = ("input_tokens", "output_tokens", "cache_write_tokens", "cache_read_tokens")
DERIVED: Mapping[str, Derived] = MappingProxyType(
    {
        "spend": Derived("CASE WHEN chargeable THEN cost ELSE 0 END", frozenset({"chargeable", "cost"})),
        "included": Derived(
            f"CASE WHEN billing = {BillingClass.INCLUDED:d} THEN cost ELSE 0 END",
            frozenset({"billing", "cost"}),
        ),
        "tokens": Derived(" + ".join(_TOKENS), frozenset(_TOKENS)),
    }
)
"""What is billed on top, what a plan covered, and all tokens. A roll-up may sum them instead of what they follow from."""
PEOPLE = ("block", "members")
"""Columns of sets of people: which block of `BLOCK` people by number a set is of, and who of them is in it."""
BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of sums by `day` and by `keys`.

    Rows lie in the order of day and keys. What tells kinds of work comes first and who did it last, so that sums of like size lie
    together, which take fewer bits each.

    All but the largest sum all there is to be summed; `sums` says what this one does.
    With `people` it also says who caused the events it sums, as sets (`PEOPLE`), where the engine can keep sets. With `sole` it says of
    each row whether it is surely the only one of its conversation, so that it is a group by itself however rows are grouped by these.
    """

    table: str
    keys: tuple[str, ...]
    people: bool = False
    sums: tuple[str, ...] = SUMS
    sole: bool = False

    @property
    def figures(self) -> tuple[str, ...]:
        """All columns that are added up."""
        return (*self.sums, "events", "unpriced")

    def tells(self, columns: Iterable[str]) -> bool:
        """Return whether all columns are those of this roll-up, or follow from them."""
        own = {*self.keys, *self.figures, "day", "weekday"}
        return all(name in own or (name in DERIVED and DERIVED[name].of <= own) for name in columns)


FINEST = Rollup(
    "daily",
    (
        "connection",
        "chargeable",
        "billing",
        "kind",
        "event_type",
        "basis",
        "max_mode",
        "headless",
        "model",
        "service_account",
        "person",
    ),
)
"""What the others are made from, but for the hours."""
HOURLY_PEOPLE = Rollup(
    "hourly_people",
    ("connection", "chargeable", "billing", "service_account", "hour", "person"),
    sums=("cost", "tokens"),
)
"""Who worked when. A large company has half as many rows of it as of the finest, and so only what is asked for most is summed."""
HOURLY = Rollup("hourly", ("connection", "chargeable", "billing", "model", "hour"))
HOURS = Rollup("hours", ("connection", "chargeable", "billing", "hour"), people=True)
BY_PERSON = Rollup("daily_people", ("connection", "chargeable", "billing", "service_account", "person"))
BY_MODEL = Rollup(
    "daily_models",
    tuple(key for key in FINEST.keys if key not in {"person", "service_account"}),
    people=True,
)
HOURLY_KINDS = Rollup("hourly_kinds", tuple("hour" if key == "model" else key for key in BY_MODEL.keys))

RUNS = Rollup(
    "daily_runs",
    ("connection", "conversation", "cloud_agent", "automation", "service_account", "person"),
    sums=("cost", "spend", "included", "tokens"),
    sole=True,
)
"""The work of single runs, most of which are over within a day and so have one row. There are millions, and what is asked for most of
them is summed; only an engine keeps it that has numbers for the ids of runs."""

AGENTS = Rollup("daily_agents", ("connection", "cloud_agent", "automation"), sums=RUNS.sums)
"""The same without who they were of, and so with a row for each run of an agent, and one a day for everything else."""

OF_RUNS = (RUNS, AGENTS)
"""What is summed straight from events, and not from the finest."""

ROLLUPS = (FINEST, HOURLY_PEOPLE, HOURLY, HOURLY_KINDS, HOURS, BY_PERSON, BY_MODEL)
"""Those by day that every engine keeps, the ones with the fewest rows last."""
WEEKLY = (
    Rollup("weekly_kinds", tuple(key for key in FINEST.keys if key != "model")),
    Rollup("weekly_models", ("connection", "chargeable", "billing", "model", "service_account", "person")),
)
"""The finest by weeks that are cut where a month begins, each called by its first day: without the model, and without all else that
work is told apart by. They make up weeks and months alike, and most of any stretch of days."""


def summand(name: str) -> str:
    """Return what is added up for a figure, where its column is not there itself but what it follows from."""
    return DERIVED[name].expression if name in DERIVED else name


def cheapest(columns: Iterable[str], kept: Sequence[Rollup] = ROLLUPS) -> Rollup | None:
    """Return the roll-up with the fewest rows that tells all columns; none where only single events do.

    Args:
        columns: What is asked for.
        kept: The roll-ups by day that there are, those with the fewest rows last.
    """
    wanted = frozenset(columns)
    return next((each for each in reversed(kept) if each.tells(wanted)), None)


def by_week(
    rollup: Rollup | None, kept: Sequence[Rollup], columns: Iterable[str], *, day: bool
) -> Rollup | None:
    """Return what tells columns of whole weeks in fewer rows than a roll-up by day does; none where nothing does.

    Args:
        rollup: The roll-up by day.
        kept: The roll-ups by week that there are.
        columns: What is asked for.
        day: Whether the day may be among them, because it is asked for only to tell its week or month.
    """
    wanted = frozenset(columns)
    if rollup is not FINEST or "weekday" in wanted or ("day" in wanted and not day):
        return None
    return next((each for each in kept if each.tells(wanted)), None)
