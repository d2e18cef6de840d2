"""Teams made and changed by hand: what is decided here beats what a provider says, and survives every sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finora.accounts import OPERATOR, Accounts, How, Principal, Role, Scope
from finora.accounts.errors import NotPermitted
from finora.people import People, Teams
from finora.people.errors import InvalidMembers, InvalidTeamName, TeamNameTaken, TeamNotFound
from finora.providers.base import Member, Team
from finora.spend.statement import Statement
from finora.storage.events import DuckDBEventStore
from finora.storage.ledger import Ledger, open_ledger
from support.stood_clock import StoodClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANA = Member(provider_id="1", email="ana@acme.test", name="Ana", role="owner")
BO = Member(provider_id="2", email="bo@acme.test", name="Bo", role="member")
CY = Member(provider_id="3", email="cy@acme.test", name="Cy", role="member")
WEB = Team(key="group_1", label="Web", emails=("ana@acme.test", "bo@acme.test"))
DATA = Team(key="group_2", label="Data", emails=("cy@acme.test",))


class Office:
    """Everything a change of teams touches."""

    def __init__(self, folder: Path) -> None:
        clock = StoodClock()
        self.ledger: Ledger = open_ledger(f"sqlite:///{folder}/ledger.sqlite")
        self.store = DuckDBEventStore(folder / "events.duckdb")
        self.accounts = Accounts(self.ledger, clock)
        self.people = People(self.ledger, self.store, clock)
        self.teams = Teams(self.ledger, self.accounts, self.people, clock)

    def sync(self) -> None:
        self.people.record("c1", [ANA, BO, CY], [WEB, DATA])

    def shown(self) -> dict[str, str]:
        """Return the team that answers show by address."""
        with self.store.snapshot() as reader:
            rows = reader.fetch(Statement("SELECT key, team_label FROM persons WHERE id > 0"))
        return {str(email): str(label) for email, label in rows}

    def acts(self) -> list[str]:
        return [each.act for each in self.accounts.audit_entries(OPERATOR)]

    def close(self) -> None:
        self.store.close()
        self.ledger.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path)
    opened.sync()
    yield opened
    opened.close()


def labels(office: Office) -> list[str]:
    return [each.label for each in office.teams.all()]


def test_a_team_made_by_hand_takes_people_over_and_every_sync_leaves_them_there(office: Office) -> None:
    made = office.teams.make(OPERATOR, "  Growth   crew ")
    assert made.label == "Growth crew"
    assert office.teams.move(OPERATOR, ["ANA@acme.test ", "cy@acme.test"], made.key) == 2
    wanted = {"ana@acme.test": "Growth crew", "bo@acme.test": "Web", "cy@acme.test": "Growth crew"}
    assert office.shown() == wanted
    office.sync()
    assert office.shown() == wanted
    assert office.teams.get(made.key).members == ("ana@acme.test", "cy@acme.test")


def test_back_to_what_the_provider_says(office: Office) -> None:
    office.teams.move(OPERATOR, ["ana@acme.test"], "group_2")
    assert office.teams.move(OPERATOR, ["ana@acme.test"], None) == 1
    assert office.shown()["ana@acme.test"] == "Web"


def test_into_no_team_by_hand_stays_so(office: Office) -> None:
    office.teams.move(OPERATOR, ["ana@acme.test"], "")
    office.sync()
    assert office.shown()["ana@acme.test"] == "No team"


def test_somebody_known_from_events_alone_can_be_put_into_a_team_and_taken_out(office: Office) -> None:
    office.teams.move(OPERATOR, ["bot@acme.test"], "group_1")
    assert office.shown()["bot@acme.test"] == "Web"
    office.teams.move(OPERATOR, ["bot@acme.test"], None)
    assert office.shown()["bot@acme.test"] == "No team"


def test_a_renamed_team_of_a_provider_keeps_its_new_name(office: Office) -> None:
    office.teams.rename(OPERATOR, "group_1", "Frontend")
    office.sync()
    assert office.shown()["bo@acme.test"] == "Frontend"
    assert office.teams.get("group_1").provider_label == "Web"
    assert labels(office) == ["Data", "Frontend"]


def test_a_deleted_team_made_by_hand_gives_people_back_to_their_provider(office: Office) -> None:
    made = office.teams.make(OPERATOR, "Growth")
    office.teams.move(OPERATOR, ["ana@acme.test", "bot@acme.test"], made.key)
    office.teams.delete(OPERATOR, made.key)
    assert office.shown()["ana@acme.test"] == "Web"
    assert office.shown()["bot@acme.test"] == "No team"
    with pytest.raises(TeamNotFound):
        office.teams.get(made.key)


def test_a_deleted_team_of_a_provider_is_dissolved_until_it_is_brought_back(office: Office) -> None:
    office.teams.delete(OPERATOR, "group_1")
    office.sync()
    assert office.shown()["ana@acme.test"] == "No team"
    assert labels(office) == ["Data"]
    assert [each.label for each in office.teams.all(dissolved=True)] == ["Web"]
    with pytest.raises(TeamNotFound):
        office.teams.move(OPERATOR, ["cy@acme.test"], "group_1")
    office.teams.restore(OPERATOR, "group_1")
    assert office.shown()["ana@acme.test"] == "Web"


def test_a_team_cannot_come_back_under_a_name_that_was_given_away(office: Office) -> None:
    office.teams.delete(OPERATOR, "group_1")
    office.teams.make(OPERATOR, "web")
    with pytest.raises(TeamNameTaken):
        office.teams.restore(OPERATOR, "group_1")


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x00b", "No team"])
def test_a_name_nobody_could_read_is_refused(office: Office, name: str) -> None:
    with pytest.raises(InvalidTeamName):
        office.teams.make(OPERATOR, name)


def test_two_teams_never_have_one_name(office: Office) -> None:
    with pytest.raises(TeamNameTaken):
        office.teams.make(OPERATOR, "WEB")
    office.teams.rename(OPERATOR, "group_1", "WEB")


@pytest.mark.parametrize("emails", [[], ["unattributed"], ["a b@c"], ["x" * 400 + "@a"]])
def test_only_addresses_are_moved(office: Office, emails: list[str]) -> None:
    with pytest.raises(InvalidMembers):
        office.teams.move(OPERATOR, emails, "group_1")


@pytest.mark.parametrize("scopes", [frozenset(Scope), frozenset({Scope.WRITE})])
def test_members_of_the_role_member_change_no_team_nor_do_tokens_below_admin(
    office: Office, scopes: frozenset[Scope]
) -> None:
    role = Role.MEMBER if Scope.ADMIN in scopes else Role.OWNER
    somebody = Principal(user_id="u", email="m@acme.test", name="", role=role, how=How.TOKEN, scopes=scopes)
    for change in (
        lambda: office.teams.make(somebody, "Growth"),
        lambda: office.teams.rename(somebody, "group_1", "Growth"),
        lambda: office.teams.delete(somebody, "group_1"),
        lambda: office.teams.restore(somebody, "group_1"),
        lambda: office.teams.move(somebody, ["ana@acme.test"], "group_2"),
    ):
        with pytest.raises(NotPermitted):
            change()
    assert labels(office) == ["Data", "Web"]


def test_every_act_is_in_the_audit_log_and_what_changes_nothing_is_not(office: Office) -> None:
    made = office.teams.make(OPERATOR, "Growth")
    office.teams.move(OPERATOR, ["ana@acme.test"], made.key)
    office.teams.move(OPERATOR, ["ana@acme.test"], made.key)
    office.teams.rename(OPERATOR, made.key, "Growth")
    office.teams.rename(OPERATOR, made.key, "Grow")
    office.teams.delete(OPERATOR, made.key)
    office.teams.delete(OPERATOR, "group_1")
    office.teams.restore(OPERATOR, "group_1")
    assert office.acts()[::-1] == [
        "team.created",
        "team.people_moved",
        "team.renamed",
        "team.deleted",
        "team.deleted",
        "team.restored",
    ]


def test_a_forgotten_connection_leaves_no_members_behind(office: Office) -> None:
    office.people.forget("c1")
    assert office.teams.all() == []


_PEOPLE = st.sampled_from(["ana@acme.test", "bo@acme.test", "cy@acme.test"])
_TEAM = st.sampled_from(["group_1", "group_2", "", None])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(_PEOPLE, _TEAM), max_size=8))
def test_everybody_is_in_exactly_the_team_they_were_last_put_into(
    office: Office, moves: list[tuple[str, str | None]]
) -> None:
    theirs = {"ana@acme.test": "group_1", "bo@acme.test": "group_1", "cy@acme.test": "group_2"}
    office.teams.move(OPERATOR, theirs, None)
    last: dict[str, str | None] = {}
    for email, key in moves:
        office.teams.move(OPERATOR, [email], key)
        last[email] = key
    office.sync()
    wanted = {email: theirs[email] if last.get(email) is None else last[email] for email in theirs}
    found = {email: office.people.belonging().team_of(email) for email in theirs}
    assert found == wanted
    for team in office.teams.all():
        assert set(team.members) == {email for email, key in wanted.items() if key == team.key}
