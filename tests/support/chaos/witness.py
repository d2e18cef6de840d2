"""A witness between Finora and a simulated Cursor: knows, to the nano, what could be known of each team by now."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np

from finora.simulator import InProcessTransport
from finora.simulator.events import CHARGEABLE, FEATURES
from finora.spend.statement import Statement

if TYPE_CHECKING:
    from random import Random

    import numpy.typing as npt
    import pyarrow as pa

    from finora.simulator import Simulation
    from finora.spend.store import EventStore, WindowChange, WindowRead
    from support.chaos.mishaps import Mishaps
    from support.chaos.stage import Stage

EVENTS = "/teams/filtered-usage-events"

Figures = tuple[int, int, int]
"""Spend, usage value and number of events."""


@dataclass(frozen=True)
class Seen:
    """Events as they were served: rows, their charges then, and who had an address."""

    rows: npt.NDArray[np.int64]
    charged: npt.NDArray[np.int64]
    named: npt.NDArray[np.bool_]


@dataclass
class Known:
    """What could be known of a team: the charge served last of each event, and whose person was ever served."""

    charged: npt.NDArray[np.int64]
    named: npt.NDArray[np.bool_]

    def with_(self, seen: Seen) -> Known:
        """Return what is known once more was seen."""
        charged, named = self.charged.copy(), self.named.copy()
        charged[seen.rows] = seen.charged
        named[seen.rows] |= seen.named
        return Known(charged, named)

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Numbers of the events known."""
        return np.flatnonzero(self.charged >= 0)


class _Carrier(InProcessTransport):
    """Carries a story's requests in one event loop, for a loop of its own costs as much as the request."""

    def __init__(self, simulated: Simulation) -> None:
        super().__init__(simulated)
        self.loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.loop.run_until_complete(self._handle(request))


