"""The directory: lines that add up to what was spent and paid, in an order that never changes by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.people import PEOPLE_SORTS, Amounts, Kind, Line, Selection, Somebody, State, people_of, sum_of
from finora.people.belonging import Belonging, Membership
from finora.people.roster import IDLE_AFTER, NOBODYS_SEATS, make_roster
from finora.people.seat_memory import SeatMemory
from finora.spend.store import Actor

TODAY = date(2026, 11, 20)
EPOCH = date(1970, 1, 1)


def actor(key: str, last_active: date | None = TODAY, service_account: str = "") -> Actor:
    return Actor(
        key=key,
        label=key,
        team="none",
        team_label="No team",
        service_account=service_account,
        last_day=(last_active - EPOCH).days if last_active else None,
    )


def member(email: str, *, removed: bool = False) -> Membership:
    return Membership(email=email, name="", role="member", removed=removed, team_key="", team_label="")


def state(last_active: date | None, *, removed: bool = False, was_read: bool = True) -> State | None:
    belonging = Belonging({"a@b": member("a@b", removed=removed)}, {}, {})
    return make_roster([actor("a@b", last_active)], belonging, TODAY, was_read=was_read)["a@b"].state


def test_who_was_active_within_thirty_days_is_and_the_day_before_is_idle() -> None:
    assert state(TODAY - IDLE_AFTER + timedelta(days=1)) is State.ACTIVE
    assert state(TODAY - IDLE_AFTER) is State.IDLE
    assert state(None) is State.IDLE


def test_who_is_no_longer_listed_is_removed_however_active() -> None:
    assert state(TODAY, removed=True) is State.REMOVED


def test_before_anything_was_read_nobody_is_called_idle() -> None:
    assert state(None, was_read=False) is None


def test_names_left_over_from_a_forgotten_connection_are_nobody() -> None:
    nobody = Belonging({}, {}, {})
    assert make_roster([actor("gone@b", None)], nobody, TODAY, was_read=True) == {}


def test_service_accounts_and_events_without_a_name_are_told_apart() -> None:
    nobody = Belonging({}, {}, {})
    found = make_roster(
        [actor("unattributed"), actor("svc@b", TODAY, "Nightly")], nobody, TODAY, was_read=True
    )
    assert found["unattributed"].kind is Kind.UNATTRIBUTED
    assert found["unattributed"].state is None
    assert (found["svc@b"].kind, found["svc@b"].name) == (Kind.SERVICE_ACCOUNT, "Nightly")


_AMOUNT = st.integers(-(10**15), 10**15)
_AMOUNTS = st.builds(Amounts, spend=_AMOUNT, usage_value=_AMOUNT, seats=_AMOUNT, events=st.integers(0, 999))
_SOMEBODY = st.builds(
    Somebody,
    key=st.sampled_from(["a@b", "b@b", "c@b", "d@b"]),
    name=st.sampled_from(["Ana", "ana", "Bo"]),
    kind=st.sampled_from([Kind.PERSON, Kind.SERVICE_ACCOUNT, Kind.UNATTRIBUTED]),
    state=st.sampled_from([None, *State]),
    last_active=st.one_of(st.none(), st.dates(date(2020, 1, 1), TODAY)),
)
_LINES = st.lists(
    st.builds(Line, who=_SOMEBODY, now=_AMOUNTS, before=_AMOUNTS),
    max_size=4,
    unique_by=lambda line: line.who.key,
)


@given(lines=_LINES, sort=st.sampled_from(PEOPLE_SORTS), descending=st.booleans(), data=st.data())
def test_an_order_depends_on_nothing_but_the_lines_and_loses_nobody(
    *, lines: list[Line], sort: str, descending: bool, data: st.DataObject
) -> None:
    selection = Selection(sort=sort, descending=descending)
    found = people_of(lines, selection)
    assert people_of(data.draw(st.permutations(lines)), selection) == found
    assert sum_of(found) == sum_of(lines)
    kinds = [line.who.kind is Kind.UNATTRIBUTED for line in found]
    assert kinds == sorted(kinds), "what is nobody comes last"


@given(lines=_LINES, words=st.sampled_from(["", "ANA", "b@b", "ana a@", "zz"]))
def test_a_search_keeps_those_that_hold_every_word(lines: list[Line], words: str) -> None:
    wanted = [
        line.who.key
        for line in lines
        if all(word in f"{line.who.name} {line.who.key}".casefold() for word in words.casefold().split())
    ]
    assert {line.who.key for line in people_of(lines, Selection(search=words))} == set(wanted)


def test_sums_without_a_comparison_have_none() -> None:
    line = Line(who=NOBODYS_SEATS, now=Amounts(seats=5, spend=2), before=None)
    assert sum_of([line, line]) == (Amounts(seats=10, spend=4), None)
    assert line.now.total == 7


class Counted:
    """Shares that count how often they were worked out."""

    unassigned = 0

    def __init__(self) -> None:
        self.by_person: dict[str, int] = {}
        self.asked = 0

    def __call__(self, _start: date, _end: date) -> Counted:
        self.asked += 1
        return self


@pytest.mark.parametrize("changes", [0, 1, 3])
def test_shares_are_worked_out_anew_only_when_what_they_depend_on_changed(changes: int) -> None:
    shares, states = Counted(), [0]
    memory = SeatMemory(shares, lambda: states[0])
    for change in range(changes + 1):
        states[0] = change
        for _ in range(3):
            memory(TODAY, TODAY + timedelta(days=1))
    assert shares.asked == changes + 1
