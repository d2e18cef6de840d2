"""Periods of time as people name them, and the exact spans they stand for.

A `Period` may be relative ("last 28 days") and keeps that meaning in a link; a `Span` is absolute and half-open,
``start <= t < end``, in UTC. Days begin at midnight of the workspace's zone, weeks on Monday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from finora.values.text import quoted

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_YEAR = timedelta(weeks=52)
_COUNTED = re.compile(r"([1-9][0-9]{0,3})(d|w|mo)")
_NAMED = {
    "today": "Today",
    "yesterday": "Yesterday",
    "wtd": "This week",
    "last_week": "Last week",
    "mtd": "Month to date",
    "last_month": "Last month",
    "ytd": "Year to date",
    "all": "All time",
}
_COUNTED_NAMES = {"d": "day", "w": "week", "mo": "month"}


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time, both ends in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span's ends need a time zone")
        if self.end <= self.start:
            raise ValueError("a period must end after it starts")

    @classmethod
    def from_ms(cls, start: int, end: int) -> Span:
        """Return the span between two epoch milliseconds."""
        return cls(from_ms(start), from_ms(end))

    @property
    def start_ms(self) -> int:
        """First millisecond inside."""
        return to_ms(self.start)

    @property
    def end_ms(self) -> int:
        """First millisecond after."""
        return to_ms(self.end)

    @property
    def length(self) -> timedelta:
        """Time between the ends."""
        return self.end - self.start

    def meets(self, other: Span) -> bool:
        """Return whether some moment lies in both."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Period:
    """A period as asked for: relative by `key`, or absolute from `start` to `end`, of which `key` is then empty.

    Raises:
        ValueError: There is no such period.
    """

    key: str = ""
    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None:
            span = Span(self.start, self.end)  # refuses ends in the wrong order
            if span.start < _EPOCH or span.end > _LAST:
                raise ValueError("a period lies within the years 1970 to 2200")
        elif self.key not in _NAMED and not _COUNTED.fullmatch(self.key):
            raise ValueError(
                f"{quoted(self.key)} is not a period; use for example 7d, 28d, mtd, last_month, 12mo or all"
            )

    @classmethod
    def relative(cls, key: str) -> Period:
        """Return a relative period: `7d`, `4w`, `12mo`, `today`, `yesterday`, `wtd`, `last_week`, `mtd`, `last_month`, `ytd`, `all`.

        Raises:
            ValueError: No such period.
        """
        return cls(key=key)

    @classmethod
    def absolute(cls, start: datetime, end: datetime) -> Period:
        """Return a fixed period; its ends are aware moments, of which whole milliseconds count.

        Raises:
            ValueError: The end does not lie after the start, or one of them not within the years 1970 to 2200.
        """
        return cls(start=from_ms(to_ms(start)), end=from_ms(to_ms(end)))

    @classmethod
    def what_counts_of(cls, start: datetime, end: datetime) -> Period:
        """Return the fixed period that is what lies within the years 1970 to 2200 of a stretch of time.

        Of a stretch with nothing in them, such as one that is compared with, it is their first or last millisecond.
        """
        first = min(max(start, _EPOCH), _LAST - _MILLISECOND)
        return cls.absolute(first, max(min(end, _LAST), first + _MILLISECOND))

    @property
    def label(self) -> str:
        """The period's name: “Last 28 days”; empty for a fixed period, whose dates are its name."""
        counted = _COUNTED.fullmatch(self.key)
        if counted:
            unit = _COUNTED_NAMES[counted[2]]
            return f"Last {counted[1]} {unit}s" if counted[1] != "1" else f"Last {unit}"
        return _NAMED.get(self.key, "")

    def resolve(self, now: datetime, zone: ZoneInfo, earliest: datetime | None = None) -> Span:
        """Return the span the period stands for.

        Args:
            now: The present.
            zone: The zone whose midnights bound days.
            earliest: The first moment with data, where `all` begins; today when nothing is there yet.

        Counted periods include today and end at its last midnight; none begins before 1970.
        """
        if self.start is not None and self.end is not None:
            return Span(self.start, self.end)
        today = now.astimezone(zone).date()
        first, last = self._days(today, earliest.astimezone(zone).date() if earliest else today)
        return Span(max(midnight(first, zone), _EPOCH), midnight(last, zone))

    def _days(self, today: date, earliest: date) -> tuple[date, date]:
        tomorrow = today + _DAY
        counted = _COUNTED.fullmatch(self.key)
        if counted:
            count, unit = int(counted[1]), counted[2]
            if unit == "mo":
                return add_months(today.replace(day=1), 1 - count), tomorrow
            return tomorrow - _DAY * (count * (7 if unit == "w" else 1)), tomorrow
        monday = today - _DAY * today.weekday()
        first_of_month = today.replace(day=1)
        return {
            "today": (today, tomorrow),
            "yesterday": (today - _DAY, today),
            "wtd": (monday, tomorrow),
            "last_week": (monday - 7 * _DAY, monday),
            "mtd": (first_of_month, tomorrow),
            "last_month": (add_months(first_of_month, -1), first_of_month),
            "ytd": (today.replace(month=1, day=1), tomorrow),
            "all": (min(earliest, today), tomorrow),
        }[self.key]

    def before(self, span: Span, now: datetime, zone: ZoneInfo) -> Span:
        """Return the span just before `span`, for comparison; an unfinished span is compared with as much time.

        Month-shaped periods are compared with the month (or months) before, years to date with the year before, a week
        to date with as much of the week before, and others with as many days, or as much time, before.
        """
        first, last = _day_of(span.start, zone), _day_of(span.end, zone)
        if months := self._months(span, zone):
            start = midnight(add_months(first, -months), zone)
        elif self.key == "wtd":
            start = midnight(first - timedelta(days=7), zone)
        elif _is_days(span, zone):
            start = midnight(first - (last - first), zone)
        else:
            start = span.start - span.length
        return _as_much(Span(start, span.start), span, now)

    def a_year_before(self, span: Span, now: datetime, zone: ZoneInfo) -> Span:
        """Return the same span 52 weeks earlier, so that weekdays meet weekdays; of an unfinished span as much time."""
        if _is_days(span, zone):
            first, last = (midnight(_day_of(end, zone) - _YEAR, zone) for end in (span.start, span.end))
            return _as_much(Span(first, last), span, now)
        local = span.start.astimezone(zone).replace(tzinfo=None)
        start = (local - _YEAR).replace(tzinfo=zone).astimezone(UTC)
        return _as_much(Span(start, start + span.length), span, now)

    def _months(self, span: Span, zone: ZoneInfo) -> int:
        if self.key in {"mtd", "last_month"}:
            return 1
        if self.key == "ytd":
            return 12
        if self.key:
            counted = _COUNTED.fullmatch(self.key)
            return int(counted[1]) if counted and counted[2] == "mo" else 0
        first, last = _day_of(span.start, zone), _day_of(span.end, zone)
        whole = first.day == 1 == last.day and _is_days(span, zone)
        return (last.year - first.year) * 12 + last.month - first.month if whole else 0


