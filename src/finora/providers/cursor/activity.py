"""Each person's uses of each feature by day of UTC, from `/teams/daily-usage-data`.

They only tell the types of events, so nothing here may keep events from being stored: what cannot be read is left out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from finora.providers.cursor import answers
from finora.providers.cursor.event_type import Activity
from finora.providers.cursor.normalise import address
from finora.values.interval import DAY_MS

if TYPE_CHECKING:
    from finora.providers.cursor.api import CursorApi
    from finora.values.period import Span

Activities = dict[tuple[str, int], Activity]
"""Uses by person and day number of UTC."""

_PATH = "/teams/daily-usage-data"
_LONGEST_MS = timedelta(days=30) // timedelta(milliseconds=1)


def read_activity(api: CursorApi, window: Span) -> Activities:
    """Return everybody's activity on the days of UTC that a window touches.

    Raises:
        ProviderError: Cursor cannot be asked, or does not answer this key.
    """
    first = window.start_ms // DAY_MS * DAY_MS
    last = (window.end_ms - 1) // DAY_MS * DAY_MS + DAY_MS - 1
    found: Activities = {}
    for start in range(first, last + 1, _LONGEST_MS):
        body = {"startDate": start, "endDate": min(start + _LONGEST_MS - 1, last)}
        for raw in api.post(_PATH, body, answers.DailyUsagePage).data:
            _add(found, raw)
    return found


def _add(found: Activities, raw: msgspec.Raw) -> None:
    try:
        row = msgspec.json.decode(raw, type=answers.DailyUsage, strict=False)
        key = _person_day(row)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        return
    if key is None:
        return
    before = found.get(key, Activity())
    found[key] = Activity(
        agent=before.agent + _count(row.agent_requests) + _count(row.composer_requests),
        chat=before.chat + _count(row.chat_requests),
        inline_edit=before.inline_edit + _count(row.cmdk_usages),
        bugbot=before.bugbot + _count(row.bugbot_usages),
    )


def _person_day(row: answers.DailyUsage) -> tuple[str, int] | None:
    """Return whose row it is, and of which day; the day's name says it best, for `date` may be midnight somewhere else."""
    if not (person := address(row.email or "")):
        return None
    if row.day:
        midnight = datetime.fromisoformat(row.day[:10]).replace(tzinfo=UTC)
        return person, int(midnight.timestamp()) * 1000 // DAY_MS
    return None if row.date is None else (person, row.date // DAY_MS)


def _count(count: int | None) -> int:
    """Return a count that may be missing; one that nobody can have is none."""
    return count if count is not None and 0 < count < 1_000_000 else 0
