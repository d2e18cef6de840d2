"""`finora ask`: a question in plain English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from finora.cli.reach import reach

if TYPE_CHECKING:
    from collections.abc import Mapping


def ask(
    *,
    questions: Annotated[
        list[str],
        typer.Argument(metavar="QUESTION...", help="The question; further ones continue the one before."),
    ],
    now: Annotated[
        str | None, typer.Option(help="Ask as if this were the present, for example 2026-11-20T15:00:00Z.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the whole answers as JSON.")] = False,
) -> None:
    """Ask in plain English.

    [dim]Examples:[/dim]

      finora ask "Which engineer spent the most this week?"

      finora ask "How much went to Claude vs GPT-5 in chat events?" "and last month?"
    """
    answers: list[dict[str, Any]] = []
    with reach(to_read=True) as api:
        previous: dict[str, Any] | None = None
        for question in questions:
            body = {"question": question, "now": now, "previous": previous}
            answers.append(
                api.send("POST", "/api/v1/ask", {name: each for name, each in body.items() if each})
            )
            previous = answers[-1]["query"] or previous
    if json:
        from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

        show.as_json(answers[0] if len(answers) == 1 else answers)
    else:
        for answer in answers:
            _print(answer)
    if not any(answer["understood"] for answer in answers):
        raise typer.Exit(1)


def _print(answer: Mapping[str, Any]) -> None:
    typer.secho(answer["answer"], bold=True)
    chips = [f"{chip['kind']}: {chip['text']}" for chip in answer["understood"]]
    if chips:
        typer.secho(" · ".join(chips), dim=True)
    if answer["suggestions"]:
        typer.echo("\nYou could ask:")
        for each in answer["suggestions"]:
            typer.echo(f"  {each}")
    if answer["result"] and len(answer["result"]["rows"]) > 1:
        typer.echo()
        _print_rows(answer)


def _print_rows(answer: Mapping[str, Any]) -> None:
    from finora.cli import query, show  # noqa: PLC0415 - Rich is slow to import

    if answer["query"]:
        query.print_answer(answer["result"], answer["query"])
        return
    result = answer["result"]
    units = {each["name"]: each["unit"] for each in result["columns"]}
    rows = [*result["rows"], *([result["totals"]] if result["totals"] else [])]
    shown = [{name: query.figure(text, units[name]) for name, text in row.items()} for row in rows]
    show.as_table(shown, [(name, name) for name in units], frozenset(each for each in units if units[each]))
