"""What the one place that writes analytical SQL needs an engine to supply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finora.spend.catalog import Lookup
    from finora.spend.rollups import Rollup


class Sets(Protocol):
    """The expressions of sets of small numbers."""

    def gathered(self, member: str) -> str:
        """Return the aggregate that makes a set."""

    def alike(self, members: str) -> str:
        """Return what sets must have in common to be united as they are."""

    def united(self, sets: str) -> str:
        """Return the aggregate that unites sets which are alike."""

    def stretched(self, members: str) -> str:
        """Return a set as it is alike with all others."""

    def size(self, members: str) -> str:
        """Return how many are in a set."""


class Dialect(Protocol):
    """What an engine keeps events summed by, and the few expressions that engines spell differently."""

    def whole(self, dividend: str, divisor: int | str) -> str:
        """Return the whole part of a division of integers that are not negative."""

    def month_index(self, day: str) -> str:
        """Return `year * 12 + month - 1` of a day number."""

    def holds(self, text: str) -> str:
        """Return a condition with one place: the text contains the bound value, whatever their case."""

    @property
    def rollups(self) -> Sequence[Rollup]:
        """The roll-ups by day that are kept, those with the fewest rows last."""

    @property
    def weekly(self) -> Sequence[Rollup]:
        """The finest by weeks, as far as it is kept so."""

    @property
    def sets(self) -> Sets | None:
        """How sets of people are spelled that roll-ups keep; none where the engine keeps none."""

    @property
    def numbered(self) -> Mapping[str, Lookup]:
        """Where the ids of single runs are that the engine keeps by number, by dimension; nothing of those it keeps as they are."""

    @property
    def made_first(self) -> str:
        """What lets a table of a statement be made once, before what reads it, where the engine would not do so by itself."""

    def lower(self, text: str) -> str:
        """Return the text in lower case, whatever its language."""

    def number(self, flag: str) -> str:
        """Return a yes or no so that it can stand in one column with numbers: as it is, or as 0 and 1."""

    def written_out(self, name: str, columns: Sequence[str], rows: Sequence[str]) -> str:
        """Return a table of a name whose rows are written out, each with its values separated by commas."""
