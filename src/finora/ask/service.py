"""`Ask`: a question goes in, an answer comes out, whichever face asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from finora.ask.answer import Answer
from finora.ask.chips import Chip, chips_of
from finora.ask.composing import Composer
from finora.ask.draft import Intent, NotUnderstood
from finora.ask.drivers import drivers_of, drivers_words
from finora.ask.figures import listed, shown
from finora.ask.foremost_event import foremost_words
from finora.ask.known_values import KnownValues
from finora.ask.lexicon import Lexicon
from finora.ask.phrasing import capital
from finora.ask.reader import Reader
from finora.ask.sentence import Teller, passes, threshold_value
from finora.ask.stretch import Calendar
from finora.ask.suggestions import completions, nearest, pool
from finora.ask.times import Times
from finora.ask.understanding import Puzzle, Understanding
from finora.ask.words import MOST_CHARACTERS
from finora.errors import BadRequest
from finora.spend.event_order import NEWEST_FIRST, EventOrder
from finora.spend.listing import Listing
from finora.spend.query import InvalidQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

    from finora.ask.flat_rates import FlatRates
    from finora.ask.language_model import LanguageModel
    from finora.ask.vocabulary import Known, Vocabulary
    from finora.spend.listing import ListedEvent
    from finora.spend.query import SpendQuery
    from finora.spend.result import SpendResult
    from finora.spend.service import Spend
    from finora.spend.store import EventStore
    from finora.values.clock import Clock

_FLAT = frozenset({Intent.SUBSCRIPTIONS, Intent.RENEWALS, Intent.SEATS, Intent.EVERYTHING})
_LATE = timedelta(hours=6)
_EVENTS = 20
_MODELS = 3


class TooLong(BadRequest):
    """The question is longer than a question is."""

    code = "question_too_long"
    title = "This question is too long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, when, and after what.

    Attributes:
        asker: The e-mail of whoever asks, for “my”.
        own: The same, where they may see their own usage only.
        now: The present, where it is to be another.
        previous: The query of the question before, which this one may continue.
    """

    asker: str | None = None
    own: str | None = None
    now: datetime | None = None
    previous: SpendQuery | None = None


