"""`finora subscriptions summary`, `trend`, `renewals`, `people`, `seat-use` and `skus`: what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from finora.cli.reach import reach
from finora.cli.subscription_book import (
    PATH,
    AsJson,
    From,
    Named,
    Tag,
    To,
    chosen_subscription,
    given,
    show_either,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOTAL = "All"


def summary(*, start: From = None, end: To = None, tag: Tag = None, json: AsJson = False) -> None:
    """Sum up what subscriptions cost: a month of them, and a period by its days.

    [dim]Example:[/dim] finora subscriptions summary --from 2026-10-01 --to 2026-11-01
    """
    columns = (
        ("sku", "SKU"),
        ("label", "Plan"),
        ("seats", "Seats"),
        ("monthly_total", "A month"),
        ("period_total", "The period"),
    )
    with reach(to_read=True) as api:
        found = api.get(f"{PATH}/summary", given(start=start, end=end, tag=tag))
    rows = [*found["by_sku"], found | {"sku": _TOTAL, "label": f"{found['start']} to {found['end']}"}]
    show_either(found, rows, columns, json=json, numeric=("seats", "monthly_total", "period_total"))


def trend(
    *,
    months: Annotated[int, typer.Option(help="How many, this one included.")] = 12,
    tag: Tag = None,
    json: AsJson = False,
) -> None:
    """Show what subscriptions cost month by month.

    [dim]Example:[/dim] finora subscriptions trend --months 24
    """
    with reach(to_read=True) as api:
        found = api.get(f"{PATH}/trend", given(months=str(months), tag=tag))
    rows = [each | {"month": each["month"][:7]} for each in found]
    show_either(found, rows, (("month", "Month"), ("total", "USD")), json=json, numeric=("total",))


def renewals(
    *,
    days: Annotated[int, typer.Option(help="How far to look ahead.")] = 60,
    tag: Tag = None,
    json: AsJson = False,
) -> None:
    """List what is paid again soon.

    [dim]Example:[/dim] finora subscriptions renewals --days 90
    """
    columns = (("date", "Date"), ("name", "Name"), ("billing_cycle", "Cycle"), ("amount", "USD"))
    with reach(to_read=True) as api:
        found = api.get(f"{PATH}/renewals", given(days=str(days), tag=tag))
    show_either(found, found, columns, json=json, numeric=("amount",))


def people(*, start: From = None, end: To = None, json: AsJson = False) -> None:
    """Show what each person truly costs: their events and their seats.

    [dim]Example:[/dim] finora subscriptions people --from 2026-10-01 --to 2026-11-01
    """
    money = (
        ("spend", "Spend"),
        ("subscriptions", "Subscriptions"),
        ("true_cost", "True cost"),
    )
    with reach(to_read=True) as api:
        found = api.get(f"{PATH}/people", given(start=start, end=end))
    nobody = {"person_label": "Seats that nobody held", "subscriptions": found["unassigned"]}
    keys = tuple(key for key, _ in money)
    show_either(
        found,
        [_with_money(each, keys) for each in (*found["people"], nobody)],
        (("person_label", "Person"), *money),
        json=json,
        numeric=keys,
    )


def _with_money(row: Mapping[str, object], keys: tuple[str, ...]) -> dict[str, object]:
    """Return a row with its amounts as tables show them."""
    from finora.values.money import nano_from_usd, usd_display  # noqa: PLC0415 - not needed for --help

    amounts = {key: row[key] for key in keys if row.get(key) is not None}
    return {**row, **{key: usd_display(nano_from_usd(str(amount))) for key, amount in amounts.items()}}


def seat_use(
    subscription: Named,
    *,
    everybody: Annotated[
        bool, typer.Option("--all", help="Every holder, with what the plan covered against the seat's price.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Tell seats bought from those held and used in the last 30 days, idle ones by name.

    [dim]Example:[/dim] finora subscriptions seat-use Cursor --all
    """
    with reach(to_read=True) as api:
        chosen = chosen_subscription(api, subscription)
        use = api.get(f"{PATH}/{chosen['id']}/seat-use")
    if not json:
        typer.echo(
            f"{chosen['name']}: {use['seats']:,} seats bought; {use['empty']:,} empty, held by nobody "
            f"({use['empty_monthly_cost']} USD a month); {use['holders']:,} held, {use['active']:,} of them active in the last "
            f"30 days, {len(use['idle']):,} idle ({use['idle_monthly_cost']} USD a month)."
        )
    if not json and not use["people" if everybody else "idle"]:
        typer.echo("Nobody who holds one is idle." if use["holders"] else "No seat is held by anybody.")
        return
    if not everybody:
        show_either(use, use["idle"], (("name", "Idle"), ("person", "E-mail")), json=json)
        return
    money = (
        ("events", "Events"),
        ("usage_value", "Usage value"),
        ("included_value", "Covered"),
        ("saved", "Against the seat"),
    )
    columns = (("name", "Holder"), ("person", "E-mail"), *money)
    show_either(use, use["people"], columns, json=json, numeric=tuple(key for key, _ in money))


def skus(
    words: Annotated[list[str] | None, typer.Argument(help="Only plans with these words.")] = None,
    *,
    json: AsJson = False,
) -> None:
    """List the plans of the catalogue. A list price is a default to edit, not what you pay.

    Plans of your own go into skus.toml in the data directory.

    [dim]Example:[/dim] finora subscriptions skus chatgpt
    """
    columns = (
        ("id", "SKU"),
        ("label", "Plan"),
        ("monthly_price", "Monthly"),
        ("annual_price", "A year"),
        ("checked", "Checked"),
        ("source", "Source"),
    )
    with reach() as api:
        found = api.get(f"{PATH}/skus")
    wanted = [word.lower() for word in words or []]
    chosen = [
        each
        for each in found["skus"]
        if all(word in f"{each['id']} {each['label']} {each['vendor']}".lower() for word in wanted)
    ]
    if found["problem"]:
        typer.echo(found["problem"], err=True)
    rows = [each | {"checked": each["checked"] or "not checked"} for each in chosen]
    show_either(chosen, rows, columns, json=json, numeric=("monthly_price", "annual_price"))
