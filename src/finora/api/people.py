"""`/api/v1/people` and `/api/v1/teams`: everybody with what they cost, and the teams they are in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from finora.accounts import Permission, Principal
from finora.api.access import AllReader, Reader, TheWorkspace, address_of, allowed
from finora.api.people_documents import (
    MovedDocument,
    Movers,
    PeopleDocument,
    PersonDocument,
    TeamDocument,
    TeamName,
    TeamOfPerson,
    TeamsDocument,
)
from finora.gate import own_only
from finora.people import PEOPLE_SORTS, TEAM_SORTS, Asked, Selection, State, people_of, sum_of, teams_of
from finora.people.rendering import listing_json, person_json, team_json, team_line_json
from finora.spend.catalog import NONE
from finora.spend.query import InvalidQuery, SpendQuery
from finora.spend.url import query_from_url

router = APIRouter(prefix="/api/v1", tags=["People and teams"])

TeamKeeper = Annotated[Principal, Depends(allowed(Permission.MANAGE_TEAMS))]
_PEOPLE_OPTIONS = frozenset(
    {"period", "from", "to", "compare", "q", "team", "state", "sort", "limit", "offset"}
)
_TEAM_OPTIONS = frozenset({"period", "from", "to", "compare", "q", "sort"})
_ONE_OPTIONS = frozenset({"period", "from", "to", "compare"})
_TIMES: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "query", "schema": {"type": "string"}, "required": False, "example": example}
        for name, example in (
            ("period", "28d"),
            ("from", "2026-11-01"),
            ("to", "2026-11-15"),
            ("compare", "previous"),
        )
    ]
}


@router.get("/people", response_model=PeopleDocument, openapi_extra=_TIMES)
def people(
    request: Request,
    workspace: TheWorkspace,
    principal: Reader,
    *,
    q: Annotated[str, Query(max_length=200, description="Words of names and addresses.")] = "",
    team: Annotated[str, Query(max_length=200, description="The key of a team, or `none`.")] = "",
    state: Annotated[str, Query(max_length=20, examples=["active"])] = "",
    sort: Annotated[str, Query(max_length=20, examples=["-spend"])] = "-spend",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> dict[str, Any]:
    """List everybody with their figures of a period, as the page *People* does; who may see their own only is alone."""
    asked = _asked(request, workspace, _PEOPLE_OPTIONS, own_only(principal))
    selection = Selection(search=q, team=team, state=_state(state), **_order(sort, PEOPLE_SORTS))
    directory = workspace.directory
    figures = directory.figures(asked)
    everybody = [line.who.key for line in figures.lines if line.now.events]
    known = directory.favourites(asked.period, everybody) if selection.sort == "model" else {}
    lines = people_of(figures.lines, selection, known)
    page = lines[offset : offset + limit]
    favourites = known or directory.favourites(
        asked.period, [line.who.key for line in page if line.now.events]
    )
    rows = [person_json(line, favourites) for line in page]
    return listing_json("people", rows, figures, sum_of(lines), len(lines))


@router.get("/people/{person}", response_model=PersonDocument, openapi_extra=_TIMES)
def person(person: str, request: Request, workspace: TheWorkspace, principal: Reader) -> dict[str, Any]:
    """Return somebody's figures of a period."""
    asked = _asked(request, workspace, _ONE_OPTIONS, own_only(principal))
    _, figures = workspace.directory.line(person, asked)
    (line,) = figures.lines
    favourites = workspace.directory.favourites(asked.period, [line.who.key]) if line.now.events else {}
    return person_json(line, favourites)


@router.put("/people/{person}/team", response_model=PersonDocument)
def set_team(
    person: str, body: TeamOfPerson, request: Request, workspace: TheWorkspace, principal: TeamKeeper
) -> dict[str, Any]:
    """Put somebody into a team by hand, into none, or back where their provider has them."""
    who = workspace.directory.somebody(person)
    key = "" if body.team == NONE else body.team
    workspace.teams.move(principal, [who.key], key, address=address_of(request))
    asked = Asked(period=SpendQuery().period)
    _, figures = workspace.directory.line(who.key, asked)
    return person_json(figures.lines[0])


