"""What the API shows of the truth at a moment: what is late, provisional, forgotten or nameless by then."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from finora.simulator.clock import DAY_MS, HOUR_MS
from finora.simulator.company import Company
from finora.simulator.events import EventColumns, Rows
from finora.simulator.faults import Faults
from finora.simulator.happenings import NEW_MODEL, befall
from finora.simulator.identifiers import mix, permille, salt
from finora.simulator.people import TEAMS

NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Revisions:
    """Charges that changed: at `at` (epoch ms) each of `rows` went from `before_nano` to its final charge."""

    rows: Rows
    at: npt.NDArray[np.int64]
    before_nano: npt.NDArray[np.int64]
    without_fee: npt.NDArray[np.bool_]


class Publication:
    """One team's events as they are published over time.

    Attributes:
        left_at: when each person's address was lost, epoch ms by actor.
        deleted_groups: when each billing group was deleted, epoch ms by name.
    """

    def __init__(self, company: Company, faults: Faults) -> None:
        self.company = company
        self.faults = faults
        self.model_names = (*company.model_names, NEW_MODEL)
        self.events: EventColumns = befall(company.events, faults, len(company.model_names))
        self.left_at: dict[int, int] = {}
        self._held_back = _held_back(self.events, faults)
        self._visible_at = _visible_at(self.events, faults)
        self._released: dict[int, int] = {}
        self.revisions = _revisions(self.events, faults)
        self._lose_names()
        middle = (company.start_ms + company.end_ms) // 2
        self.deleted_groups = dict.fromkeys(TEAMS[: faults.deleted_groups], middle)

    def _lose_names(self) -> None:
        """Note when each vanishing person's address is lost: leavers first, the rest after their last event."""
        people = self.company.people
        leavers = sorted((p.left_ms, i) for i, p in enumerate(people) if p.left_ms is not None)
        stayers = [
            (self._last_event(i) + 1, i) for i in range(len(people) - 1, 0, -1) if people[i].left_ms is None
        ]
        for moment, index in [*leavers, *stayers][: self.faults.vanishing_people]:
            self.left_at[index] = moment

    def _last_event(self, actor: int) -> int:
        rows = np.flatnonzero(self.events.actor == actor)
        return int(self.events.ts[rows[-1]]) if len(rows) else self.company.start_ms

    def happened(self, first_ms: int, last_ms: int, now_ms: int) -> slice:
        """Rows with a time from `first_ms` to `last_ms`, both included, and not after now."""
        low = int(np.searchsorted(self.events.ts, first_ms, side="left"))
        high = int(np.searchsorted(self.events.ts, min(last_ms, now_ms), side="right"))
        return slice(low, max(low, high))

    def shown(self, first_ms: int, last_ms: int, now_ms: int) -> Rows:
        """Rows in the range that are published by now, oldest first, whatever retention has since forgotten."""
        span = self.happened(first_ms, last_ms, now_ms)
        rows = np.arange(span.start, span.stop)
        if self._visible_at is None:
            return rows
        return rows[self._visible_at[span] <= now_ms]

    def returned(self, first_ms: int, last_ms: int, now_ms: int) -> Rows:
        """Rows of `shown` that are not forgotten yet."""
        return self.shown(max(first_ms, self.forgotten_before(now_ms)), last_ms, now_ms)

    def forgotten_before(self, now_ms: int) -> int:
        """The moment before which retention has forgotten everything; 0 when nothing is."""
        return now_ms - self.faults.retention_days * DAY_MS if self.faults.retention_days else 0

    def charges(self, rows: Rows, now_ms: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Published charges of `rows` in nano-USD, and which of them lack their fee so far."""
        charged = self.events.charged_nano[rows]
        feeless = np.zeros(len(rows), bool)
        known = self.revisions
        if len(known.rows):
            position = np.minimum(np.searchsorted(known.rows, rows), len(known.rows) - 1)
            provisional = (known.rows[position] == rows) & (known.at[position] > now_ms)
            charged = np.where(provisional, known.before_nano[position], charged)
            feeless = provisional & known.without_fee[position]
        return charged, feeless

    def nameless(self, now_ms: int) -> list[int]:
        """Actors whose address is lost by now."""
        return [actor for actor, moment in self.left_at.items() if moment <= now_ms]

    def release(self, first_ms: int, last_ms: int, now_ms: int) -> None:
        """Let the newest event held back in the range land, as it does while somebody is paging."""
        if self._visible_at is None:
            return
        waiting = [row for row in self._held_back if row not in self._released]
        inside = [row for row in waiting if first_ms <= self.events.ts[row] <= min(last_ms, now_ms)]
        if inside:
            self._released[max(inside)] = now_ms
            self._visible_at[max(inside)] = now_ms

    def settle(self) -> None:
        """Publish all that is late and make every charge final."""
        self.faults = self.faults.calmed()
        self._visible_at = None
        self.revisions = _revisions(self.events, self.faults)

    def settled_by(self, now_ms: int) -> int:
        """The moment by which all that has happened until now would be published and final by itself."""
        span = self.happened(0, now_ms, now_ms)
        latest = now_ms
        if self._visible_at is not None:
            due = self._visible_at[span]
            latest = max(latest, int(due[due < NEVER].max(initial=0)))
        begun = self.revisions.rows < span.stop
        return max(latest, int(self.revisions.at[begun].max(initial=0)))


def _held_back(events: EventColumns, faults: Faults) -> list[int]:
    """Rows that wait for somebody to page: `drift_events` of them, spread over the whole time."""
    if not faults.drift_events or not len(events):
        return []
    draws = mix(np.arange(len(events)), salt(faults.seed, "drift"))
    return sorted(np.argsort(draws)[: faults.drift_events].tolist())


def _visible_at(events: EventColumns, faults: Faults) -> npt.NDArray[np.int64] | None:
    if not faults.late_permille and not faults.drift_events:
        return None
    numbers = np.arange(len(events))
    delay = mix(numbers, salt(faults.seed, "delay")) % np.uint64(max(faults.late_hours * HOUR_MS, 1))
    late = permille(numbers, faults.seed, "late") < faults.late_permille
    visible = events.ts + np.where(late, delay.astype(np.int64) + 1, 0)
    visible[_held_back(events, faults)] = NEVER
    return visible


def _revisions(events: EventColumns, faults: Faults) -> Revisions:
    numbers = np.arange(len(events))
    revised = permille(numbers, faults.seed, "revised") < faults.revised_permille
    rows = np.flatnonzero(revised & (events.charged_nano > 0))
    wait = mix(rows, salt(faults.seed, "revised at")) % np.uint64(max(faults.revised_hours * HOUR_MS, 1))
    fee, final = events.fee_nano[rows], events.charged_nano[rows]
    without_fee = (permille(rows, faults.seed, "direction") < 500) & (fee > 0) & (fee < final)
    before = np.where(without_fee, final - fee, final * 2 + 250)
    return Revisions(rows, events.ts[rows] + wait.astype(np.int64) + 1, before, without_fee)
