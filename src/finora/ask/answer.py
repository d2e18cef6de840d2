"""An answer: a sentence, how the question was understood, and the figures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from finora.ask.flat_table import FlatTable
from finora.spend.query import CHANGE
from finora.spend.rendering import result_to_json
from finora.spend.request import query_to_json

if TYPE_CHECKING:
    from finora.ask.chips import Chip
    from finora.ask.understanding import Understanding
    from finora.spend.listing import ListedEvent
    from finora.spend.query import SpendQuery
    from finora.spend.result import SpendResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Finora says to a question.

    Attributes:
        question: As it was asked.
        sentence: The answer in one sentence, or why there is none.
        found: How the question was understood; none where it was not.
        result: The figures; none where none are asked for or it was not understood.
        chips: The query as parts that can be changed.
        table: The table of an answer that no query gives, about subscriptions.
        events: The single events asked for.
        suggestions: Questions that can be answered, where this one cannot.
        confidence: From 0 to 1.
    """

    question: str
    sentence: str
    found: Understanding | None = None
    result: SpendResult | None = None
    chips: tuple[Chip, ...] = ()
    table: FlatTable = field(default_factory=FlatTable)
    events: tuple[ListedEvent, ...] = ()
    suggestions: tuple[str, ...] = ()
    confidence: float = 0.0

    @property
    def query(self) -> SpendQuery | None:
        """The query that gives the figures, with an absolute period; none where no query does."""
        return None if self.found is None or self.result is None else self.found.query


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as the API gives it."""
    result: dict[str, Any] | None = None
    if answer.result is not None:
        result = result_to_json(answer.result)
    elif answer.found is not None:
        result = answer.table.to_json()
    return {
        "question": answer.question,
        "answer": answer.sentence,
        "query": query_to_json(answer.query) if answer.query else None,
        "result": result,
        "confidence": answer.confidence,
        "understood": [
            {"kind": chip.kind, "text": chip.text, "parameters": [list(each) for each in chip.parameters]}
            for chip in answer.chips
        ],
        "suggestions": list(answer.suggestions),
    }


def charted(query: SpendQuery) -> SpendQuery:
    """Return a query as a chart shows it: with at most one dimension, and compared with nothing."""
    order = tuple(each for each in query.order if each.by != CHANGE)
    return replace(query, dimensions=query.dimensions[:1], offset=0, compare=None, order=order)
