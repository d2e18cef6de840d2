"""Composing: from a reading to a query, by rules that each take their words out of a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finora.ask import follow_up
from finora.ask.draft import Draft, Intent, NotUnderstood
from finora.ask.grouping import leave_out_none, read_groups, read_measures, read_order, read_units
from finora.ask.intents import choose, read_flat_rates, refuse_combined
from finora.ask.meanings import By, Cue, Measure, Unit, Value, When
from finora.ask.nouns import absorb_measures, absorb_names, name_groups, read_limits, read_pronouns
from finora.ask.periods import read_periods, refuse_future
from finora.ask.single_events import read_ranked_events
from finora.ask.understanding import Puzzle, Understanding
from finora.ask.values import read_mine, read_negations, read_values, refuse_ambiguous
from finora.spend.catalog import DIMENSIONS
from finora.spend.query import CHANGE, MAX_DIMENSIONS, MAX_ROWS, Comparison, Order, SpendQuery
from finora.values.interval import Interval, suited_interval

if TYPE_CHECKING:
    from finora.ask.reader import Reading
    from finora.ask.stretch import Calendar, Stretch
    from finora.ask.vocabulary import Vocabulary

_ROWS = 10
_MOST_ROWS = MAX_ROWS
_RANKED = frozenset({Intent.RANK, Intent.COMPARE, Intent.COUNT, Intent.SHARE, Intent.MOVED})
_SUBSTANCE = (Measure, By, Value, When, Unit)


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes queries of readings.

    Attributes:
        vocabulary: Which values exist.
        calendar: The present.
        asker: The e-mail of whoever asks, for “my”.
        previous: The query of the question before, for what only continues it.
    """

    vocabulary: Vocabulary
    calendar: Calendar
    asker: str | None = None
    previous: SpendQuery | None = None

    def compose(self, reading: Reading) -> Understanding | Puzzle:
        """Return what a question means, or why that cannot be said."""
        if reading.unknown:
            return _unknown(reading)
        draft = Draft.of(reading)
        try:
            self._fill(draft)
            _refuse_left_over(draft)
            return self._understood(draft, reading)
        except NotUnderstood as problem:
            return Puzzle(message=problem.message, options=problem.options, word=problem.word)

    def _fill(self, draft: Draft) -> None:
        refuse_future(draft)
        refuse_ambiguous(draft)
        if not (_has_substance(draft) or (self.previous is not None and draft.items)):
            raise NotUnderstood("There is nothing in this that Finora could look up.")
        read_mine(draft, self.asker)
        read_pronouns(draft, known=self.previous is not None)
        name_groups(draft)
        read_limits(draft)
        absorb_names(draft)
        read_ranked_events(draft)
        absorb_measures(draft)
        flat = read_flat_rates(draft)
        read_negations(draft)
        read_values(draft, self.vocabulary)
        read_order(draft)
        read_measures(draft)
        read_groups(draft)
        leave_out_none(draft)
        read_units(draft)
        read_periods(draft, self.calendar)
        if not flat:
            choose(draft)
            refuse_combined(draft)

    def _understood(self, draft: Draft, reading: Reading) -> Understanding:
        continued = self.previous is not None and follow_up.continues(draft)
        stretch = draft.stretch or self._unnamed(draft)
        query = self._query(draft, stretch)
        if continued and self.previous is not None:
            query = follow_up.merged(self.previous, draft, query, stretch)
            draft.intent = follow_up.intent(draft, query)
        return Understanding(
            intent=draft.intent or Intent.TOTAL,
            query=query,
            stretch=stretch,
            sides=tuple(draft.sides),
            per=tuple(draft.per),
            threshold=draft.threshold,
            place=draft.place,
            counted=draft.counted,
            events_by=draft.events_by,
            unit=draft.unit,
            least=not draft.descending,
            ahead=draft.ahead,
            subscriptions=tuple(draft.subscriptions),
            corrected=reading.corrected,
            sureness=_sureness(draft, reading, continued=continued),
        )

    def _unnamed(self, draft: Draft) -> Stretch:
        """Return the period where none is named: that of the question before. Renewals and idle seats are about now."""
        if self.previous is None or draft.intent in {Intent.RENEWALS, Intent.SEATS}:
            return self.calendar.default
        return follow_up.as_before(self.previous, self.calendar)

    def _query(self, draft: Draft, stretch: Stretch) -> SpendQuery:
        metrics, dimensions = _metrics(draft), _dimensions(draft)
        comparing = draft.compare is not None or draft.intent is Intent.WHY
        leads = draft.intent in _RANKED and dimensions
        return SpendQuery(
            metrics=metrics,
            dimensions=dimensions,
            filters=tuple(draft.filters),
            period=stretch.period(comparing=comparing),
            interval=_interval(draft, stretch),
            timezone=self.calendar.zone.key,
            compare=draft.compare or (Comparison.PREVIOUS if comparing else None),
            order=(Order(_sorted_by(draft, metrics), descending=_descending(draft)),) if leads else (),
            limit=_limit(draft),
            offset=(draft.place or 1) - 1 if draft.intent is Intent.RANK else 0,
        )


