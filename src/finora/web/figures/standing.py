"""Which values a dimension has and how they rank over all time: the source of stable colours, and of labels."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from finora.spend.catalog import DIMENSIONS, label_of
from finora.spend.query import SpendQuery
from finora.spend.service import Spend
from finora.spend.store import EventStore
from finora.values.clock import Clock
from finora.values.period import Period

COLOURS = 8
_MOST = 2_000
_STEADY = timedelta(minutes=5)
"""How long a ranking stands although the data changes, as it does with each window of a first sync."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A dimension's values, largest usage value of all time first, with what people call them."""

    labels: Mapping[str, str]

    def colours(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the number of each key's colour.

        The eight largest of all time have a colour each, which nothing takes from them. A smaller one has the colour
        that its rank gives it, or if in this company that one is taken, the next that is free.
        """
        places = {key: place for place, key in enumerate(self.labels)}
        wanted = sorted(set(keys), key=lambda key: (places.get(key, len(places)), key))
        given: dict[str, int] = {}
        for key in wanted:
            first = places[key] if key in places else zlib.crc32(key.encode())
            order = [(first + step) % COLOURS for step in range(COLOURS)]
            taken = set(given.values())
            given[key] = next((colour for colour in order if colour not in taken), order[0])
        return given


class Standings:
    """Ranks the values of dimensions, and remembers the ranking while the data stays about the same.

    Args:
        spend: Answers what values there are.
        store: Says whether the data changed.
        clock: The present.
    """

    def __init__(self, spend: Spend, store: EventStore, clock: Clock) -> None:
        self._spend = spend
        self._store = store
        self._clock = clock
        self._known: dict[str, tuple[int, datetime, Standing]] = {}

    def of(self, dimension: str) -> Standing:
        """Return a dimension's values. Those that only single events have are too many to rank; they have none."""
        if DIMENSIONS[dimension].raw:
            return Standing(MappingProxyType({}))
        version, now = self._store.version(), self._clock.now()
        known = self._known.get(dimension)
        if known is None or (known[0] != version and now - known[1] >= _STEADY):
            known = (version, now, self._ranked(dimension))
            self._known[dimension] = known
        return known[2]

    def label(self, dimension: str, key: str) -> str:
        """Return what people call a value."""
        return self.of(dimension).labels.get(key) or label_of(DIMENSIONS[dimension], key)

    def _ranked(self, dimension: str) -> Standing:
        query = SpendQuery(
            metrics=("usage_value",),
            dimensions=(dimension,),
            period=Period.relative("all"),
            timezone=self._store.zone,
            limit=_MOST,
        )
        groups = self._spend.answer(query).groups
        return Standing(MappingProxyType({group.keys[0]: group.labels[0] for group in groups}))
