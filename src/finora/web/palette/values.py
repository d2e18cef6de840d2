"""The people, models and teams that the command palette leads to, largest spend first."""

from collections import OrderedDict
from threading import Lock

from finora.people import Directory
from finora.spend.catalog import DIMENSIONS, NONE
from finora.spend.query import SpendQuery
from finora.spend.service import Spend
from finora.spend.store import EventStore
from finora.values.period import Period
from finora.web.address.links import Links, View, equal, person_path, regrouped, team_path
from finora.web.figures.formats import figure
from finora.web.palette.entry import Entry

_MOST = 5_000
_READERS = 64
_ICONS = {"person": "user", "model": "sparkles", "team": "people"}
_OF_ONESELF = ("person", "model")


class PaletteValues:
    """Knows what values there are, and asks again only when the data has changed.

    Args:
        spend: Answers what there is.
        store: Says whether the data changed.
        directory: Names those as well who have not spent anything.
        links: Write where each leads.
    """

    def __init__(self, spend: Spend, store: EventStore, directory: Directory, links: Links) -> None:
        self._spend = spend
        self._directory = directory
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
        dimensions = _ICONS if own is None else _OF_ONESELF
        spenders = tuple(entry for dimension in dimensions for entry in self._entries(dimension, own))
        entries = spenders if own is not None else (*spenders, *self._without_spend(spenders))
        with self._lock:
            self._known[own] = (version, entries)
            self._known.move_to_end(own)
            while len(self._known) > _READERS:
                self._known.popitem(last=False)
        return entries

    def _entries(self, dimension: str, own: str | None) -> list[Entry]:
        names = self._directory.roster() if own is None else {}
        query = SpendQuery(
            dimensions=(dimension,),
            period=Period.relative("all"),
            timezone=self._store.zone,
            limit=_MOST,
        )
        return [
            Entry(
                kind=DIMENSIONS[dimension].label,
                label=names[key].name if dimension == "person" and key in names else group.labels[0],
                icon=_ICONS[dimension],
                href=self._href(dimension, key),
                hint=figure("spend", group.values[0]).text,
                also=key if dimension == "person" else "",
            )
            for group in self._spend.answer(query, own=own).groups
            if (key := group.keys[0]) != NONE
        ]

    def _without_spend(self, spenders: tuple[Entry, ...]) -> list[Entry]:
        shown = {entry.also for entry in spenders}
        return [
            Entry(
                kind=DIMENSIONS["person"].label,
                label=who.name,
                icon=_ICONS["person"],
                href=person_path(key),
                also=key,
            )
            for key, who in self._directory.roster().items()
            if key not in shown and key != NONE
        ]

    def _href(self, dimension: str, key: str) -> str:
        if dimension == "person":
            return person_path(key)
        if dimension == "team":
            return team_path(key)
        by_person = regrouped(self._links.defaults, "person")
        return self._links.explore(View(query=by_person.filtered(equal(dimension, key))))