class Ask:
    """Answers questions in plain English, without a language model and without a network.

    Args:
        spend: Gives the figures.
        store: Where the events are.
        clock: The present.
        zone: The workspace's.
        flat_rates: Answers about subscriptions; without it there are none.
        members: People who are known though no event is theirs.
        model: Proposes queries for questions that were not understood; none by default.
    """

    def __init__(
        self,
        *,
        spend: Spend,
        store: EventStore,
        clock: Clock,
        zone: ZoneInfo,
        flat_rates: FlatRates | None = None,
        members: Callable[[], Iterable[Known]] = tuple,
        model: LanguageModel | None = None,
    ) -> None:
        self._spend = spend
        self._store = store
        self._clock = clock
        self._zone = zone
        self._flat_rates = flat_rates
        self._lexicon = Lexicon()
        self._model = model
        subscriptions = flat_rates.known if flat_rates else tuple
        self._known = KnownValues(spend, store, self._lexicon, members, subscriptions)

    def answer(self, question: str, asked: Asked | None = None) -> Answer:
        """Return the answer to a question.

        Raises:
            TooLong: The question has more than 600 characters.
        """
        asked = asked or Asked()
        if len(question) > MOST_CHARACTERS:
            raise TooLong(f"A question has at most {MOST_CHARACTERS} characters.")
        vocabulary, _spelling = self._known.of(asked.own)
        found = self.understand(question, asked)
        if isinstance(found, Puzzle):
            proposed = self._proposed(question, asked)
            if proposed is None:
                return self._puzzled(question, found, vocabulary, asked)
            found = proposed
        try:
            return self._told(question, found, vocabulary, asked)
        except (NotUnderstood, InvalidQuery) as problem:
            options = problem.options if isinstance(problem, NotUnderstood) else ()
            return self._puzzled(
                question, Puzzle(message=problem.message, options=options), vocabulary, asked
            )

    def understand(self, question: str, asked: Asked | None = None) -> Understanding | Puzzle:
        """Return what a question means, without answering it."""
        asked = asked or Asked()
        vocabulary, spelling = self._known.of(asked.own)
        calendar = self._calendar(asked)
        earliest = self._store.earliest()
        times = Times(calendar, earliest.astimezone(self._zone).date() if earliest else None)
        reading = Reader(self._lexicon, vocabulary, times, spelling).read(question)
        asker = asked.own or asked.asker
        return Composer(vocabulary, calendar, asker, asked.previous).compose(reading)

    def suggest(self, begun: str, asked: Asked | None = None) -> list[str]:
        """Return questions that go on as one began."""
        own = asked.own if asked else None
        return completions(begun[:MOST_CHARACTERS], pool(self._known.of(own)[0], own=own is not None))

    def _calendar(self, asked: Asked) -> Calendar:
        now = asked.now or self._clock.now()
        return Calendar(now.astimezone(UTC), self._zone)

    def _proposed(self, question: str, asked: Asked) -> Understanding | None:
        """Return what the language model proposes, if there is one and the catalogue accepts it."""
        if self._model is None:
            return None
        calendar = self._calendar(asked)
        query = self._model.propose(question, calendar)
        return None if query is None else self._model.understood(query, calendar)

    def _told(self, question: str, found: Understanding, vocabulary: Vocabulary, asked: Asked) -> Answer:
        if found.intent in _FLAT:
            return self._told_flat(question, found, asked)
        result = self._spend.answer(found.query, own=asked.own)
        found, result = self._within_threshold(found, result, asked)
        teller = Teller(self._zone, vocabulary.label)
        events = self._events(found, asked)
        sentence = (
            capital(foremost_words(found, result, events, teller.when(found), self._zone))
            if found.events_by
            else teller.tell(found, result)
        )
        if found.intent in {Intent.WHY, Intent.CHANGE}:
            sentence += self._drivers(found, result, asked)
        if found.intent is Intent.ACTIVITY:
            sentence += self._by_model(found, asked)
        return Answer(
            question=question,
            sentence=sentence
            + self._covered(found, result, asked)
            + self._reach(found, result)
            + _corrections(found),
            found=found,
            result=result,
            chips=(*chips_of(found.query, vocabulary.label, found.stretch, self._zone), *_further(found)),
            events=events,
            confidence=found.sureness,
        )

    def _events(self, found: Understanding, asked: Asked) -> tuple[ListedEvent, ...]:
        """Return the single events that are asked for; none where none are."""
        if found.intent is not Intent.EVENTS:
            return ()
        order = EventOrder(found.events_by) if found.events_by else NEWEST_FIRST
        limit = min(found.query.limit, _EVENTS)
        return self._spend.events(found.query, Listing(order=order), limit=limit, own=asked.own).events

    def _told_flat(self, question: str, found: Understanding, asked: Asked) -> Answer:
        if self._flat_rates is None:
            raise NotUnderstood("There are no subscriptions here.")
        told = self._flat_rates.tell(found, self._spend, asked.own)
        chips = (
            Chip(
                "About",
                {"everything": "spend and subscriptions"}.get(found.intent, found.intent.value).capitalize(),
                (),
            ),
        )
        return Answer(
            question=question,
            sentence=told.sentence + _corrections(found),
            found=found,
            chips=chips,
            table=told.table,
            confidence=found.sureness,
        )

    def _within_threshold(
        self, found: Understanding, result: SpendResult, asked: Asked
    ) -> tuple[Understanding, SpendResult]:
        """Return the question and its result with just the groups beyond its threshold, as no query can say one."""
        if found.threshold is None or not found.query.dimensions:
            return found, result
        passing = sum(passes(found, group.values[0]) for group in result.groups)
        query = replace(found.query, limit=max(passing, 1))
        return replace(found, query=query), self._spend.answer(query, own=asked.own)

    def _drivers(self, found: Understanding, result: SpendResult, asked: Asked) -> str:
        metric = found.query.metrics[0]
        total = result.value(result.totals, metric) - (result.previous(result.totals, metric) or 0)
        queries = [found.query] if found.query.dimensions else []
        if found.intent is Intent.WHY and found.query.dimensions == ("model",) and asked.own is None:
            queries.append(replace(found.query, dimensions=("person",)))
        return "".join(
            drivers_words(query, drivers_of(self._spend, query, asked.own), total) for query in queries
        )

    def _by_model(self, found: Understanding, asked: Asked) -> str:
        """Return on which models the money of somebody's doing went."""
        query = replace(found.query, metrics=("spend",), dimensions=("model",), limit=_MODELS)
        groups = self._spend.answer(query, own=asked.own).groups
        named = [f"{each.labels[0]} ({shown('spend', each.values[0])})" for each in groups if each.values[0]]
        return f" Most of it on {listed(named)}." if named else ""

    def _covered(self, found: Understanding, result: SpendResult, asked: Asked) -> str:
        """Return what usage there was where nothing was spent: a plan that covers it all is not idleness."""
        if found.intent is not Intent.TOTAL or found.query.metrics != ("spend",) or result.totals.values[0]:
            return ""
        worth = self._spend.answer(
            replace(found.query, metrics=("usage_value",)), own=asked.own
        ).totals.values[0]
        return f" Usage worth {shown('usage_value', worth)} was not billed on top." if worth else ""

    def _reach(self, found: Understanding, result: SpendResult) -> str:
        """Return what to know of the data's reach: an unread part of the period is not zero."""
        if result.data_through is None or result.read_from is None:
            return " Nothing was read from a provider yet."
        notes = ""
        if result.data_through < min(found.stretch.end, result.plan.moment.now) - _LATE:
            notes += (
                f" The data reaches to {result.data_through.astimezone(self._zone):%-d %B %Y, %H:%M} only."
            )
        compared = result.plan.compared
        first = min(found.stretch.start, compared.start) if compared else found.stretch.start
        if result.read_from > first + timedelta(days=1):
            notes += f" The data begins on {result.read_from.astimezone(self._zone):%-d %B %Y}."
        return notes

    def _puzzled(self, question: str, puzzle: Puzzle, vocabulary: Vocabulary, asked: Asked) -> Answer:
        questions = pool(vocabulary, own=asked.own is not None)
        return Answer(
            question=question,
            sentence=puzzle.message,
            suggestions=tuple(nearest(question, puzzle, questions)),
        )


def _corrections(found: Understanding) -> str:
    return "".join(f" (“{written}” was read as “{meant}”.)" for written, meant in found.corrected)


def _further(found: Understanding) -> list[Chip]:
    """Return chips for what no query says: averages and thresholds."""
    chips = [
        Chip("Average per", f"{scale:,} {name}s" if scale > 1 else name, ()) for name, scale in found.per
    ]
    if found.events_by:
        chips.append(Chip("Sorted by", f"{found.events_by}, largest first", ()))
    if found.threshold is not None:
        over = "over" if found.threshold.over else "under"
        chips.append(Chip("Only", f"{over} {shown(found.query.metrics[0], threshold_value(found))}", ()))
    return chips
