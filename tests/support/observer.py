"""An observer between Finora and a simulated Cursor: knows, to the nano, what a reader could know by now."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from finora.simulator.events import CHARGEABLE
from finora.spend.query import SpendQuery
from finora.spend.statement import Statement
from finora.values.interval import Interval
from finora.values.period import Period, from_ms
from support.simulated import DAY_MS, EVENTS, Meddler

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx
    import numpy.typing as npt
    import pyarrow as pa

    from finora.simulator import Simulation
    from finora.spend.store import EventStore, WindowChange, WindowRead
    from finora.workspace import Workspace

Figures = tuple[int, int, int]
"""Spend, usage value and number of events."""

_CONTENTS = ("packed_events", "daily", "persons", "models", "kinds", "reads", "revised_events")


@dataclass(frozen=True)
class _Seen:
    rows: npt.NDArray[np.int64]
    charged: npt.NDArray[np.int64]
    named: npt.NDArray[np.bool_]


class Observer(Meddler):
    """Sees every page that is served and every window that is stored, and compares after each.

    Of each event a reader knows the charge that was served last, and the person once one was served. Requests are answered one
    at a time, so that it sees what was served.
    """

    def __init__(self, simulated: Simulation) -> None:
        super().__init__(simulated)
        self._truth = simulated.truth
        self._company = simulated.teams[0].company
        self._models = simulated.teams[0].model_names
        self._served: dict[tuple[int, int], _Seen] = {}
        self._charged = np.full(len(self._truth.events), -1, np.int64)
        self._named = np.zeros(len(self._truth.events), bool)
        self._turn = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, and remember what its window held when its first page was served."""
        with self._turn:
            response = super().handle_request(request)
            if request.url.path == EVENTS and response.status_code == 200:
                body = json.loads(request.content)
                if body["page"] == 1:
                    self._see(body["startDate"], body["endDate"])
            return response

    def watch(self, store: EventStore) -> None:
        """Check a store after each window that is written to it."""
        replace = store.replace_window

        def watched(read: WindowRead, events: pa.Table) -> WindowChange:
            change = replace(read, events)
            self._learn(read, events)
            self.check(store)
            return change

        store.replace_window = watched  # type: ignore[method-assign]

    def check(self, store: EventStore) -> None:
        """Make sure that what is stored is exactly what could be known by now, each event once.

        Raises:
            AssertionError: It is not.
        """
        with store.snapshot() as reader:
            stored = reader.fetch(
                Statement(
                    "SELECT ts, m.key, ordinal, coalesce(cost, 0), chargeable FROM events JOIN models m ON m.id = model"
                )
            )
            rolled = reader.fetch(
                Statement(
                    "SELECT coalesce(sum(CASE WHEN chargeable THEN cost END), 0), coalesce(sum(cost), 0), "
                    "coalesce(sum(events), 0) FROM daily"
                )
            )
        assert len({(row[0], row[2]) for row in stored}) == len(stored), "an event's place is taken twice"
        events, rows = self._truth.events, self.rows
        known = zip(
            events.ts[rows].tolist(), [self._models[model] for model in events.model[rows]], strict=True
        )
        assert Counter((row[0], row[1]) for row in stored) == Counter(known), "an event is missing or double"
        figures = (
            sum(int(str(row[3])) for row in stored if row[4]),
            sum(int(str(row[3])) for row in stored),
            len(stored),
        )
        assert figures == self.total()
        assert tuple(int(str(each)) for each in rolled[0]) == figures

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Numbers of the events that could be known by now."""
        return np.flatnonzero(self._charged >= 0)

    def total(self) -> Figures:
        """Return the figures of all that could be known."""
        return self._figures(self.rows)

    def by(self, dimension: str) -> dict[str, Figures]:
        """Return the figures by `person`, `model`, `kind`, `day` or `cycle`, those of nothing left out."""
        keys = np.array(self._keys(dimension), dtype=object)
        return {key: self._figures(self.rows[keys == key]) for key in sorted(set(keys.tolist()))}

    def _keys(self, dimension: str) -> list[str]:
        events, rows = self._truth.events, self.rows
        match dimension:
            case "person":
                emails = [email.lower() for email in self._company.emails]
                actors = zip(events.actor[rows].tolist(), self._named[rows].tolist(), strict=True)
                return [emails[actor] if named else "unattributed" for actor, named in actors]
            case "model":
                return [self._models[model] for model in events.model[rows]]
            case "kind":
                return [self._company.kind_names[kind] for kind in events.kind[rows]]
            case "day":
                return [_day(ts) for ts in events.ts[rows].tolist()]
            case _:
                starts = self._company.cycles.starts
                return [str(starts[number]) for number in self._company.cycles.number(events.ts[rows])]

    def _figures(self, rows: npt.NDArray[np.int64]) -> Figures:
        chargeable = (self._truth.events.flags[rows] & CHARGEABLE) != 0
        charged = self._charged[rows]
        return int(charged[chargeable].sum()), int(charged.sum()), len(rows)

    def _see(self, first: int, last: int) -> None:
        sighting = self._truth.sighting()
        ts = self._truth.events.ts[sighting.rows]
        inside = (ts >= first) & (ts <= last)
        self._served.pop((first, last + 1), None)  # what was served last stands last
        self._served[first, last + 1] = _Seen(
            sighting.rows[inside], sighting.charged_nano[inside], sighting.named[inside]
        )

    def _learn(self, read: WindowRead, events: pa.Table) -> None:
        if events.num_rows == 0:
            return  # an outage shows nothing, and nothing is learned from it
        seen = self._parts(read.window.start_ms, read.window.end_ms)
        assert seen, "a window was stored that was never served"
        assert events.num_rows == sum(len(each.rows) for each in seen), "a read is not whole"
        for each in seen:
            self._charged[each.rows] = each.charged
            self._named[each.rows] |= each.named

    def _parts(self, start: int, end: int) -> list[_Seen]:
        """Return the windows served that make up one that was stored, which may be several as one; those served last, if need be."""
        for (first, last), seen in reversed(self._served.items()):
            if first == start and last == end:
                return [seen]
            if first == start and last < end and (rest := self._parts(last, end)):
                return [seen, *rest]
        return []


def answered(workspace: Workspace, dimension: str, cycles: Mapping[str, object]) -> dict[str, Figures]:
    """Return a workspace's own answer to what `Observer.by` tells, those of nothing left out."""
    metrics = ("spend", "usage_value", "events")
    period = Period.absolute(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    found: dict[str, tuple[int, ...]]
    if dimension == "day":
        query = SpendQuery(metrics=metrics, period=period, interval=Interval.DAY)
        result = workspace.spend.answer(query)
        days = [_day(round(bucket.timestamp() * 1000)) for bucket in result.buckets]
        found = dict(zip(days, result.totals.series, strict=True))
    elif dimension == "cycle":
        starts = sorted(int(start) for start in cycles)
        found = {}
        for start in starts:
            end = start + 40 * DAY_MS
            following = [later for later in starts if later > start]
            period = Period.absolute(from_ms(start), from_ms(min([*following, end])))
            found[str(start)] = workspace.spend.answer(
                SpendQuery(metrics=metrics, period=period)
            ).totals.values
    else:
        query = SpendQuery(metrics=metrics, dimensions=(dimension,), period=period, limit=10_000)
        found = {group.keys[0]: group.values for group in workspace.spend.answer(query).groups}
    return {key: (values[0], values[1], values[2]) for key, values in found.items() if values[2]}


def contents(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """Return all that is stored, but for what was read when."""
    with workspace.store.snapshot() as reader:
        return {
            name: sorted(reader.fetch(Statement(f"SELECT * FROM {name}")), key=repr) for name in _CONTENTS
        }


def _day(ts: int) -> str:
    return datetime.fromtimestamp(ts / 1000, UTC).date().isoformat()
