"""When people work: time zones, working weeks and public holidays of the countries the company is in."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
MONDAY, THURSDAY = 0, 3


@dataclass(frozen=True)
class Country:
    """A country's working calendar.

    `fixed` are (month, day); `easter` are days from Easter Sunday; `nth` are (month, weekday, n) with a
    negative n counting from the month's end; `dated` are the holidays of lunar calendars, one by one.
    """

    code: str
    zones: tuple[str, ...]
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    fixed: tuple[tuple[int, int], ...] = ()
    easter: tuple[int, ...] = ()
    nth: tuple[tuple[int, int, int], ...] = ()
    dated: frozenset[date] = field(default_factory=frozenset)

    def holidays(self, year: int) -> frozenset[date]:
        """Public holidays of `year`."""
        days = {date(year, month, day) for month, day in self.fixed}
        days |= {easter_sunday(year) + timedelta(days=offset) for offset in self.easter}
        days |= {nth_weekday(year, *rule) for rule in self.nth}
        return frozenset(days | {day for day in self.dated if day.year == year})

    def is_working(self, day: date) -> bool:
        """Whether most people in the country work on `day`."""
        return day.weekday() not in self.weekend and day not in _holidays(self, day.year)


@cache
def _holidays(country: Country, year: int) -> frozenset[date]:
    return country.holidays(year)


def easter_sunday(year: int) -> date:
    """Western Easter, by the anonymous Gregorian computus (Meeus/Jones/Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    correction = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - correction - rest % 4) % 7
    shift = (golden + 11 * correction + 22 * weekday) // 451
    month, day = divmod(correction + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th `weekday` of a month, from the end when `n` is negative."""
    if n > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7 - 7 * (n + 1))


def utc_offset_ms(zone: str, day: date) -> int:
    """What `zone` is ahead of UTC at noon UTC of `day`, in milliseconds."""
    offset = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return int((offset or timedelta()).total_seconds() * 1_000)


def _days(*iso: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in iso)


COUNTRIES = (
    Country(
        "US",
        ("America/Los_Angeles", "America/New_York", "America/Chicago"),
        fixed=((1, 1), (6, 19), (7, 4), (12, 25)),
        nth=((1, MONDAY, 3), (5, MONDAY, -1), (9, MONDAY, 1), (11, THURSDAY, 4), (11, FRIDAY, 4)),
    ),
    Country(
        "DE",
        ("Europe/Berlin",),
        fixed=((1, 1), (5, 1), (10, 3), (12, 24), (12, 25), (12, 26), (12, 31)),
        easter=(-2, 1, 39, 50),
    ),
    Country(
        "PL",
        ("Europe/Warsaw",),
        fixed=((1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 24), (12, 25), (12, 26)),
        easter=(1, 60),
    ),
    Country(
        "IN",
        ("Asia/Kolkata",),
        fixed=((1, 1), (1, 26), (8, 15), (10, 2), (12, 25)),
        dated=_days("2025-10-20", "2025-10-21", "2026-03-04", "2026-11-08", "2026-11-09", "2027-03-22", "2027-10-29"),
    ),
    Country(
        "BR",
        ("America/Sao_Paulo",),
        fixed=((1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (11, 20), (12, 25)),
        easter=(-48, -47, -2, 60),
    ),
    Country(
        "GB",
        ("Europe/London",),
        fixed=((1, 1), (12, 25), (12, 26)),
        easter=(-2, 1),
        nth=((5, MONDAY, 1), (5, MONDAY, -1), (8, MONDAY, -1)),
    ),
    Country(
        "IL",
        ("Asia/Jerusalem",),
        weekend=frozenset({FRIDAY, SATURDAY}),
        dated=_days(
            "2025-09-23", "2025-09-24", "2025-10-02", "2025-10-07", "2025-10-14", "2026-04-02", "2026-04-08",
            "2026-04-22", "2026-05-22", "2026-09-13", "2026-09-21", "2026-10-04", "2027-04-22", "2027-05-12",
        ),
    ),
    Country(
        "JP",
        ("Asia/Tokyo",),
        fixed=((1, 1), (1, 2), (1, 3), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)),
        nth=((1, MONDAY, 2), (7, MONDAY, 3), (9, MONDAY, 3), (10, MONDAY, 2)),
    ),
)  # fmt: skip
