"""People: names and teams behind addresses, kept also for those who left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.people import People
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
DATA = Team(key="group_2", label="Data", emails=("bo@acme.test",))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return an empty ledger."""
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDBEventStore]:
    """Return an empty store."""
    opened = DuckDBEventStore(tmp_path / "events.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def people(ledger: Ledger, store: DuckDBEventStore) -> People:
    """Return the people."""
    return People(ledger, store, StoodClock())


def known(people: People, connection: str = "c1") -> dict[str, tuple[str, bool, str]]:
    """Return name, whether removed, and team by address."""
    return {
        each.email or each.name: (each.name, each.removed, each.team_label)
        for each in people.members_of(connection)
    }


def shown(store: DuckDBEventStore) -> dict[str, tuple[str, str]]:
    """Return the name and team that answers show by address."""
    with store.snapshot() as reader:
        rows = reader.fetch(Statement("SELECT key, label, team_label FROM persons WHERE id > 0"))
    return {str(row[0]): (str(row[1]), str(row[2])) for row in rows}


def test_members_have_names_and_teams_in_answers(people: People, store: DuckDBEventStore) -> None:
    people.record("c1", [ANA, BO], [WEB])
    assert known(people) == {"ana@acme.test": ("Ana", False, "Web"), "bo@acme.test": ("Bo", False, "Web")}
    assert shown(store) == {"ana@acme.test": ("Ana", "Web"), "bo@acme.test": ("Bo", "Web")}


def test_who_is_no_longer_listed_keeps_name_and_team_for_their_events_stay_theirs(
    people: People, store: DuckDBEventStore
) -> None:
    people.record("c1", [ANA, BO], [WEB])
    people.record("c1", [ANA], [Team(key="group_1", label="Web", emails=("ana@acme.test",))])
    assert known(people)["bo@acme.test"] == ("Bo", True, "Web")
    assert shown(store)["bo@acme.test"] == ("Bo", "Web")


def test_who_is_listed_as_removed_is_removed(people: People) -> None:
    people.record("c1", [ANA, Member(provider_id="2", email=BO.email, name="Bo", removed=True)], None)
    assert known(people)[BO.email] == ("Bo", True, "")


def test_who_comes_back_is_one_person(people: People) -> None:
    people.record("c1", [ANA, BO], None)
    people.record("c1", [ANA], None)
    again = Member(provider_id="77", email=BO.email, name="Bo B.")
    people.record("c1", [ANA, Member(provider_id="2", email=BO.email, name="Bo", removed=True), again], None)
    assert known(people)[BO.email] == ("Bo B.", False, "")
    assert len(people.members_of("c1")) == 2


def test_numbers_that_change_their_form_double_nobody(people: People) -> None:
    """Cursor gave numbers first and texts later for the same people."""
    people.record("c1", [ANA, BO], None)
    people.record(
        "c1",
        [Member(provider_id=f"user_{m.provider_id}", email=m.email, name=m.name) for m in (ANA, BO)],
        None,
    )
    assert [each.removed for each in people.members_of("c1")] == [False, False]


def test_without_teams_everybody_keeps_theirs_and_with_them_everybody_moves(people: People) -> None:
    people.record("c1", [ANA, BO], [WEB])
    people.record("c1", [ANA, BO], None)
    assert known(people)[BO.email][2] == "Web"
    people.record("c1", [ANA, BO], [DATA])
    assert {email: row[2] for email, row in known(people).items()} == {ANA.email: "", BO.email: "Data"}


def test_a_current_members_name_wins_over_a_former_ones(people: People, store: DuckDBEventStore) -> None:
    people.record("c1", [ANA], None)
    people.record("c2", [Member(provider_id="9", email=ANA.email, name="Ana Maria")], None)
    people.record("c1", [BO], None)
    assert shown(store)[ANA.email][0] == "Ana Maria"


def test_members_without_an_address_do_no_harm(people: People, store: DuckDBEventStore) -> None:
    people.record("c1", [Member(provider_id="5", email="", name="Nobody"), ANA], [WEB])
    assert known(people)["Nobody"] == ("Nobody", False, "")
    assert set(shown(store)) == {ANA.email}


def test_forgetting_a_connection_leaves_the_members_of_others(people: People) -> None:
    people.record("c1", [ANA], None)
    people.record("c2", [BO], None)
    people.forget("c1")
    assert (known(people), set(known(people, "c2"))) == ({}, {BO.email})


# Is it the same team?


def test_one_administrator_in_common_does_not_make_two_teams_one(people: People) -> None:
    others = [Member(provider_id=str(n), email=f"p{n}@acme.test", name="P") for n in range(10, 20)]
    people.record("c1", [ANA, *others], None)
    strangers = [Member(provider_id=str(n), email=f"q{n}@acme.test", name="Q") for n in range(30, 40)]
    assert not people.looks_like("c1", [ANA, *strangers])


def test_a_team_is_known_again_after_it_changed_its_addresses_or_its_numbers(people: People) -> None:
    people.record("c1", [ANA, BO, CY], None)
    moved = [
        Member(provider_id=m.provider_id, email=f"{m.name}@new.test", name=m.name) for m in (ANA, BO, CY)
    ]
    assert people.looks_like("c1", moved)
    renumbered = [Member(provider_id=f"user_{m.name}", email=m.email, name=m.name) for m in (ANA, BO, CY)]
    assert people.looks_like("c1", renumbered)


def test_where_nobody_can_be_seen_nothing_speaks_against_it(people: People) -> None:
    assert people.looks_like("c1", [ANA])
    people.record("c1", [ANA], None)
    assert people.looks_like("c1", [])


members = st.lists(
    st.builds(
        Member,
        provider_id=st.sampled_from(["", "1", "2", "user_3"]),
        email=st.sampled_from(["", "a@x.test", "b@x.test", "c@x.test"]),
        name=st.sampled_from(["", "A", "B"]),
        removed=st.booleans(),
    ),
    max_size=5,
)


@given(st.lists(members, min_size=1, max_size=4))
def test_nobody_is_ever_forgotten_or_listed_twice(
    tmp_path_factory: pytest.TempPathFactory, reads: list[list[Member]]
) -> None:
    folder = tmp_path_factory.mktemp("people")
    store = DuckDBEventStore(folder / "events.duckdb")
    with open_ledger(f"sqlite:///{folder}/ledger.sqlite") as ledger:
        people = People(ledger, store, StoodClock())
        seen: set[str] = set()
        for read in reads:
            people.record("c1", read, None)
            seen |= {member.email for member in read if member.email}
            found = people.members_of("c1")
            emails = [each.email for each in found if each.email]
            assert len(set(emails)) == len(emails)
            assert set(emails) == seen
            current = {member.email for member in read if member.email and not member.removed}
            assert {each.email for each in found if each.email and not each.removed} == current
    store.close()
