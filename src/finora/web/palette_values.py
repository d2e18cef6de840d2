"""The people, models and teams that the command palette leads to, largest spend first."""

from collections import OrderedDict
from dataclasses import replace
from threading import Lock

from finora.spend.catalog import DIMENSIONS, NONE
from finora.spend.query import SpendQuery
from finora.spend.service import Spend
from finora.spend.store import EventStore
from finora.values.period import Period
from finora.web.formats import figure
from finora.web.links import Links, View, equal, regrouped
from finora.web.palette_entry import Entry

_MOST = 5_000
_READERS = 64
_WAYS = {"person": ("user", "model"), "model": ("sparkles", "person"), "team": ("people", "person")}
"""The icon of each dimension's values, and the dimension that they are shown by."""


class PaletteValues:
    """Knows what values there are, and asks again only when the data has changed.

    Args:
        spend: Answers what there is.
        store: Says whether the data changed.
        links: Write where each leads.
    """

    def __init__(self, spend: Spend, store: EventStore, links: Links) -> None:
        self._spend = spend
        self._store = store
        self._links = links
        self._lock = Lock()
        self._known: OrderedDict[str | None, tuple[int, tuple[Entry, ...]]] = OrderedDict()

    def of(self, own: str | None) -> tuple[Entry, ...]:
        """Return all values that a reader may see, by dimension, with what each has cost.

        Args:
            own: The e-mail of a reader who may see their own usage only; they find themselves and what they used.
        """
        version = self._store.version()
        with self._lock:
            known = self._known.get(own)
        if known is not None and known[0] == version:
            return known[1]
        entries = tuple(entry for dimension in _WAYS for entry in self._entries(dimension, own))
        with self._lock:
            self._known[own] = (version, entries)
            self._known.move_to_end(own)
            while len(self._known) > _READERS:
                self._known.popitem(last=False)
        return entries

    def _entries(self, dimension: str, own: str | None) -> list[Entry]:
        icon, by = _WAYS[dimension]
        query = SpendQuery(
            dimensions=(dimension,),
            period=Period.relative("all"),
            timezone=self._store.zone,
            limit=_MOST,
        )
        base = replace(regrouped(self._links.defaults, by), filters=())
        return [
            Entry(
                kind=DIMENSIONS[dimension].label,
                label=group.labels[0],
                icon=icon,
                href=self._links.explore(View(query=base.filtered(equal(dimension, group.keys[0])))),
                hint=figure("spend", group.values[0]).text,
                also=group.keys[0] if dimension == "person" else "",
            )
            for group in self._spend.answer(query, own=own).groups
            if group.keys[0] != NONE
        ]
