"""Answering: a query goes in, a result comes out, whichever face asked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from contextvars import copy_context
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from finora.errors import NotFound
from finora.spend.course import reads_single_events
from finora.spend.exporting import streamed
from finora.spend.finding import stretches
from finora.spend.large_questions import LargeQuestions
from finora.spend.listing import (
    MOST_EVENTS,
    EventPage,
    FormerFigures,
    ListedEvent,
    Listing,
    event_statement,
    events_from_rows,
    former_figures,
    history_statement,
    list_statement,
)
from finora.spend.memory import Memory
from finora.spend.plan import Moment, Plan, make_plan
from finora.spend.query import Filter, InvalidQuery, Operator
from finora.spend.result import SpendResult
from finora.spend.view import View
from finora.values.interval import day_from_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime

    import pyarrow as pa

    from finora.spend.plan import Depth
    from finora.spend.query import SpendQuery
    from finora.spend.store import EventStore
    from finora.values.clock import Clock

_Reached: TypeAlias = "tuple[datetime | None, datetime | None]"
_MOST_TRIES = 3
"""How often several queries are asked anew because the data changed meanwhile."""


class EventNotFound(NotFound):
    """There is no such event, or not one the reader may see."""

    title = "No such event"


class Spend:
    """Answers questions about spend from an event store.

    Args:
        store: Where the events are.
        clock: The present.
        connected: Numbers of the connections that are connected now, whose reach is the data's; all that were ever read
            without it. History that is kept of a removed connection does not hold the rest back.
        settle: Brings the store's flat charges up to date, up to a day and without it; none where there are none.
    """

    def __init__(
        self,
        store: EventStore,
        clock: Clock,
        connected: Callable[[], Collection[int]] | None = None,
        settle: Callable[[date], object] | None = None,
    ) -> None:
        self._store = store
        self._connected = connected
        self._settle = settle
        self._clock = clock
        self._memory = Memory()
        self._large = LargeQuestions()
        self._secret = secrets.token_bytes(32)

    def answer(
        self, query: SpendQuery, *, own: str | None = None, depths: Mapping[str, Depth] | None = None
    ) -> SpendResult:
        """Return the answer to a query.

        Args:
            query: The question.
            own: The e-mail of a reader who may see their own usage only.
            depths: How far down the last of the query's metrics are told, those told least last; what is not told is
                missing from the end of a group's or a bucket's figures. All are told down to the buckets without it.

        Raises:
            InvalidQuery: The answer would have more figures than anyone can read.
        """
        return self._answer(query, own, self._reach, tuple((depths or {}).items()))

    def _answer(
        self,
        query: SpendQuery,
        own: str | None,
        reach: Callable[[], _Reached],
        depths: tuple[tuple[str, Depth], ...] = (),
    ) -> SpendResult:
        version = self._store.version()  # before anything is read, so that no older answer is kept under it
        reached = reach()  # so too, so that it never claims more than is then read
        plan = replace(self.plan(query, own=own), depths=depths)
        key = (version, reached, plan.query, plan.scope, plan.span, _minute(plan), depths)
        return self._memory.recall(key, lambda: self._read(plan, reached))

    def state_of(self, query: SpendQuery, *, own: str | None = None) -> str:
        """Return a text that is another one whenever the answer to a query may be; no event is read for it.

        It stands for the question made absolute, for whom it is answered, the data, how far that reaches, and for
        periods that go on the present minute, because they are compared with as much of the period before. It is of
        this very service: a restart, after which data, settings and the program may be others, makes all texts anew,
        and nobody else can make one.

        Ask for it before the answer: what is read later may be newer than its text says, and never older.

        Args:
            query: The question.
            own: The e-mail of a reader who may see their own usage only.

        Raises:
            InvalidQuery: It makes no sense.
        """
        plan = self.plan(query, own=own)  # first, because it brings flat charges up to date
        minute = _minute(plan) if plan.moment.now < plan.span.end else None
        state = (self._store.version(), self._reach(), plan.query, plan.scope, plan.span, minute)
        return hmac.new(self._secret, repr(state).encode(), hashlib.sha256).hexdigest()[:32]

    def answers(self, *queries: SpendQuery, own: str | None = None) -> list[SpendResult]:
        """Return the answers to several queries, which take about as long as the slowest of them.

        They are asked again if the data changed meanwhile, so that one page does not show two states of it; during a
        sync that never rests, the last try counts.

        Args:
            queries: The questions.
            own: The e-mail of a reader who may see their own usage only.

        Raises:
            InvalidQuery: One of the answers would have more figures than anyone can read.
        """
        for _ in range(_MOST_TRIES):
            version = self._store.version()
            found = self._at_once(queries, own)
            if self._store.version() == version:
                break
        return found

    def _at_once(self, queries: Sequence[SpendQuery], own: str | None) -> list[SpendResult]:
        first, *others = queries
        reach = cache(self._reach)
        if not others:
            return [self._answer(first, own, reach)]
        with ThreadPoolExecutor(len(others), "spend") as pool:
            # Whoever waits, and for how long, is known from the context.
            asked = [pool.submit(copy_context().run, self._answer, each, own, reach) for each in others]
            return [self._answer(first, own, reach), *(each.result() for each in asked)]

    def _read(self, plan: Plan, reached: _Reached) -> SpendResult:
        read_from, data_through = reached
        turn = self._large.turn() if reads_single_events(plan) else nullcontext()
        with turn, self._store.snapshot() as reader:
            view = View(reader, plan)
            return SpendResult(
                plan=plan,
                buckets=tuple(plan.buckets),
                groups=view.groups(),
                other=view.other(),
                totals=view.totals(),
                group_count=view.group_count,
                data_through=data_through,
                read_from=read_from,
            )

    def events(
        self, query: SpendQuery, listing: Listing | None = None, *, limit: int = 100, own: str | None = None
    ) -> EventPage:
        """Return a page of the events that match a query's period and filters.

        Args:
            query: Metrics, dimensions and order do not matter here.
            listing: Which of them, in what order, from where; all, newest first, without one.
            limit: How many, 1,000 at most.
            own: The e-mail of a reader who may see their own events only.

        Raises:
            InvalidQuery: The cursor or the limit is none.
        """
        if not 1 <= limit <= MOST_EVENTS:
            raise InvalidQuery(f"The limit must lie between 1 and {MOST_EVENTS}.")
        listing, plan = listing or Listing(), self.plan(query, own=own)
        with self._store.snapshot() as reader:
            for span in stretches(reader, plan, listing, limit + 1):
                statement = list_statement(replace(plan, span=span), reader.dialect, listing, limit + 1)
                found = events_from_rows(reader.fetch(statement))
                if len(found) > limit:
                    break
        more = len(found) > limit
        return EventPage(found[:limit], listing.order.cursor_after(found[limit - 1]) if more else None)

    def event(
        self, event_id: str, *, own: str | None = None
    ) -> tuple[ListedEvent, tuple[FormerFigures, ...]]:
        """Return an event by its id, and what its figures were before they were revised.

        Raises:
            EventNotFound: There is none, or it is not the reader's own.
        """
        with self._store.snapshot() as reader:
            found = events_from_rows(reader.fetch(event_statement(event_id, reader.dialect)))
            if not found or (own is not None and found[0].person != own):
                raise EventNotFound("There is no such event.")
            return found[0], former_figures(reader.fetch(history_statement(event_id)))

    @contextmanager
    def export(self, query: SpendQuery, *, own: str | None = None) -> Iterator[Iterator[pa.RecordBatch]]:
        """Yield all events that match a query's period and filters in Arrow batches, from one consistent state."""
        plan = self.plan(query, own=own)
        with self._store.snapshot() as reader:
            yield streamed(reader, plan)

    def plan(self, query: SpendQuery, *, own: str | None = None) -> Plan:
        """Return how a query would be answered now."""
        scope = () if own is None else (Filter(Operator.IS, "person", (own,)),)
        moment = Moment(now=self._clock.now(), earliest=self._store.earliest(), rollup_zone=self._store.zone)
        plan = make_plan(query, moment, scope)
        if plan.charges and self._settle:
            self._settle(day_from_number(plan.reach.charged[1]))
        return plan

    def _reach(self) -> _Reached:
        read = self._store.connections()
        connected = self._connected() if self._connected else ()
        present = [number for number in read if number in connected]
        spans = [covered for number in present or read if (covered := self._store.covered(number))]
        if not spans:
            return None, None
        return min(each[0].start for each in spans), min(each[-1].end for each in spans)


def _minute(plan: Plan) -> datetime:
    """Return the minute a plan was made in; within one nothing of an answer moves but the end of the span compared with."""
    return plan.moment.now.replace(second=0, microsecond=0)