@router.get("/teams", response_model=TeamsDocument, openapi_extra=_TIMES)
def teams(
    request: Request,
    workspace: TheWorkspace,
    _principal: AllReader,
    q: Annotated[str, Query(max_length=200, description="Words of names.")] = "",
    sort: Annotated[str, Query(max_length=20, examples=["-spend"])] = "-spend",
) -> dict[str, Any]:
    """List all teams with the figures of their people, and those who are in none."""
    asked = _asked(request, workspace, _TEAM_OPTIONS, None)
    figures, found = workspace.directory.teams(asked)
    favourites = workspace.directory.favourites(
        asked.period, [line.key for line in found if line.now.events], "team"
    )
    lines = teams_of(found, Selection(search=q, **_order(sort, TEAM_SORTS)), favourites)
    sums = sum_of(each for line in lines for each in line.people)
    rows = [team_line_json(line, favourites) for line in lines]
    return listing_json("teams", rows, figures, sums, len(lines))


@router.post("/teams", status_code=201, response_model=TeamDocument)
def make_team(
    body: TeamName, request: Request, workspace: TheWorkspace, principal: TeamKeeper
) -> dict[str, Any]:
    """Make a team."""
    return team_json(workspace.teams.make(principal, body.name, address=address_of(request)))


@router.get("/teams/{team}", response_model=TeamDocument)
def one_team(team: str, workspace: TheWorkspace, _principal: AllReader) -> dict[str, Any]:
    """Return a team and who is in it."""
    return team_json(workspace.teams.get(team))


@router.patch("/teams/{team}", response_model=TeamDocument)
def rename_team(
    team: str, body: TeamName, request: Request, workspace: TheWorkspace, principal: TeamKeeper
) -> dict[str, Any]:
    """Give a team another name, which a provider's team keeps over every sync."""
    return team_json(workspace.teams.rename(principal, team, body.name, address=address_of(request)))


@router.delete("/teams/{team}", status_code=204)
def delete_team(team: str, request: Request, workspace: TheWorkspace, principal: TeamKeeper) -> Response:
    """Delete a team made here; dissolve one that a provider has, until it is restored."""
    workspace.teams.delete(principal, team, address=address_of(request))
    return Response(status_code=204)


@router.post("/teams/{team}/restore", response_model=TeamDocument)
def restore_team(
    team: str, request: Request, workspace: TheWorkspace, principal: TeamKeeper
) -> dict[str, Any]:
    """Bring a dissolved team back."""
    return team_json(workspace.teams.restore(principal, team, address=address_of(request)))


@router.post("/teams/{team}/people")
def move_people(
    team: str, body: Movers, request: Request, workspace: TheWorkspace, principal: TeamKeeper
) -> MovedDocument:
    """Put people into a team by hand."""
    return MovedDocument(
        moved=workspace.teams.move(principal, body.people, team, address=address_of(request))
    )


def _asked(request: Request, workspace: TheWorkspace, options: frozenset[str], own: str | None) -> Asked:
    """Return the period and comparison in an address; unlike a page, the API refuses what it does not understand."""
    given = request.query_params.multi_items()
    unknown = [name for name, _ in given if name not in options]
    if unknown:
        raise InvalidQuery(f"Unknown: {', '.join(unknown)}. There are: {', '.join(sorted(options))}.")
    found = query_from_url(
        [each for each in given if each[0] in _ONE_OPTIONS], SpendQuery(timezone=workspace.settings.timezone)
    )
    if found.problems:
        raise InvalidQuery(" ".join(found.problems))
    return Asked(period=found.query.period, compare=found.query.compare, own=own)


def _state(text: str) -> State | None:
    if text and text not in {each.value for each in State}:
        raise InvalidQuery(f"There is no state of that name; there are {', '.join(State)}.")
    return State(text) if text else None


def _order(text: str, sorts: tuple[str, ...]) -> dict[str, Any]:
    name = text.removeprefix("-")
    if name not in sorts:
        raise InvalidQuery(
            f"Nothing is sorted by that; there are {', '.join(sorts)}, with a minus for the largest first."
        )
    return {"sort": name, "descending": text.startswith("-")}
