"""`finora subscriptions list`, `add`, `change`, `withdraw`, `delete`, `restore`, `assign`, `import` and `export`: keeping them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from urllib.parse import quote

import typer

from finora.cli.reach import Reach, reach
from finora.errors import BadRequest
from finora.values.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PATH = "/api/v1/subscriptions"
_NEAR_ENOUGH = 60.0


class NoSuchPlan(BadRequest):
    """A list price was wanted of a plan that the catalogue does not have."""

    title: ClassVar[str] = "There is no such plan"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Named = Annotated[str, typer.Argument(help="The subscription's name or id.")]
Tag = Annotated[str | None, typer.Option(help="Only those with this tag.")]
From = Annotated[str | None, typer.Option("--from", help="First day; of this month unless given.")]
To = Annotated[str | None, typer.Option("--to", help="Day after the last; of this month unless given.")]

Seats = Annotated[int | None, typer.Option(help="How many seats.")]
Price = Annotated[
    str | None, typer.Option(help="USD for one seat and one billing cycle; a year's price for annual.")
]
Cycle = Annotated[str | None, typer.Option(help="monthly or annual.")]
Start = Annotated[str | None, typer.Option(help="First day.")]
End = Annotated[str | None, typer.Option(help="Last day; “none” to let it go on.")]
Renewal = Annotated[str | None, typer.Option(help="When it is next paid; “none” if never.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A tag such as team:marketing; repeatable.")]
Link = Annotated[
    str | None, typer.Option("--connection", help="Whose seats these are; “none” for no connection's.")
]
Rule = Annotated[str | None, typer.Option("--seat-rule", help="Who holds the seats: members or by_hand.")]


def list_subscriptions(*, tag: Tag = None, deleted: bool = False, json: AsJson = False) -> None:
    """List the subscriptions; with --deleted those that can be restored.

    [dim]Example:[/dim] finora subscriptions list --tag team:platform
    """
    columns = (
        ("name", "Name"),
        ("sku", "SKU"),
        ("seats", "Seats"),
        ("price_per_seat", "Per seat"),
        ("billing_cycle", "Cycle"),
        ("monthly_cost", "A month"),
        ("state", "State"),
        ("next_renewal", "Renews"),
        ("tags", "Tags"),
    )
    with reach(to_read=True) as api:
        found = api.get(PATH, given(tag=tag, deleted="true" if deleted else None))
    rows = [each | {"tags": ", ".join(each["tags"])} for each in found]
    show_either(found, rows, columns, json=json, numeric=("seats", "price_per_seat", "monthly_cost"))


def add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    *,
    sku: Annotated[str, typer.Option(help="What is bought; see: finora subscriptions skus.")],
    seats: Annotated[int, typer.Option(help="How many seats.")],
    price: Price = None,
    cycle: Annotated[str, typer.Option(help="monthly or annual.")] = "monthly",
    start: Start = None,
    end: End = None,
    renewal: Renewal = None,
    tags: Tags = None,
    connection: Link = None,
    rule: Rule = None,
    json: AsJson = False,
) -> None:
    """Add a subscription. Without a price the catalogue's list price is taken, and said.

    [dim]Examples:[/dim]

      finora subscriptions add Cursor --sku cursor-business --seats 40 --price 38.50 --connection Acme

      finora subscriptions add "ChatGPT" --sku chatgpt-team --seats 12 --price 240 --cycle annual --renewal 2027-03-01
    """
    with reach() as api:
        if price is None:
            price = _list_price(api, sku, cycle)
        body = _fields(
            name=name,
            sku=sku,
            seats=seats,
            price_per_seat=price,
            billing_cycle=cycle,
            start_date=start,
            end_date=end,
            renewal_date=renewal,
            tags=tags,
            connection=connection,
            seat_rule=rule,
        )
        made = api.send("POST", PATH, body)
    _tell(made, f"{made['name']}: {_cost(made)} from {made['start_date']} on.", json=json)


def change(
    subscription: Named,
    *,
    effective: Annotated[
        str | None, typer.Option(help="From when seats, price and cycle hold; today unless given.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    sku: Annotated[str | None, typer.Option(help="What is bought.")] = None,
    seats: Seats = None,
    price: Price = None,
    cycle: Cycle = None,
    start: Start = None,
    end: End = None,
    renewal: Renewal = None,
    tags: Tags = None,
    connection: Link = None,
    rule: Rule = None,
    json: AsJson = False,
) -> None:
    """Change a subscription; days before the change keep their figures. To end it, give its last day.

    [dim]Examples:[/dim]

      finora subscriptions change Cursor --seats 45 --effective 2026-12-01

      finora subscriptions change Midjourney --end 2026-11-30
    """
    body = _fields(
        effective=effective,
        name=name,
        sku=sku,
        seats=seats,
        price_per_seat=price,
        billing_cycle=cycle,
        start_date=start,
        end_date=end,
        renewal_date=renewal,
        tags=tags,
        connection=connection,
        seat_rule=rule,
    )
    with reach() as api:
        changed = api.send("PATCH", f"{PATH}/{chosen_subscription(api, subscription)['id']}", body)
    _tell(changed, f"{changed['name']}: {_cost(changed)} at today's terms.", json=json)


def withdraw(
    subscription: Named,
    effective: Annotated[str, typer.Argument(metavar="DAY", help="The day on which the change begins.")],
    *,
    json: AsJson = False,
) -> None:
    """Take a change of seats, price or billing cycle back; what held before goes on.

    [dim]Example:[/dim] finora subscriptions withdraw Cursor 2026-12-01
    """
    with reach() as api:
        chosen = chosen_subscription(api, subscription)
        changed = api.send("DELETE", f"{PATH}/{chosen['id']}/terms/{quote(effective, safe='')}")
    _tell(changed, f"{changed['name']}: the change of {effective} is taken back.", json=json)


def delete(
    subscription: Named,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: AsJson = False,
) -> None:
    """Take a subscription out of every figure, past ones too; `restore` undoes it.

    [dim]Example:[/dim] finora subscriptions delete "Entered twice"
    """
    with reach() as api:
        chosen = chosen_subscription(api, subscription)
        if not yes:
            typer.confirm(
                f"Delete {chosen['name']}, so that it counts in no month? (To end it: change --end.)",
                abort=True,
            )
        api.send("DELETE", f"{PATH}/{chosen['id']}")
    said = f"{chosen['name']} is deleted. Undo it with: finora subscriptions restore {chosen['id']}"
    _tell({"id": chosen["id"], "deleted": True}, said, json=json)


def restore(subscription: Named, *, json: AsJson = False) -> None:
    """Bring a deleted subscription back.

    [dim]Example:[/dim] finora subscriptions restore Midjourney
    """
    with reach() as api:
        chosen = chosen_subscription(api, subscription, deleted=True)
        restored = api.send("POST", f"{PATH}/{chosen['id']}/restore")
    _tell(restored, f"{chosen['name']} is back.", json=json)


def assign(
    subscription: Named,
    people: Annotated[
        list[str] | None, typer.Argument(help="E-mail addresses; none takes all seats by hand back.")
    ] = None,
    *,
    json: AsJson = False,
) -> None:
    """Give seats by hand to these people, in place of those who had them by hand.

    [dim]Example:[/dim] finora subscriptions assign Midjourney ana@acme.com bo@acme.com
    """
    body = {"people": [{"person": person} for person in people or []]}
    with reach() as api:
        changed = api.send("PUT", f"{PATH}/{chosen_subscription(api, subscription)['id']}/seats", body)
    _tell(changed, f"{changed['name']}: {len(changed['people'])} seats assigned by hand.", json=json)


def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV file, as export writes it; - for standard input.")],
    *,
    rehearse: Annotated[bool, typer.Option("--rehearse", help="Only say what would happen.")] = False,
    json: AsJson = False,
) -> None:
    """Take subscriptions from a CSV file: all of them, or none if there is a flaw.

    [dim]Example:[/dim] finora subscriptions import plans.csv --rehearse
    """
    content = sys.stdin.buffer.read() if str(file) == "-" else _content(file)
    with reach() as api:
        done = api.upload(f"{PATH}/import?rehearse={str(rehearse).lower()}", content, "text/csv")
    verb = "would be" if rehearse else "were"
    _tell(
        done,
        f"{done['created']} {verb} added, {done['updated']} changed; {done['unchanged']} are as they were.",
        json=json,
    )


def export_file(
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; standard output otherwise.")
    ] = None,
    tag: Tag = None,
) -> None:
    """Write all subscriptions with their dated terms as CSV.

    [dim]Example:[/dim] finora subscriptions export -o plans.csv
    """
    with reach(to_read=True) as api, api.stream(f"{PATH}/export", list(given(tag=tag).items())) as parts:
        content = b"".join(parts)
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        output.write_bytes(content)


def _list_price(api: Reach, sku: str, cycle: str) -> str:
    plans = {each["id"]: each for each in api.get(f"{PATH}/skus")["skus"]}
    if sku not in plans:
        raise _no_such_plan(sku, [*plans])
    listed = plans[sku]
    price: str | None = listed["annual_price" if cycle == "annual" else "monthly_price"]
    if price is None:
        raise BadRequest(f"The catalogue has no {cycle} list price of {sku}. Say what is paid with --price.")
    when = f"seen {listed['checked']}" if listed["checked"] else "not checked"
    typer.echo(
        f"List price taken: {price} USD a seat ({listed['source']}, {when}). What you pay may differ.",
        err=True,
    )
    return price


def _no_such_plan(sku: str, known: Sequence[str]) -> NoSuchPlan:
    from rapidfuzz.fuzz import ratio  # noqa: PLC0415 - needed only once something is wrong
    from rapidfuzz.process import extract  # noqa: PLC0415 - needed only once something is wrong

    near = [
        each
        for each, _likeness, _place in extract(
            sku.lower(), known, limit=3, scorer=ratio, score_cutoff=_NEAR_ENOUGH
        )
    ]
    nearest = f" Nearest: {', '.join(near)}." if near else ""
    return NoSuchPlan(
        f"The catalogue has no plan {quoted(sku)}.{nearest} All of them: finora subscriptions skus. For one that is not among "
        "them, say what is paid with --price."
    )


def _fields(**values: object) -> dict[str, object]:
    """Return what was given; the word “none” clears a field."""
    return {name: None if value == "none" else value for name, value in values.items() if value is not None}


def given(**values: str | None) -> dict[str, str]:
    """Return the parameters that were given."""
    return {name: value for name, value in values.items() if value is not None}


def chosen_subscription(api: Reach, name: str, *, deleted: bool = False) -> dict[str, Any]:
    """Return the subscription of a name or id.

    Raises:
        BadRequest: There is none, or several.
    """
    found: list[dict[str, Any]] = api.get(PATH, given(deleted="true" if deleted else None))
    chosen = [each for each in found if name in {each["id"], each["name"]}]
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        raise BadRequest(
            f"Several are called {name}; give the id: {', '.join(each['id'] for each in chosen)}."
        )
    known = ", ".join(each["name"] for each in found) or "none"
    raise BadRequest(f"There is no {'deleted ' if deleted else ''}subscription {name}. There are: {known}.")


def _cost(subscription: dict[str, Any]) -> str:
    seats = "1 seat" if subscription["seats"] == 1 else f"{subscription['seats']:,} seats"
    return f"{seats}, {subscription['monthly_cost']} USD a month"


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise BadRequest(f"{file} cannot be read: {problem.strerror}.") from None


def _tell(answer: object, sentence: str, *, json: bool) -> None:
    if json:
        from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

        show.as_json(answer)
    else:
        typer.echo(sentence)


def show_either(
    answer: object,
    rows: Iterable[dict[str, Any]],
    columns: tuple[tuple[str, str], ...],
    *,
    json: bool,
    numeric: tuple[str, ...] = (),
) -> None:
    """Print an answer as JSON, or rows of it as a table."""
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    if json:
        show.as_json(answer)
    else:
        show.as_table(rows, columns, frozenset(numeric))
