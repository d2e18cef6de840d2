"""The separate door: what really happened, what is public by now, and what a reader could know of it.

Only tests and benchmarks may come through here; nothing of it is served.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from finora.simulator.clock import DAY_MS, Clock
from finora.simulator.events import CHARGEABLE, FEATURES, EventColumns, Rows
from finora.simulator.publication import Publication


@dataclass(frozen=True)
class Amount:
    """Money and number of a set of events; money in nano-USD.

    `spend_nano` is the charges of chargeable events; `value_nano` those of all, included ones too.
    """

    spend_nano: int
    value_nano: int
    events: int


@dataclass(frozen=True)
class Sighting:
    """What a reader who read everything at one moment saw: rows, their charges then, and who had an address."""

    rows: Rows
    charged_nano: npt.NDArray[np.int64]
    named: npt.NDArray[np.bool_]


class Truth:
    """What happened to one team until the clock's now."""

    def __init__(self, publication: Publication, clock: Clock) -> None:
        self._publication = publication
        self._clock = clock

    @property
    def events(self) -> EventColumns:
        """All events of the team's life, those to come included, oldest first; rows number into this."""
        return self._publication.events

    def happened(self, start_ms: int = 0, end_ms: int | None = None) -> Rows:
        """Rows that have happened by now with start <= time < end, published or not."""
        now = self._clock.now_ms()
        span = self._publication.happened(start_ms, now if end_ms is None else end_ms - 1, now)
        return np.arange(span.start, span.stop)

    def visible(self, start_ms: int = 0, end_ms: int | None = None) -> Rows:
        """Rows that the API returns by now."""
        now = self._clock.now_ms()
        return self._publication.returned(start_ms, now if end_ms is None else end_ms - 1, now)

    def forgotten(self) -> Rows:
        """Rows that happened and that retention has forgotten."""
        happened = self.happened()
        return happened[self.events.ts[happened] < self._publication.forgotten_before(self._clock.now_ms())]

    def total(self, rows: Rows | None = None) -> Amount:
        """Final charges of `rows`, by default of all that has happened."""
        chosen = self.happened() if rows is None else rows
        return _amount(self.events, chosen, self.events.charged_nano[chosen])

    def by_person(self, rows: Rows | None = None) -> Mapping[str, Amount]:
        """Totals by the true actor's address in lower case, service accounts and vanished people included."""
        emails = [email.lower() for email in self._publication.company.emails]
        return self._grouped(rows, self.events.actor, emails)

    def by_model(self, rows: Rows | None = None) -> Mapping[str, Amount]:
        """Totals by the model's name on the wire."""
        return self._grouped(rows, self.events.model, self._publication.model_names)

    def by_kind(self, rows: Rows | None = None) -> Mapping[str, Amount]:
        """Totals by kind, as written on the wire."""
        return self._grouped(rows, self.events.kind, self._publication.company.kind_names)

    def by_feature(self, rows: Rows | None = None) -> Mapping[str, Amount]:
        """Totals by the true, hidden event type."""
        return self._grouped(rows, self.events.feature, FEATURES)

    def by_day(self, rows: Rows | None = None) -> Mapping[str, Amount]:
        """Totals by UTC day, `YYYY-MM-DD`."""
        days = self.events.ts // DAY_MS
        first = int(days.min(initial=0)) if not len(days) else int(days[0])
        last = int(days[-1]) if len(days) else first
        names = [
            datetime.fromtimestamp(day * DAY_MS / 1_000, UTC).date().isoformat()
            for day in range(first, last + 1)
        ]
        return self._grouped(rows, days - first, names)

    def by_cycle(self, rows: Rows | None = None) -> Mapping[str, Amount]:
        """Totals by billing cycle, named by its start in epoch milliseconds."""
        cycles = self._publication.company.cycles
        return self._grouped(rows, cycles.number(self.events.ts), [str(start) for start in cycles.starts])

    def sighting(self) -> Sighting:
        """What a complete read at this moment shows."""
        rows, now = self.visible(), self._clock.now_ms()
        charged, _ = self._publication.charges(rows, now)
        return Sighting(rows, charged, ~np.isin(self.events.actor[rows], self._publication.nameless(now)))

    def known(self, sightings: Iterable[Sighting]) -> Mapping[str, Amount]:
        """What the reader of all `sightings`, oldest first, can know at best, by person.

        Of each event the charge last seen counts, and an address once seen is kept; events whose address was
        never seen come under "".
        """
        charged = np.full(len(self.events), -1, np.int64)
        named = np.zeros(len(self.events), bool)
        for sighting in sightings:
            charged[sighting.rows] = sighting.charged_nano
            named[sighting.rows] |= sighting.named
        rows = np.flatnonzero(charged >= 0)
        emails = ["", *(email.lower() for email in self._publication.company.emails)]
        who = np.where(named[rows], self.events.actor[rows] + 1, 0)
        return {
            emails[actor]: _amount(self.events, rows[who == actor], charged[rows[who == actor]])
            for actor in np.unique(who).tolist()
        }

    def _grouped(
        self, rows: Rows | None, keys: npt.NDArray[np.integer], names: "list[str] | tuple[str, ...]"
    ) -> dict[str, Amount]:
        chosen = self.happened() if rows is None else rows
        by_name: dict[str, list[Rows]] = {}
        for key in np.unique(keys[chosen]).tolist():
            by_name.setdefault(names[key], []).append(chosen[keys[chosen] == key])
        return {name: self.total(np.concatenate(parts)) for name, parts in by_name.items()}


def _amount(events: EventColumns, rows: Rows, charged: npt.NDArray[np.int64]) -> Amount:
    chargeable = (events.flags[rows] & CHARGEABLE) != 0
    return Amount(int(charged[chargeable].sum()), int(charged.sum()), len(rows))
