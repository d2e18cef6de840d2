"""Days, weekdays, months, quarters and years by name: a point of time that may be a whole stretch."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from finora.ask.stretch import DAY, Calendar, Stretch, date_words, first_of, shifted
from finora.values.period import add_months

if TYPE_CHECKING:
    from collections.abc import Callable

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
COUNTS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "fourteen": 14,
    "thirty": 30,
    "few": 3,
    "couple of": 2,
    "couple": 2,
}
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}

MONTH = "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
WEEKDAY = "(?:mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:rs|rsday|r)?|fri(?:day)?|saturday|sunday)"
DAY_OF_MONTH = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\w.])"
YEAR = r"(?:20\d\d|last year|this year)"
UNIT = "(?:day|week|month|quarter|year)"
COUNT = rf"(?:\d{{1,3}}|{'|'.join(COUNTS)})"
THIS = "(?:this|the current|current|the present)"
LAST = "(?:the last|last|the previous|previous|prior|the prior|the preceding)"
_QUARTER = f"(?:q[1-4]|(?:{'|'.join(_ORDINALS)}) quarter)"


@dataclass(frozen=True, slots=True)
class _Point:
    pattern: re.Pattern[str]
    read: Callable[[Calendar, re.Match[str]], Stretch | None]


def read_point(text: str, calendar: Calendar, latest: date | None = None) -> Stretch | None:
    """Return what a point of time means; none where there is no such day, or it lies in the future.

    Args:
        text: The words, folded, with single spaces between.
        calendar: The present.
        latest: The day by which it must begin, where the end of a range says the year of its start.
    """
    for each in _POINTS:
        if match := each.pattern.fullmatch(text):
            try:
                return each.read(calendar if latest is None else _at(calendar, latest), match)
            except ValueError:
                return None
    return None


def count_of(text: str) -> int:
    """Return the number that a digit string or a word stands for."""
    return COUNTS[text] if text in COUNTS else int(text)


def _at(calendar: Calendar, day: date) -> Calendar:
    moment = calendar.now.astimezone(calendar.zone)
    return replace(calendar, now=moment.replace(year=day.year, month=day.month, day=day.day, hour=12))


def _month_number(text: str) -> int:
    return next(index for index, name in enumerate(MONTHS, 1) if name.startswith(text[:3]))


def _year(calendar: Calendar, text: str | None) -> int | None:
    if not text:
        return None
    named = {"this year": calendar.today.year, "last year": calendar.today.year - 1}
    return named.get(text) or int(text)


def _day(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    month, number = _month_number(match["month"]), int(re.sub(r"\D", "", match["day"]))
    year = _year(calendar, match["year"])
    day = date(year or calendar.today.year, month, number)
    if year is None and day > calendar.today:
        day = date(day.year - 1, month, number)
    return _one_day(calendar, day)


def _one_day(calendar: Calendar, day: date) -> Stretch | None:
    return calendar.days(day, day + DAY, f"on {date_words(day)}")


def _iso(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    return _one_day(calendar, date(*(int(each) for each in match.group().split("-"))))


def _slashed(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    """Return a day written with slashes, if only one reading of it exists: British and American orders differ."""
    first, second, year = (int(each) for each in match.group().split("/"))
    year += 2000 if year < 100 else 0
    if first > 12 or first == second:
        return _one_day(calendar, date(year, second, first))
    return _one_day(calendar, date(year, first, second)) if second > 12 else None


def _month(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    month, year = _month_number(match["month"]), _year(calendar, match["year"])
    present = calendar.today.replace(day=1)
    first = date(year or present.year, month, 1)
    last = (match["which"] or "").endswith("last")
    if year is None and (first > present or (last and first == present)):
        first = date(first.year - 1, month, 1)
    return calendar.days(first, add_months(first, 1), f"in {first:%B %Y}")


def _quarter(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    name = match["quarter"]
    number = int(name[1]) if name[0] == "q" and name[1].isdigit() else _ORDINALS[name.split()[0]]
    year = _year(calendar, match["year"] or match["year_before"])
    first = date(year or calendar.today.year, 3 * number - 2, 1)
    if year is None and first > calendar.today:
        first = date(first.year - 1, first.month, 1)
    return calendar.days(first, add_months(first, 3), f"in Q{number} {first.year}")


def _half(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    number = 1 if match["half"] in {"h1", "first half"} else 2
    year = _year(calendar, match["year"])
    first = date(year or calendar.today.year, 6 * number - 5, 1)
    if year is None and first > calendar.today:
        first = date(first.year - 1, first.month, 1)
    return calendar.days(first, add_months(first, 6), f"in H{number} {first.year}")


def _whole_year(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    first = date(int(match.group()), 1, 1)
    return calendar.days(first, date(first.year + 1, 1, 1), f"in {first.year}")


def _weekday(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    wanted = next(
        index for index, name in enumerate(WEEKDAYS) if name.startswith(match["weekday"].rstrip("s")[:3])
    )
    back = (calendar.today.weekday() - wanted) % 7
    if back == 0 and match["which"]:
        back = 7 if "this" not in match["which"] else 0
    day = calendar.today - back * DAY
    return calendar.days(day, day + DAY, f"on {day:%A}, {date_words(day)}")


def _weekend(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    monday = first_of(calendar.today, "week")
    if not match["this"] or calendar.today.weekday() < 5:
        monday -= 7 * DAY
    words = "this weekend" if match["this"] and calendar.today.weekday() >= 5 else "last weekend"
    return calendar.days(monday + 5 * DAY, monday + 7 * DAY, words)


def _ago(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    count, unit = count_of(match["count"]), match["unit"]
    first = shifted(first_of(calendar.today, unit), unit, -count)
    words = f"on {date_words(first)}" if unit == "day" else f"in the {unit} of {date_words(first)}"
    return calendar.days(first, shifted(first, unit, 1), words)


def _start_of(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    whole = read_point(match["of"], calendar) or read_point(f"this {match['of']}", calendar)
    if whole is None:
        return None
    first = whole.start.astimezone(calendar.zone).date()
    return _one_day(calendar, first)


_POINTS = tuple(
    _Point(re.compile(pattern), read)
    for pattern, read in (
        ("(?:so far )?today(?: so far)?", lambda calendar, _: calendar.unit("day", 0, "today")),
        ("yesterday|yday", lambda calendar, _: calendar.unit("day", 1, "yesterday")),
        ("(?:the )?day before yesterday", lambda calendar, _: calendar.unit("day", 2, "the day before yesterday")),
        (rf"{THIS} (?P<unit>{UNIT})(?: so far| to date)?", lambda calendar, match: calendar.unit(match["unit"], 0, _this(match["unit"]))),
        (rf"(?P<unit>{UNIT}) to date|(?P<short>[wmqy]td)", lambda calendar, match: _to_date(calendar, match)),  # noqa: PLW0108 - declared below
        (rf"{LAST} (?P<unit>{UNIT})", lambda calendar, match: calendar.unit(match["unit"], 1, _previous(match["unit"]))),
        (rf"(?:the )?(?P<unit>{UNIT}) before last", lambda calendar, match: calendar.unit(match["unit"], 2, f"the {match['unit']} before last")),
        (rf"(?!(?:a|an|one|1) year)(?P<count>{COUNT}) (?P<unit>{UNIT})s? ago", _ago),
        (r"\d{4}-\d{1,2}-\d{1,2}", _iso),
        (r"\d{1,2}/\d{1,2}/\d{2,4}", _slashed),
        (rf"(?:the )?(?P<day>{DAY_OF_MONTH}) (?:of )?(?P<month>{MONTH})(?: ,)?(?: (?P<year>{YEAR}))?", _day),
        (rf"(?P<month>{MONTH}) (?:the )?(?P<day>{DAY_OF_MONTH})(?: ,)?(?: (?P<year>{YEAR}))?", _day),
        (rf"(?P<which>(?:this|the last|last) )?(?P<month>{MONTH})(?: of)?(?: (?P<year>{YEAR}))?".replace("(?P<which>(?:this|the last|last) )?", "(?:(?P<which>this|the last|last) )?"), _month),
        (rf"(?:(?P<year_before>20\d\d) )?(?:the )?(?P<quarter>{_QUARTER})(?: of)?(?: (?P<year>{YEAR}))?", _quarter),
        (rf"(?:the )?(?P<half>h[12]|(?:first|second) half)(?: of)?(?: (?P<year>{YEAR}))?", _half),
        (r"20\d\d", _whole_year),
        (rf"(?:(?P<which>this|last|past|this past) )?(?P<weekday>{WEEKDAY})", _weekday),
        ("(?:(?P<this>this|the)|last|past|the last|this past) weekend", _weekend),
        (rf"(?:the )?(?:start|beginning) of (?:the )?(?P<of>(?:this |last )?{UNIT}|{MONTH}(?: {YEAR})?)", _start_of),
    )
)  # fmt: skip

POINT = "|".join(re.sub(r"\(\?P<\w+>", "(?:", each.pattern.pattern) for each in _POINTS)
"""All of the above as one pattern without names."""


def _this(unit: str) -> str:
    return "today" if unit == "day" else f"this {unit}"


def _previous(unit: str) -> str:
    return "yesterday" if unit == "day" else f"last {unit}"


def _to_date(calendar: Calendar, match: re.Match[str]) -> Stretch | None:
    unit = match["unit"] or {"w": "week", "m": "month", "q": "quarter", "y": "year"}[match["short"][0]]
    return calendar.unit(unit, 0, f"this {unit}")
