"""People and teams as plain data: what the API answers and files are made of. Money is an exact decimal string in USD."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from finora.values.money import usd_text
from finora.values.period import utc_text
from finora.values.text import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finora.people.belonging import KnownTeam
    from finora.people.directory import Favourite
    from finora.people.figures import Amounts, Figures, Line, TeamLine
    from finora.people.roster import Somebody
    from finora.values.period import Span

Json = dict[str, Any]

NAMED = (
    "person",
    "name",
    "kind",
    "state",
    "role",
    "team",
    "team_label",
    "team_by_hand",
    "last_active",
    "favourite_model",
)
TEAM_NAMED = ("team", "name", "by_hand", "people", "active_people", "favourite_model")
AMOUNTS = ("spend", "usage_value", "seat_cost", "true_total", "events")


def person_json(line: Line, favourites: Mapping[str, Favourite] = MappingProxyType({})) -> Json:
    """Return somebody's line; `previous` holds the figures of the span compared with, where there is one."""
    favourite = favourites.get(line.who.key)
    return (
        _somebody(line.who)
        | {"favourite_model": favourite.key if favourite else None}
        | _figures(line.now, line.before)
    )


def team_line_json(line: TeamLine, favourites: Mapping[str, Favourite] = MappingProxyType({})) -> Json:
    """Return a team's line."""
    people = [each.who for each in line.people if each.who.is_somebody]
    favourite = favourites.get(line.key)
    return {
        "team": line.key,
        "name": line.label,
        "by_hand": bool(line.team and line.team.by_hand),
        "people": len(people),
        "active_people": sum(each.state == "active" for each in people),
        "favourite_model": favourite.key if favourite else None,
    } | _figures(line.now, line.before)


def team_json(team: KnownTeam) -> Json:
    """Return a team and who is in it."""
    return {
        "team": team.key,
        "name": team.label,
        "by_hand": team.by_hand,
        "dissolved": team.dissolved,
        "provider_name": team.provider_label,
        "people": list(team.members),
    }


def listing_json(
    name: str, rows: Iterable[Json], figures: Figures, sums: tuple[Amounts, Amounts | None], count: int
) -> Json:
    """Return a listing: its rows under a name, the sums of all that were chosen, and what was asked."""
    return {
        name: list(rows),
        "totals": _figures(*sums),
        "count": count,
        "period": _span(figures.span),
        "compared": _span(figures.compared) if figures.compared else None,
    }


def table_of(
    named: Iterable[str], rows: Iterable[Json], *, compared: bool
) -> tuple[list[str], list[list[object]]]:
    """Return rows as a table: its head and its lines; what a spreadsheet would take for a formula is kept as text."""
    names = [*named, *AMOUNTS]
    head = [*names, *(f"previous_{each}" for each in AMOUNTS if compared)]
    lines = [
        [_cell(row[each]) for each in names]
        + [_cell(row["previous"][each]) for each in AMOUNTS if compared and "previous" in row]
        for row in rows
    ]
    return head, lines


def _cell(value: object) -> object:
    text = "" if value is None else value
    return cell_text(text) if isinstance(text, str) else text


def _somebody(who: Somebody) -> Json:
    return {
        "person": who.key,
        "name": who.name,
        "kind": who.kind.value,
        "state": who.state.value if who.state else None,
        "role": who.role,
        "team": who.team,
        "team_label": who.team_label,
        "team_by_hand": who.by_hand,
        "last_active": who.last_active.isoformat() if who.last_active else None,
    }


def _figures(now: Amounts, before: Amounts | None) -> Json:
    return _amounts(now) | ({} if before is None else {"previous": _amounts(before)})


def _amounts(amounts: Amounts) -> Json:
    return {
        "spend": usd_text(amounts.spend),
        "usage_value": usd_text(amounts.usage_value),
        "seat_cost": usd_text(amounts.seats),
        "true_total": usd_text(amounts.total),
        "events": amounts.events,
    }


def _span(span: Span) -> Json:
    return {"start": utc_text(span.start), "end": utc_text(span.end)}
