"""Whose days the roll-ups are by: one zone for all processes, noted with the data; made anew where it is another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from finora.spend.rollups import ROLLUPS
from finora.storage.events.clickhouse.draft import Segment, note_of
from finora.storage.events.clickhouse.rollup import day_segments, local_day_of, sum_days
from finora.storage.events.clickhouse.views import DAYS, DAYS_OF, explained
from finora.storage.events.errors import EventsByOtherDays
from finora.storage.events.stretches import days_touched
from finora.values.period import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from finora.storage.events.clickhouse.draft import Draft
    from finora.storage.events.clickhouse.engine import Engine


class Days:
    """The days of a zone.

    Args:
        engine: Where the roll-ups are.
        zone: The workspace's time zone.
    """

    def __init__(self, engine: Engine, zone: str) -> None:
        self._engine = engine
        self._zone = ZoneInfo(zone)
        # What is kept apart belongs to it: roll-ups of a former version have other keys.
        self._note = json.dumps([zone, [[each.table, *each.keys] for each in ROLLUPS]])

    def are_of(self, version: int) -> bool:
        """Return whether a version's roll-ups are by these days, and keep apart what ours do."""
        return note_of(self._engine, DAYS_OF, version) == self._note

    def refuse_others(self, version: int) -> None:
        """Go on only if a version's roll-ups are by these days, and keep apart what ours do.

        Raises:
            EventsByOtherDays: Another process made them by others.
        """
        if self.are_of(version):
            return
        if (noted := self.zone_of(version)) != self._zone.key:
            raise EventsByOtherDays(
                f"The events at {self._engine.address.place} are summed by the days of {noted}, but FINORA_TIMEZONE is "
                f"{self._zone.key} here. All servers have to have the same: set FINORA_TIMEZONE={noted}. Or, to change it for all, "
                f"stop them, and run: FINORA_TIMEZONE={self._zone.key} finora timezone"
            )
        raise EventsByOtherDays(
            f"Another version of Finora has summed the events at {self._engine.address.place} in its own ways. Start this one anew "
            "once all servers are of one version."
        )

    def zone_of(self, version: int) -> str:
        """Return whose days a version's roll-ups are by; empty where nothing was noted yet."""
        noted = note_of(self._engine, DAYS_OF, version)
        return str(json.loads(noted)[0]) if noted else ""

    def sum(self, draft: Draft, connection: int, stretches: Iterable[tuple[int, int]]) -> None:
        """Let a write sum anew the days that touch stretches of milliseconds."""
        sum_days(draft, connection, self._zone, days_touched(stretches, self._zone))

    def make_anew(self, draft: Draft) -> None:
        """Let a write make all roll-ups anew, by these days."""
        draft.put(Segment(kind=DAYS_OF, note=self._note))
        found = self._engine.rows(
            explained("SELECT connection, min(ts), max(ts) FROM events GROUP BY connection", draft.base)
        )
        for connection, first, last in found:
            self._sum_all(draft, connection, Span.from_ms(first, last + 1))

    def _sum_all(self, draft: Draft, connection: int, span: Span) -> None:
        days = self._engine.rows(
            explained(
                f"SELECT DISTINCT {local_day_of(span, self._zone)} AS day FROM events "
                f"WHERE connection = {connection:d} ORDER BY 1",
                draft.base,
            )
        )
        present = {day for (day,) in days}
        for _connection, day, _version in self._engine.rows(day_segments(draft.base, connection)):
            if day not in present:
                draft.put(Segment(kind=DAYS, connection=connection, bucket=day))
        sum_days(draft, connection, self._zone, _runs(sorted(present)))


def _runs(days: Sequence[int]) -> list[tuple[int, int]]:
    """Return days in order as half-open runs, each short enough for one statement."""
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and day == runs[-1][1] and day - runs[-1][0] < 31:
            runs[-1] = (runs[-1][0], day + 1)
        else:
            runs.append((day, day + 1))
    return runs
