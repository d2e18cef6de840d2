"""Reading which values exist, once for each state of the data."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from finora.ask.reader import spelling_of
from finora.ask.vocabulary import SUBSCRIPTION, Known, Vocabulary
from finora.spend.catalog import DIMENSIONS
from finora.spend.query import MAX_ROWS, SpendQuery
from finora.values.period import Period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from finora.ask.lexicon import Lexicon
    from finora.ask.spelling import Spelling
    from finora.spend.result import Group
    from finora.spend.service import Spend
    from finora.spend.store import EventStore

_TOGETHER = (("person", "team"), ("vendor", "family", "model"), ("provider", "connection"))
"""Dimensions that are read in one statement each."""

_MOST_STATES = 8


class KnownValues:
    """Keeps the vocabulary of each reader until the data changes.

    Args:
        spend: Answers which values there are.
        store: Says whether the data changed.
        lexicon: Which dimensions there are, and which words are known besides.
        members: People who are known though no event is theirs.
        subscriptions: Flat rates that a question may name.
    """

    def __init__(
        self,
        spend: Spend,
        store: EventStore,
        lexicon: Lexicon,
        members: Callable[[], Iterable[Known]] = tuple,
        subscriptions: Callable[[], Iterable[Known]] = tuple,
    ) -> None:
        self._spend = spend
        self._store = store
        self._lexicon = lexicon
        self._members = members
        self._subscriptions = subscriptions
        self._kept: dict[tuple[object, ...], tuple[Vocabulary, Spelling]] = {}
        self._lock = threading.Lock()

    def of(self, own: str | None) -> tuple[Vocabulary, Spelling]:
        """Return the values that exist for a reader; who may see their own usage only learns of no others."""
        flat = () if own is not None else tuple(self._subscriptions())
        state = (self._store.version(), own, flat)
        with self._lock:
            kept = self._kept.get(state)
        if kept is None:
            vocabulary = self._read(own, flat)
            kept = vocabulary, spelling_of(self._lexicon, vocabulary)
            with self._lock:
                self._kept[state] = kept
                while len(self._kept) > _MOST_STATES:
                    del self._kept[next(iter(self._kept))]
        return kept

    def _read(self, own: str | None, flat: tuple[Known, ...]) -> Vocabulary:
        values: dict[str, dict[str, Known]] = {}
        triples: list[tuple[Known, Known, Known]] = []
        single = [
            (name,)
            for name, each in self._lexicon.dimensions.items()
            if not each.raw
            and each.codes is None
            and name in DIMENSIONS
            and not any(name in group for group in _TOGETHER)
        ]
        for names in (*_TOGETHER, *single):
            for group in self._groups(names, own):
                known = [Known(key, label) for key, label in zip(group.keys, group.labels, strict=True)]
                for name, each in zip(names, known, strict=True):
                    values.setdefault(name, {})[each.key] = each
                if len(known) == 3:
                    triples.append((known[0], known[1], known[2]))
        if own is None:
            for each in self._members():
                values.setdefault("person", {}).setdefault(each.key, each)
        values[SUBSCRIPTION] = {each.key: each for each in flat}
        return Vocabulary({name: list(found.values()) for name, found in values.items()}, triples)

    def _groups(self, names: tuple[str, ...], own: str | None) -> tuple[Group, ...]:
        query = SpendQuery(
            metrics=("usage_value",),
            dimensions=names,
            period=Period.relative("all"),
            timezone=self._store.zone,
            limit=MAX_ROWS,
        )
        return self._spend.answer(query, own=own).groups