def _has_substance(draft: Draft) -> bool:
    """Return whether there is anything in a question that could be looked up."""
    cues = (Cue.SUBSCRIPTION, Cue.SEAT, Cue.IDLE, Cue.RENEWAL, Cue.HOW_MUCH, Cue.EVENTS, Cue.WHY)
    return draft.has(*cues) or any(isinstance(item.meaning, _SUBSTANCE) for item in draft.items)


def _metrics(draft: Draft) -> tuple[str, ...]:
    found = draft.metrics or [_unnamed_metric(draft)]
    if draft.intent is Intent.AVERAGE:
        divisors = {
            "person": "people",
            "event": "events",
            "token": "tokens",
            "request": "requests",
            "conversation": "conversations",
        }
        if found == ["spend"] and draft.per == [("person", 1)]:
            return ("spend_per_person", "spend", "people")
        return tuple(
            dict.fromkeys([*found, *(divisors[name] for name, _scale in draft.per if name in divisors)])
        )
    if draft.intent is Intent.EVENTS:
        # What single events are sorted by is the price of each, billed or not.
        priced = ["usage_value"] if draft.events_by == "cost" else []
        return tuple(dict.fromkeys(["events", *priced, *found, "spend"]))
    return tuple(found)


def _unnamed_metric(draft: Draft) -> str:
    """Return what is measured where no word says so: “used most” counts, everything else is about money."""
    if draft.has(Cue.USE) and not draft.has(Cue.HOW_MUCH):
        return "events"
    if draft.has(Cue.USE):
        return "usage_value"
    if not draft.has(Cue.HOW_MUCH):
        draft.guesses += 1
    return "spend"


def _dimensions(draft: Draft) -> tuple[str, ...]:
    sides = (
        (draft.sides[0].dimension,)
        if draft.sides and draft.intent not in {Intent.TOTAL, Intent.AVERAGE}
        else ()
    )
    if draft.intent is Intent.WHY and not draft.dimensions:
        return ("model",)
    divisors = [
        name for name, _scale in draft.per if name in DIMENSIONS and name not in {"person", "conversation"}
    ]
    return tuple(dict.fromkeys([*sides, *divisors, *draft.dimensions]))[:MAX_DIMENSIONS]


def _sorted_by(draft: Draft, metrics: tuple[str, ...]) -> str:
    return CHANGE if draft.intent is Intent.MOVED else metrics[0]


def _interval(draft: Draft, stretch: Stretch) -> Interval | None:
    if draft.intent is Intent.PEAK or (draft.intent is Intent.COUNT and draft.unit):
        return draft.unit or Interval.DAY
    if draft.interval is None and draft.intent is Intent.TREND:
        return suited_interval(stretch.span)
    return draft.interval


def _descending(draft: Draft) -> bool:
    if draft.threshold is not None and not draft.ordered:
        return draft.threshold.over
    return draft.descending


def _limit(draft: Draft) -> int:
    # What is compared, or whose share is asked for, must be among the rows, however small it is.
    if draft.threshold is not None or draft.intent in {Intent.COMPARE, Intent.SHARE}:
        return _MOST_ROWS
    return draft.most or (
        _ROWS if draft.intent in {Intent.RANK, Intent.MOVED, Intent.TREND, Intent.EVENTS} else 50
    )


def _unknown(reading: Reading) -> Puzzle:
    unsure = dict(reading.unsure)
    for word in reading.unknown:
        if word in unsure:
            options = unsure[word]
            return Puzzle(
                message=f"“{word}” is not known. Is {' or '.join(f'“{each}”' for each in options[:5])} meant?",
                words=(word,),
                options=options[:5],
                word=word,
            )
    words = ", ".join(f"“{word}”" for word in reading.unknown[:6])
    return Puzzle(message=f"Finora does not know what {words} means here.", words=reading.unknown)


def _refuse_left_over(draft: Draft) -> None:
    left = draft.left_over()
    if left:
        words = ", ".join(f"“{word}”" for word in dict.fromkeys(left))
        raise NotUnderstood(f"It is not clear what {words} asks for here.", word=left[0])


def _sureness(draft: Draft, reading: Reading, *, continued: bool) -> float:
    nicknames = sum(isinstance(item.meaning, Value) and item.meaning.nickname for item in draft.items)
    doubts = 0.1 * len(reading.corrected) + 0.03 * nicknames + 0.15 * draft.guesses + 0.05 * continued
    return round(max(0.3, 1 - doubts), 2)
