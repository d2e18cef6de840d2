"""What the pages ask of the event store, as queries: of any period, so that each can be asked anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING
from uuid import UUID

from finora.spend.catalog import DIMENSIONS
from finora.spend.query import CHANGE, Comparison, Filter, Operator, Order, SpendQuery
from finora.spend.single_runs import RUN_IDS
from finora.values.interval import suited_interval
from finora.values.period import Period, Span
from finora.web.figures.headline import HEADLINES

if TYPE_CHECKING:
    from datetime import datetime

MONTH, YEAR = timedelta(days=28), timedelta(days=364)
_OF_HOURS = tuple(name for name in HEADLINES if name != "people")
"""What the page shows of hours of the day beside something else; see `measured_beside`."""
_CLAUDE = Filter(Operator.IS, "vendor", ("anthropic",))
_CHAT = Filter(Operator.IS, "event_type", ("chat",))
_TEAM = Filter(Operator.IS, "team", ("platform",))
_NAMED = Filter(Operator.CONTAINS, "person", ("an",))


@dataclass(frozen=True, slots=True)
class Question:
    """A query of a page, but for its period."""

    name: str
    query: SpendQuery

    def over(self, end: datetime, length: timedelta, *, compared: bool = True) -> SpendQuery:
        """Return the query of a period, with the interval that the pages choose for it."""
        span = Span(end - length, end)
        query = replace(self.query, period=Period.absolute(span.start, span.end))
        if query.interval is None and query.dimensions != ("event_type", "basis", "max_mode"):
            query = replace(query, interval=suited_interval(span))
        return query if compared else replace(query, compare=None, order=())


def overview() -> list[Question]:
    """Return what the Overview asks."""
    compared = SpendQuery(compare=Comparison.PREVIOUS)
    return [
        Question("headline", replace(compared, metrics=(*HEADLINES, "unpriced_events"))),
        Question("models", replace(compared, dimensions=("model",), limit=8)),
        Question("people", replace(compared, dimensions=("person",), limit=8)),
        Question("teams", replace(compared, dimensions=("team",), limit=8)),
        Question("types", SpendQuery(dimensions=("event_type", "basis", "max_mode"), limit=10_000)),
        Question("weekday and hour", SpendQuery(dimensions=("weekday", "hour"), limit=168)),
    ]


def explore(*, runs: bool = True) -> list[Question]:
    """Return what Explore asks: any one dimension, or two, with all that its page shows, filtered or not; single runs unless told not."""
    page = SpendQuery(metrics=(*HEADLINES,), compare=Comparison.PREVIOUS, limit=8)
    asked = {
        f"by {name}": replace(page, dimensions=(name,)) for name in DIMENSIONS if runs or name not in RUN_IDS
    }
    asked |= {
        "by person and model": replace(page, dimensions=("person", "model")),
        "by team and vendor": replace(page, dimensions=("team", "vendor")),
        "by person and event_type": replace(page, dimensions=("person", "event_type")),
        "by team and kind": replace(page, dimensions=("team", "kind")),
        "by event_type and hour": replace(page, dimensions=("event_type", "hour"), metrics=_OF_HOURS),
        "by model and hour": replace(page, dimensions=("model", "hour"), metrics=_OF_HOURS),
        "by person and hour": replace(page, dimensions=("person", "hour"), metrics=_OF_HOURS),
        "by team and hour": replace(page, dimensions=("team", "hour"), metrics=_OF_HOURS),
        "by hour, one team": replace(page, dimensions=("hour",), metrics=_OF_HOURS, filters=(_TEAM,)),
        "by person, Claude in chat": replace(page, dimensions=("person",), filters=(_CLAUDE, _CHAT)),
        "by model, one team": replace(page, dimensions=("model",), filters=(_TEAM,)),
        "by model, people called …an…": replace(page, dimensions=("model",), filters=(_NAMED,)),
        "by model, what grew most": replace(page, dimensions=("model",), order=(Order(CHANGE),)),
        "by person, what grew most": replace(page, dimensions=("person",), order=(Order(CHANGE),)),
    }
    return [Question(name, query) for name, query in asked.items()]


def any_two() -> list[Question]:
    """Return what Explore asks of each two dimensions whose values repeat."""
    page = SpendQuery(metrics=(*HEADLINES,), compare=Comparison.PREVIOUS, limit=8)
    names = [name for name, dimension in DIMENSIONS.items() if not dimension.raw]
    return [
        Question(f"by {one} and {other}", replace(page, dimensions=(one, other)))
        for one, other in combinations(names, 2)
    ]


def beside_runs() -> list[Question]:
    """Return what Explore asks of single runs beside each other dimension; some of it only single events tell."""
    page = SpendQuery(metrics=(*HEADLINES,), compare=Comparison.PREVIOUS, limit=8)
    return [
        Question(f"by {run} and {other}", replace(page, dimensions=(run, other)))
        for run in RUN_IDS
        for other in DIMENSIONS
        if other not in RUN_IDS
    ]


def type_ahead() -> list[Question]:
    """Return what the filter editor asks: the values that exist in what is shown, by spend."""
    return [
        Question(
            f"{dimension} like “{text}”",
            SpendQuery(
                dimensions=(dimension,), filters=(Filter(Operator.CONTAINS, dimension, (text,)),), limit=20
            ),
        )
        for dimension, text in (("person", "ma"), ("model", "opus"), ("team", "p"), ("kind", "i"))
    ]


def listings(conversation: str) -> dict[str, tuple[Filter, ...]]:
    """Return the filters under which the first page of Events is asked for, one conversation's among them."""
    return {
        "all": (),
        "one team": (_TEAM,),
        "Claude in chat": (_CLAUDE, _CHAT),
        "people called …an…": (_NAMED,),
        "a kind that is rare": (Filter(Operator.IS, "kind", ("Prepaid Credits",)),),
        "Max Mode at seven": (
            Filter(Operator.IS, "max_mode", ("yes",)),
            Filter(Operator.IS, "hour", ("07",)),
        ),
        "one that never was": (Filter(Operator.IS, "model", ("no-such-model",)),),
        "cloud agents": (Filter(Operator.IS_NOT, "cloud_agent", ("none",)),),
        "a conversation": (Filter(Operator.IS, "conversation", (conversation,)),),
        "a conversation that never was": (Filter(Operator.IS, "conversation", (str(UUID(int=7)),)),),
    }