def _as_much(earlier: Span, span: Span, now: datetime) -> Span:
    """Return of an earlier span as much as has passed of a span by now."""
    if now >= span.end:
        return earlier
    passed = max(now - span.start, timedelta(milliseconds=1))
    return Span(earlier.start, min(earlier.start + passed, earlier.end))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment a day begins in a zone, in UTC.

    Where clocks are put forward at midnight that is when they are, and a day that a zone skipped begins and ends with
    the day after it.
    """
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    last = (date(year + (month == 12), month % 12 + 1, 1) - _DAY).day
    return date(year, month, min(day.day, last))


def to_ms(moment: datetime) -> int:
    """Return a moment as epoch milliseconds, rounded down."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """Return epoch milliseconds as a moment in UTC."""
    return _EPOCH + timedelta(milliseconds=ms)


def utc_text(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC, with milliseconds only where it has them."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _day_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _is_days(span: Span, zone: ZoneInfo) -> bool:
    return all(moment == midnight(_day_of(moment, zone), zone) for moment in (span.start, span.end))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST = datetime(2201, 1, 1, tzinfo=UTC) - _MILLISECOND


def days_text(first: date, last: date) -> str:
    """Return a range of days, both inclusive, without saying a month or year twice."""
    if first == last:
        return f"{first:%-d %b %Y}"
    if first.year != last.year:
        return f"{first:%-d %b %Y} to {last:%-d %b %Y}"
    if first.month != last.month:
        return f"{first:%-d %b} to {last:%-d %b %Y}"
    return f"{first:%-d} to {last:%-d %b %Y}"
