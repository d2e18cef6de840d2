"""The tool `ask_finora`: a question in plain English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from finora.ask import Asked, answer_to_json
from finora.mcp import lines
from finora.mcp.answer_lines import in_words
from finora.mcp.events import event_lines, event_to_json
from finora.mcp.tool import Arguments, Reply, Tool
from finora.spend.request import query_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finora.ask.answer import Answer
    from finora.mcp.tool import Asker

_MOST_ROWS = 20


class AskArguments(Arguments, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question."""

    question: Annotated[
        str,
        Meta(
            description="In English, one question at a time.",
            examples=[
                "Which engineer spent the most this week?",
                "How much did we spend last month by model?",
            ],
        ),
    ]
    previous: Annotated[
        dict[str, Any] | None,
        Meta(description="`query` of the answer before, for a question that continues it: “and last month?”"),
    ] = None


def answer(asker: Asker, asked: AskArguments) -> Reply:
    """Answer a question in a sentence, with how it was understood and the first rows."""
    workspace = asker.workspace
    zone = workspace.settings.timezone
    previous = query_from_json(asked.previous, timezone=zone) if asked.previous else None
    given = Asked(asker=asker.principal.email, own=asker.own, previous=previous)
    found = workspace.ask.answer(asked.question, given)
    document = answer_to_json(found)
    result: dict[str, Any] = document.pop("result") or {"rows": []}
    rows = result["rows"][:_MOST_ROWS]
    document["understood"] = [f"{chip['kind']}: {chip['text']}" for chip in document["understood"]]
    events = [event_to_json(each) for each in found.events]
    left_out = len(result["rows"]) - len(rows)
    data = document | {"result": result | {"rows": rows, "rows_left_out": left_out}, "events": events}
    return Reply("\n\n".join(_parts(found, document, result, rows)), data)


def _parts(
    found: Answer, document: Mapping[str, Any], result: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> list[str]:
    parts = [found.sentence]
    if document["understood"]:
        parts.append(f"Understood as {'; '.join(document['understood'])}.")
    if "meta" in result and len(rows) > 1:
        parts.append(in_words(result, rows))
    elif "meta" not in result and rows:
        parts.append(_flat_lines(result, rows))
    if found.events:
        parts.append(event_lines(found.events))
    if len(rows) < len(result["rows"]):
        parts.append(
            f"{len(result['rows']) - len(rows):,} rows are left out; give `query` to query_spend for all."
        )
    if found.suggestions:
        parts.append("Questions that can be answered:\n" + "\n".join(found.suggestions))
    return parts


def _flat_lines(result: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the table of an answer about subscriptions, with the totals of all of its rows."""
    units = {each["name"]: each["unit"] for each in result["columns"]}
    told = [*rows, *([result["totals"]] if result["totals"] else [])]
    return lines.table(
        list(units),
        ([lines.figure(units[name], row[name]) if name in row else "" for name in units] for row in told),
    )


ASK_FINORA = Tool(
    name="ask_finora",
    title="Ask Finora",
    description="Answers a question about AI spend, usage, people, models or subscriptions in one sentence with exact "
    "figures, and says how it was understood: check that. The answer's `query` can be given to query_spend. "
    "What is not understood is said, with questions that can be answered.",
    takes=AskArguments,
    answer=answer,
)
