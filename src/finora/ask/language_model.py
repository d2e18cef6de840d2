"""A language model that may propose a query for a question that was not understood. Off unless the operator sets an address.

It is told the catalogue and the question, nothing of the data and no key of a provider. What it answers is read as the
JSON of a query and validated by the same catalogue as everybody's; anything else is thrown away.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import httpx

from finora.ask.draft import Intent
from finora.ask.stretch import Stretch
from finora.ask.understanding import Understanding
from finora.errors import FinoraError
from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.query import MAX_ROWS, SpendQuery
from finora.spend.request import query_from_json
from finora.values.period import Period, days_text

if TYPE_CHECKING:
    from finora.ask.stretch import Calendar

_LOG = logging.getLogger(__name__)
_SURENESS = 0.5
_SECONDS = 20.0
_LONGEST_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model behind any OpenAI-compatible address.

    Attributes:
        url: The address, up to and without `/chat/completions`.
        name: The model's name.
        key: What it is paid with; empty where it needs none.
        transport: The edge of the machine, for tests.
    """

    url: str
    name: str
    key: str = field(default="", repr=False)
    transport: httpx.BaseTransport | None = field(default=None, repr=False)

    def propose(self, question: str, calendar: Calendar) -> SpendQuery | None:
        """Return the query that the model proposes; none where it proposes none that is valid, or does not answer."""
        try:
            body = json.loads(self._asked(question, calendar))
            if not isinstance(body, dict) or not body:
                return None
            found = query_from_json(body, timezone=calendar.zone.key)
            span = found.period.resolve(calendar.now, calendar.zone)
            return replace(
                found, period=Period.absolute(span.start, span.end), limit=min(found.limit, MAX_ROWS)
            )
        except (FinoraError, ValueError, KeyError, IndexError, TypeError) as problem:
            _LOG.info("The language model proposed nothing that can be asked: %s", type(problem).__name__)
        except httpx.HTTPError as problem:
            _LOG.warning("The language model could not be reached: %s", type(problem).__name__)
        return None

    def understood(self, query: SpendQuery, calendar: Calendar) -> Understanding:
        """Return a proposed query as a question understood, though not surely."""
        span = query.period.resolve(calendar.now, calendar.zone)
        first, last = (each.astimezone(calendar.zone).date() for each in (span.start, span.end))
        words = f"from {days_text(first, last)}"
        stretch = Stretch(start=span.start, end=span.end, whole_end=span.end, words=words)
        return Understanding(intent=_intent(query), query=query, stretch=stretch, sureness=_SURENESS)

    def _asked(self, question: str, calendar: Calendar) -> str:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        body = {
            "model": self.name,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": instructions(calendar)},
                {"role": "user", "content": question},
            ],
        }
        with httpx.Client(transport=self.transport, timeout=_SECONDS) as client:
            response = client.post(f"{self.url.rstrip('/')}/chat/completions", json=body, headers=headers)
            response.raise_for_status()
            answer: Any = response.json()
        text = str(answer["choices"][0]["message"]["content"])[:_LONGEST_ANSWER].strip()
        return text.removeprefix("```json").removeprefix("```").removesuffix("```")


def instructions(calendar: Calendar) -> str:
    """Return what the model is told: the catalogue and the shape of a query, and nothing of the data."""
    metrics = "\n".join(f"- {each.name}: {each.definition}" for each in METRICS.values())
    dimensions = "\n".join(f"- {each.name}: {each.definition}" for each in DIMENSIONS.values())
    return (
        "Turn the question into one JSON object for a query about a company's spend on AI tools, and answer with nothing else. "
        'If it cannot be asked this way answer {}.\nMembers: "metrics" (list), "dimensions" (list, at most 3), "filters" (list of '
        '[operator, dimension, [values]]; operators is, is_not, contains, contains_not), "period" (such as "7d", "mtd", "last_month", '
        '"ytd", "all", or {"start": date, "end": date after the last}), "interval" (hour, day, week, month), "compare" (previous, year), '
        '"order_by" (list of [name, "asc" or "desc"]), "limit".\n'
        f"Today is {calendar.today.isoformat()}.\nMetrics:\n{metrics}\nDimensions:\n{dimensions}"
    )


def _intent(query: SpendQuery) -> Intent:
    if query.interval:
        return Intent.TREND
    if query.dimensions:
        return Intent.RANK
    return Intent.CHANGE if query.compare else Intent.TOTAL
