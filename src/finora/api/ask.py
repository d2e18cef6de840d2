"""`/api/v1/ask`: questions in plain English."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from finora.api.access import Reader, TheWorkspace
from finora.api.documents import AnswerDocument, Document
from finora.api.query import QueryBody
from finora.ask import Asked, answer_to_json
from finora.errors import BadRequest
from finora.gate import own_only
from finora.spend.query import is_text
from finora.spend.request import moment, query_from_json

router = APIRouter(prefix="/api/v1", tags=["Spend"])


_FIRST_YEAR, _LAST_YEAR = 1971, 2200


class UnreadableMoment(BadRequest):
    """The present that a question is to be asked at is none."""

    code = "invalid_now"
    title = "This moment cannot be read"


class Question(BaseModel):
    """A question in plain English."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(examples=["Which engineer spent the most this week?"])
    now: str | None = Field(
        default=None,
        description="The present, by which “today” and “last month” are understood, as an RFC 3339 time; it is now without one.",
        examples=["2026-11-20T15:00:00Z"],
    )
    previous: QueryBody | None = Field(
        default=None,
        description="The query of the answer before, for a question that continues it: “and last month?”",
    )


class UnderstoodDocument(Document):
    """A part of the question as it was understood; `parameters` say it in the address of a page."""

    kind: str
    text: str
    parameters: list[list[str]]


class FlatColumn(Document):
    """A column of an answer about subscriptions; `unit` is `usd` or `count`, and null where it has words."""

    name: str
    unit: str | None


class FlatDocument(Document):
    """The table of an answer about subscriptions, which no query gives: text by column, amounts exact.

    `totals` has what the figures of several rows add up to; it is null where there is nothing to add up.
    """

    columns: list[FlatColumn]
    rows: list[dict[str, str]]
    totals: dict[str, str] | None


class AskedDocument(Document):
    """The answer to a question.

    `query` is the body of `/query` that gives `result`; it is null where the question was not understood, and where it is
    about subscriptions, whose `result` has columns, rows and totals.
    """

    question: str
    answer: str
    query: QueryBody | None
    result: AnswerDocument | FlatDocument | None
    confidence: Annotated[float, Field(ge=0, le=1)]
    understood: list[UnderstoodDocument]
    suggestions: list[str]


@router.post("/ask", response_model=AskedDocument, response_model_exclude_unset=True)
def ask(body: Question, workspace: TheWorkspace, principal: Reader) -> dict[str, object]:
    """Answer a question in one sentence, with the query it was understood as. No language model is needed."""
    settings = workspace.settings
    try:
        now = moment(body.now, settings.zone) if body.now else None
    except ValueError as problem:
        raise UnreadableMoment(f"{problem}.") from None
    if now is not None and not _FIRST_YEAR <= now.year < _LAST_YEAR:
        raise UnreadableMoment(f"The present lies between {_FIRST_YEAR} and {_LAST_YEAR}.")
    if not is_text(body.question):
        raise BadRequest("The question is not text.")
    previous = None
    if body.previous is not None:
        previous = query_from_json(body.previous.model_dump(exclude_unset=True), timezone=settings.timezone)
    own = own_only(principal)
    asked = Asked(asker=principal.email, own=own, now=now, previous=previous)
    return answer_to_json(workspace.ask.answer(body.question, asked))


@router.get("/ask/suggestions")
def suggestions(
    workspace: TheWorkspace, principal: Reader, q: Annotated[str, Query(max_length=600)] = ""
) -> list[str]:
    """Return questions that go on as one began."""
    return workspace.ask.suggest(q, Asked(own=own_only(principal)))
