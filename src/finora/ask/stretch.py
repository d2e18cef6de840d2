"""Stretches of time as questions name them: calendar units of the workspace's zone, and ranges of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from finora.values.period import Period, Span, add_months, midnight

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A period of a question.

    Attributes:
        start: Its first moment.
        end: The first moment after; not later than the end of today.
        whole_end: The end of the calendar unit that is not over yet, by which it is compared with the unit before.
        words: How the sentence names it: “this week”, “in October 2026”.
        named: Whether the question named it.
    """

    start: datetime
    end: datetime
    whole_end: datetime
    words: str
    named: bool = True

    def period(self, *, comparing: bool = False) -> Period:
        """Return it as a fixed period; one that is compared lasts to the end of its unit."""
        return Period.absolute(self.start, self.whole_end if comparing else self.end)

    @property
    def span(self) -> Span:
        """What is read."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The present in a zone, and the stretches of time around it. Weeks start on Monday."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The present day."""
        return self.now.astimezone(self.zone).date()

    def days(self, first: date, end: date, words: str, *, named: bool = True) -> Stretch | None:
        """Return the days from a first up to, and without, an end; none where all lie in the future or none are left."""
        if first > self.today or end <= first or not 1970 <= first.year <= end.year <= 2200:
            return None
        clamped = min(end, self.today + DAY)
        return Stretch(
            start=midnight(first, self.zone),
            end=midnight(clamped, self.zone),
            whole_end=midnight(end, self.zone),
            words=words,
            named=named,
        )

    def hours(self, count: int) -> Stretch:
        """Return so many hours up to now."""
        end = self.now.astimezone(UTC)
        start = end - timedelta(hours=count)
        words = f"in the last {count} hours" if count > 1 else "in the last hour"
        return Stretch(start=start, end=end, whole_end=end, words=words)

    def last(self, count: int, unit: str, *, named: bool = True) -> Stretch | None:
        """Return the last so many units, the present one included, as the product counts them."""
        words = f"in the last {count} {unit}s" if count > 1 else f"in the last {unit}"
        tomorrow = self.today + DAY
        if unit in {"month", "quarter", "year"}:
            months = count * {"month": 1, "quarter": 3, "year": 12}[unit]
            if months > 1200:
                return None
            this_month = self.today.replace(day=1)
            return self.days(
                add_months(this_month, 1 - months), add_months(this_month, 1), words, named=named
            )
        return self.days(
            tomorrow - count * (7 * DAY if unit == "week" else DAY), tomorrow, words, named=named
        )

    def unit(self, unit: str, back: int, words: str) -> Stretch | None:
        """Return a calendar unit so many units back; 0 is the present one."""
        first = first_of(self.today, unit)
        return self.days(shifted(first, unit, -back), shifted(first, unit, 1 - back), words)

    @property
    def default(self) -> Stretch:
        """What is meant where no period is named: the last 30 days."""
        found = self.last(30, "day", named=False)
        assert found is not None  # noqa: S101 - thirty days never lie in the future
        return found


def first_of(day: date, unit: str) -> date:
    """Return the first day of the unit that a day lies in."""
    match unit:
        case "week":
            return day - day.weekday() * DAY
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def shifted(first: date, unit: str, count: int) -> date:
    """Return a unit's first day moved by so many units."""
    if unit in {"month", "quarter", "year"}:
        return add_months(first, count * {"month": 1, "quarter": 3, "year": 12}[unit])
    return first + count * (7 * DAY if unit == "week" else DAY)


def date_words(day: date) -> str:
    """Return a day as people write it: 3 March 2026."""
    return f"{day:%-d %B %Y}"
