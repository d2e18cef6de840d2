"""Finding the periods of a question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from finora.ask.meanings import Chunk, Cue, When
from finora.ask.points import COUNT, DAY_OF_MONTH, MONTH, POINT, UNIT, YEAR, count_of, read_point
from finora.ask.stretch import DAY, Stretch, date_words
from finora.values.period import days_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from finora.ask.stretch import Calendar
    from finora.ask.words import Word

_IN = "(?:in|on|during|over|for|of|at|within|throughout|from|by) "
_PREPOSITIONS = frozenset({"of", "in", "on", "for", "from", "by", "over"})
_TO = "(?:to|until|till|through|thru|and|up to)"
_NO_WORD_BEFORE, _NO_WORD_AFTER = r"(?<![^ ])", r"(?![^ ])"


class Times:
    """Reads periods in a zone, at a moment.

    Args:
        calendar: The present.
        earliest: The first day with data, where “all time” begins.
    """

    def __init__(self, calendar: Calendar, earliest: date | None = None) -> None:
        self._calendar = calendar
        self._earliest = earliest or calendar.today

    def chunks(self, words: Sequence[Word]) -> list[Chunk]:
        """Return the periods of a question, the longest that begin at each word; what lies in the future is a cue."""
        text = " ".join(word.text for word in words)
        places, at = {}, 0
        for index, word in enumerate(words):
            places[at] = index
            at += len(word.text) + 1
        ends = {start + len(words[index].text): index + 1 for start, index in places.items()}
        found, after = [], 0
        for match in _ANY.finditer(text):
            start, end = places.get(match.start()), ends.get(match.end())
            if start is None or end is None or match.start() < after:
                continue
            stretch = self._read(match.group())
            if stretch is None and (pair := self._pair(match.group(), start)):
                found += pair
                after = match.end()
                continue
            meaning = When(stretch) if stretch else Cue.FUTURE
            found.append(Chunk(start, end, (meaning,)))
            # Another phrase may end with the preposition: how much of | this month's spend.
            if words[start].text in _PREPOSITIONS and end - start > 1:
                found.append(Chunk(start + 1, end, (meaning,)))
            after = match.end()
        return found

    def _pair(self, text: str, start: int) -> list[Chunk]:
        """Return two periods where “to” joins what is compared, the later first: this month to last month."""
        one, _to, other = text.partition(" to ")
        first, second = read_point(one, self._calendar), read_point(other, self._calendar)
        if first is None or second is None or first.start < second.start:
            return []
        length = len(one.split())
        return [
            Chunk(start, start + length, (When(first),)),
            Chunk(start + length, start + length + 1, (Cue.VERSUS,)),
            Chunk(start + length + 1, start + len(text.split()), (When(second),)),
        ]

    def _read(self, text: str) -> Stretch | None:
        for pattern, read in _FORMS:
            if match := pattern.fullmatch(text):
                return read(self, match)
        return None

    def point(self, match: re.Match[str]) -> Stretch | None:
        """Return a point of time by itself."""
        return read_point(match["at"], self._calendar)

    def last(self, match: re.Match[str]) -> Stretch | None:
        """Return the last so many units."""
        unit = match["unit"]
        count = count_of(match["count"] or "one")
        if match["past"] == "past" and not match["count"]:
            count, unit = {"week": (7, "day"), "month": (30, "day"), "quarter": (3, "month")}.get(
                unit, (count, unit)
            )
        if unit in {"h", "hour", "hr"}:
            return self._calendar.hours(count) if 0 < count <= 999 else None
        if unit == "fortnight":
            return self._calendar.last(14 * count, "day")
        unit = {"d": "day", "w": "week", "wk": "week", "mo": "month", "y": "year", "yr": "year"}.get(
            unit, unit
        )
        return self._calendar.last(count, unit) if count else None

    def between(self, match: re.Match[str]) -> Stretch | None:
        """Return what lies between two points, both included."""
        last = read_point(match["b"], self._calendar)
        if last is None:
            return None
        end = last.whole_end.astimezone(self._calendar.zone).date()
        latest = None if _RELATIVE.search(match["a"]) else min(end - DAY, self._calendar.today)
        first = read_point(match["a"], self._calendar, latest) or self._day_of_month(match["a"], end)
        if first is None:
            return None
        return self._days(first.start.astimezone(self._calendar.zone).date(), end)

    def month_days(self, match: re.Match[str]) -> Stretch | None:
        """Return days of one month: November 1 to 15."""
        numbers = [re.sub(r"\D", "", match[name]) for name in ("first", "last")]
        year = f" {match['year']}" if match["year"] else ""
        first, last = (read_point(f"{number} {match['month']}{year}", self._calendar) for number in numbers)
        if first is None or last is None:
            return None
        zone = self._calendar.zone
        return self._days(first.start.astimezone(zone).date(), last.whole_end.astimezone(zone).date())

    def since(self, match: re.Match[str]) -> Stretch | None:
        """Return all from the start of a point on; `after` begins when it is over."""
        point = read_point(match["at"], self._calendar)
        if point is None:
            return None
        moment = point.whole_end if match["how"] == "after" else point.start
        first = moment.astimezone(self._calendar.zone).date()
        return self._calendar.days(first, self._calendar.today + DAY, f"since {date_words(first)}")

    def until(self, match: re.Match[str]) -> Stretch | None:
        """Return all up to a point; `before` ends when it begins."""
        point = read_point(match["at"], self._calendar)
        if point is None:
            return None
        moment = point.start if match["how"] == "before" else point.whole_end
        end = moment.astimezone(self._calendar.zone).date()
        words = f"up to {date_words(end - DAY)}"
        return self._calendar.days(min(self._earliest, end - DAY), end, words)

    def always(self, _match: re.Match[str]) -> Stretch | None:
        """Return all time."""
        return self._calendar.days(self._earliest, self._calendar.today + DAY, "over all time")

    def _days(self, first: date, end: date) -> Stretch | None:
        return self._calendar.days(first, end, f"from {days_text(first, end - DAY)}")

    def _day_of_month(self, text: str, end: date) -> Stretch | None:
        """Return a bare day, whose month the end of the range says: from 3 to 10 March."""
        digits = re.sub(r"\D", "", text)
        if not digits or not re.fullmatch(DAY_OF_MONTH, text):
            return None
        try:
            day = (end - DAY).replace(day=int(digits))
        except ValueError:
            return None
        return self._calendar.days(day, day + DAY, "")


_RELATIVE = re.compile(r"\b(?:this|last|current|previous|today|yesterday|ago)\b")
_SHORT = r"(?P<count>\d{1,3}) ?(?P<unit>d|w|wk|mo|h|hr|yr|y)s?"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[Times, re.Match[str]], Stretch | None]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"(?:{_IN})?(?:the )?(?P<at>{POINT})(?: so far)?", Times.point),
        (
            rf"(?:{_IN})?(?:the |this )?(?P<past>past|last|trailing|previous|recent|rolling|most recent) "
            rf"(?:(?P<count>{COUNT}) )?(?P<unit>{UNIT[3:-1]}|hour|fortnight)s?"
            .replace(UNIT[3:-1], UNIT),
            Times.last,
        ),
        (
            rf"(?:{_IN})?(?:the |this )?(?P<past>past|last|trailing|previous|recent|rolling) {_SHORT}",
            Times.last,
        ),
        (rf"(?:{_IN})?(?P<past>){_SHORT}", Times.last),
        (rf"(?:{_IN})?(?:the |this )?(?P<past>past|last) (?P<count>)(?P<unit>fortnight|hour)", Times.last),
        (
            (rf"(?:between |from |in |on )?(?:the )?(?P<first>{DAY_OF_MONTH}) {_TO} (?:the )?(?P<last>{DAY_OF_MONTH}) (?:of )?"
            rf"(?P<month>{MONTH})(?: ,)?(?: (?P<year>{YEAR}))?"),
            Times.month_days,
        ),
        (
            (rf"(?:between |from |in |on )?(?P<month>{MONTH}) (?P<first>{DAY_OF_MONTH}) {_TO} (?P<last>{DAY_OF_MONTH})"
            rf"(?: ,)?(?: (?P<year>{YEAR}))?"),
            Times.month_days,
        ),
        (rf"between (?P<a>{POINT}|{DAY_OF_MONTH}) and (?P<b>{POINT})", Times.between),
        (rf"from (?P<a>{POINT}|{DAY_OF_MONTH}) {_TO} (?P<b>{POINT})", Times.between),
        (rf"(?P<a>{POINT}) (?:to|until|till|through|thru) (?P<b>{POINT})", Times.between),
        (rf"(?P<how>since|starting|from|after|ever since) (?:the )?(?:{_IN})?(?P<at>{POINT})(?: on| onwards?| onward)?", Times.since),
        (rf"(?P<how>until|till|before|up to|up until|by the end of) (?:the )?(?P<at>{POINT})", Times.until),
        (
            r"(?:of |in |for |over |since )?(?:all time|the beginning|ever|to date|the start|since day one|all of history|the very beginning|lifetime)",
            Times.always,
        ),
    )
)  # fmt: skip

_UNNAMED = re.compile(r"\(\?P<\w+>")
_ANY = re.compile(
    _NO_WORD_BEFORE
    + "(?:"
    + "|".join(_UNNAMED.sub("(?:", pattern.pattern) for pattern, _read in (*_FORMS[5:], *_FORMS[:5]))
    + ")"
    + _NO_WORD_AFTER
)