@dataclass
class Witness(httpx.BaseTransport):
    """Carries requests, remembers each page that was served, and learns it once its window is stored.

    Attributes:
        teams: The team of each connection, by the connection's number.
        known: What could be known by now, by team.
        doubt: What is stored as well, or is not: a crash befell while it was.
    """

    simulated: Simulation
    stage: Stage
    dice: Random
    mishaps: Mishaps
    teams: dict[int, int] = field(default_factory=dict)
    doubt: tuple[int, Known] | None = None

    def __post_init__(self) -> None:
        self._inner = _Carrier(self.simulated)
        self._pages: dict[tuple[int, int, int, int], list[tuple[int, Seen]]] = {}
        self.known = [
            Known(np.full(len(team.events), -1, np.int64), np.zeros(len(team.events), bool))
            for team in self.simulated.teams
        ]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; the world goes on meanwhile."""
        self.stage.cross("request")
        self.simulated.clock.advance(self.dice.choice((20, 80, 80, 300, 2_000)))
        if request.url.path == EVENTS and self.stage.current is not None:
            self.mishaps.lose_key(request, self.teams.values())
        response = self.mishaps.carry(request, lambda: self._inner.handle_request(request))
        if request.url.path == EVENTS and response.status_code == httpx.codes.OK:
            self._note(request, json.loads(request.content))
        self.stage.cross("answer")
        return response

    def leave(self) -> None:
        """Carry no more requests."""
        self._inner.loop.close()

    def attend(self, store: EventStore) -> None:
        """Learn whatever is written to a store, and check it each time."""
        replace = store.replace_window

        def attended(read: WindowRead, events: pa.Table) -> WindowChange:
            with self.stage.acting(None):
                self.resolve(store)
            team = self.teams[read.connection]
            learned = self._learned(team, read, events)
            self.doubt = (team, learned)
            change = replace(read, events)
            self.known[team], self.doubt = learned, None
            with self.stage.acting(None):
                self.check(store)
            return change

        store.replace_window = attended  # type: ignore[method-assign]

    def resolve(self, store: EventStore) -> None:
        """Find out whether what was about to be stored when its process died is stored, whole, or is not, at all.

        Raises:
            AssertionError: It is neither.
        """
        if self.doubt is not None:
            self.look(store)
        self.doubt = None

    def look(self, store: EventStore) -> None:
        """Check what is stored at any moment: what is being stored may be there already, while its storing goes on.

        Raises:
            AssertionError: What is stored is neither what was there before nor what is there then.
        """
        try:
            self.check(store)
        except AssertionError:
            if self.doubt is None:
                raise
            (team, self.known[team]), self.doubt = self.doubt, None
            self.check(store)

    def check(self, store: EventStore) -> None:
        """Make sure that what is stored is exactly what could be known by now, each event once, and summed alike.

        Raises:
            AssertionError: It is not.
        """
        with store.snapshot() as reader:
            stored = reader.fetch(Statement(_STORED))
            rolled = reader.fetch(Statement(_ROLLED))
        places = {(row[0], row[1], row[3]) for row in stored}
        assert len(places) == len(stored), "an event's place is taken twice"
        found: Counter[object] = Counter((row[0], row[1], row[2]) for row in stored)
        for number, team in self.teams.items():
            rows = self.known[team].rows
            events, models = self.simulated.teams[team].events, self.simulated.teams[team].model_names
            found.subtract(
                (number, ts, models[model])
                for ts, model in zip(events.ts[rows].tolist(), events.model[rows].tolist(), strict=True)
            )
        wrong = {key: count for key, count in found.items() if count}
        assert not wrong, f"events missing (below 0) or double (above): {dict(list(wrong.items())[:5])}"
        sums = {number: _figures([row for row in stored if row[0] == number]) for number in self.teams}
        assert sums == {number: self.total(team) for number, team in self.teams.items()}, "an amount is wrong"
        daily = {int(str(row[0])): tuple(int(str(each)) for each in row[1:]) for row in rolled}
        assert daily == {number: each for number, each in sums.items() if each[2]}, "the roll-up differs"

    def total(self, team: int) -> Figures:
        """Return the figures of all that could be known of a team."""
        return self.figures(team, self.known[team].rows)

    def figures(self, team: int, rows: npt.NDArray[np.int64]) -> Figures:
        """Return the figures of events of a team as they were served last."""
        chargeable = (self.simulated.teams[team].events.flags[rows] & CHARGEABLE) != 0
        charged = self.known[team].charged[rows]
        return int(charged[chargeable].sum()), int(charged.sum()), len(rows)

    def by(self, team: int, dimension: str) -> dict[str, Figures]:
        """Return a team's figures by `person`, `model`, `kind`, `feature`, `day` or `cycle`, those of nothing left out."""
        rows = self.known[team].rows
        keys = np.array(self._keys(dimension, team, rows), dtype=object)
        return {key: self.figures(team, rows[keys == key]) for key in sorted(set(keys.tolist()))}

    def _keys(self, dimension: str, team: int, rows: npt.NDArray[np.int64]) -> list[str]:
        publication = self.simulated.teams[team]
        events = publication.events
        if dimension == "person":
            emails = [email.lower() for email in publication.company.emails]
            named = self.known[team].named[rows].tolist()
            actors = zip(events.actor[rows].tolist(), named, strict=True)
            return [emails[actor] if known else "unattributed" for actor, known in actors]
        if dimension == "day":
            return [day(ts) for ts in events.ts[rows].tolist()]
        if dimension == "cycle":
            cycles = publication.company.cycles
            return [str(cycles.starts[number]) for number in cycles.number(events.ts[rows])]
        columns: dict[str, tuple[npt.NDArray[np.integer], tuple[str, ...]]] = {
            "model": (events.model, publication.model_names),
            "kind": (events.kind, publication.company.kind_names),
            "feature": (events.feature, FEATURES),
        }
        column, names = columns[dimension]
        return [names[each] for each in column[rows].tolist()]

    def _note(self, request: httpx.Request, body: dict[str, int]) -> None:
        key = self.simulated.ring.find(request.headers.get("authorization"))
        assert key is not None
        sighting = self.simulated.truth_of(key.team).sighting()
        ts = self.simulated.teams[key.team].events.ts[sighting.rows]
        inside = np.flatnonzero((ts >= body["startDate"]) & (ts <= body["endDate"]))
        size, number = body["pageSize"], body["page"]
        last = len(inside) - (number - 1) * size
        page = inside[max(last - size, 0) : max(last, 0)]
        actor = self.stage.current.pid if self.stage.current else 0
        served = self._pages.setdefault((actor, key.team, body["startDate"], body["endDate"] + 1), [])
        served.append((number, Seen(sighting.rows[page], sighting.charged_nano[page], sighting.named[page])))

    def _learned(self, team: int, read: WindowRead, events: pa.Table) -> Known:
        if events.num_rows == 0:
            return self.known[team]  # an outage shows nothing, and nothing is learned from it
        actor = self.stage.current.pid if self.stage.current else 0
        pages = _last_read(self._pages.pop((actor, team, read.window.start_ms, read.window.end_ms)))
        assert events.num_rows == sum(len(page.rows) for page in pages), "a read is not whole"
        known = self.known[team]
        for page in pages:
            known = known.with_(page)
        return known


def _last_read(served: list[tuple[int, Seen]]) -> list[Seen]:
    """Return the pages of the last read of a window; one that was asked for again only to confirm it counts as it was first."""
    pages: list[Seen] = []
    following = [number for number, _seen in served[1:]] + [0]
    for (number, seen), then in zip(served, following, strict=True):
        if number == len(pages) - 1 and (number > 1 or then != number + 1):
            continue
        pages = [*pages[: number - 1], seen] if number > 1 else [seen]
    return pages


def day(ts: int) -> str:
    """Return the day of UTC of a moment in epoch milliseconds."""
    return datetime.fromtimestamp(ts / 1000, UTC).date().isoformat()


def _figures(rows: list[tuple[Any, ...]]) -> Figures:
    return sum(row[4] for row in rows if row[5]), sum(row[4] for row in rows), len(rows)


_STORED = "SELECT connection, ts, m.key, ordinal, coalesce(cost, 0), chargeable FROM events JOIN models m ON m.id = model"
_ROLLED = (
    "SELECT connection, CAST(coalesce(sum(CASE WHEN chargeable THEN cost END), 0) AS BIGINT), "
    "CAST(coalesce(sum(cost), 0) AS BIGINT), CAST(sum(events) AS BIGINT) FROM daily GROUP BY 1"
)
