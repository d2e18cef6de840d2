"""A Cursor team: members, groups, totals and activity, each read for what it is worth and none worth failing for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from finora.providers.base import Line, ReadOptions
from finora.providers.cursor import CURSOR
from finora.providers.errors import InconsistentRead, InvalidCredentials, ProviderError, UnexpectedAnswer
from finora.values.period import Span
from support.cursor_pages import TS, page, usage_event
from support.stood_clock import StoodClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.providers.cursor.account import CursorAccount

Answer = httpx.Response | dict[str, Any] | bytes
DAY_MS = 86_400_000
MIDNIGHT = TS // DAY_MS * DAY_MS
TODAY = datetime.fromtimestamp(MIDNIGHT / 1000, UTC).date().isoformat()
CYCLE = 1_794_000_000_000


def account(*, patient: bool = True, **answers: Answer | Callable[[dict[str, Any]], Answer]) -> CursorAccount:
    """Return an account whose endpoints answer as given; `daily_usage` stands for `/teams/daily-usage-data`."""
    paths = {
        "events": "/teams/filtered-usage-events",
        "members": "/teams/members",
        "groups": "/teams/groups",
        "spend": "/teams/spend",
        "daily_usage": "/teams/daily-usage-data",
    }
    by_path = {paths[name]: answer for name, answer in answers.items()}

    def handle(request: httpx.Request) -> httpx.Response:
        answer = by_path.get(request.url.path)
        if callable(answer):
            answer = answer(json.loads(request.content or b"{}"))
        if answer is None:
            return httpx.Response(404, json={"error": "Not Found", "message": "Resource not found"})
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(200, content=answer if isinstance(answer, bytes) else json.dumps(answer))

    line = Line(
        base_url="http://cursor.test",
        requests_per_minute=0,
        clock=StoodClock(),
        transport=httpx.MockTransport(handle),
        patient=patient,
    )
    return CURSOR.open({"api_key": "key_0123456789abcdef"}, line)


def row(user: str, **more: object) -> dict[str, Any]:
    """Return a row of the provider's totals."""
    return {"userId": user, "name": user.title(), "email": f"{user}@acme.test", "spendCents": 1.5} | more


def spend_page(*rows: dict[str, Any], pages: int = 1, **more: object) -> dict[str, Any]:
    """Return a page of the provider's totals."""
    head = {"subscriptionCycleStart": CYCLE, "totalPages": pages, "totalMembers": len(rows)}
    return {"teamMemberSpend": list(rows)} | head | more


def read_types(found: CursorAccount, *, at: int = TS) -> list[str | None]:
    """Return the types of one event's window."""
    window = found.read(Span.from_ms(at - 1000, at + 1), ReadOptions())
    return [None if name == "unknown" else name for name in window.events["event_type"].to_pylist()]


# Members and groups


def test_members_are_read_with_numbers_for_ids_and_untidy_addresses() -> None:
    members = account(
        members={
            "teamMembers": [
                {"id": 7, "email": " Ana@Acme.test ", "name": " Ana ", "role": "owner", "isRemoved": False},
                {"id": "user_8", "name": None, "isRemoved": True, "novel": 1},
                {"role": "member"},
            ]
        }
    ).members()
    assert members is not None
    assert [(each.provider_id, each.email, each.name, each.removed) for each in members] == [
        ("7", "ana@acme.test", "Ana", False),
        ("user_8", "", "", True),
    ]


def test_groups_hold_only_who_is_in_them_now() -> None:
    current = [{"email": "Ana@acme.test"}, {"email": "bo@acme.test", "leftAt": "2026-01-01"}, {"email": None}]
    teams = account(groups={"groups": [{"id": "group_1", "name": "Web", "currentMembers": current}]}).teams()
    assert teams is not None
    assert [(team.key, team.label, team.emails) for team in teams] == [("group_1", "Web", ("ana@acme.test",))]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_the_key_or_plan_does_not_have_is_none_and_no_error(status: int) -> None:
    refused = httpx.Response(status, json={"message": "no"})
    found = account(members=refused, groups=refused, spend=refused)
    assert (found.members(), found.teams(), found.cycle_spend()) == (None, None, None)


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    bodies = [b'{"teamMembers": [', b'{"teamMembers": []}']
    assert account(members=lambda _body: bodies.pop(0)).members() == ()


def test_an_answer_that_always_breaks_off_is_an_error_of_its_own() -> None:
    with pytest.raises(UnexpectedAnswer):
        account(members=b'{"teamMembers": [').members()


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 100_000, b'"text"', b"", b"{}", b"<html></html>"])
def test_an_answer_that_is_nothing_cursor_documents_never_breaks_finora(body: bytes) -> None:
    found = account(members=body, groups=body, spend=body, events=body)
    for ask in (found.members, found.teams, found.cycle_spend, found.check):
        with pytest.raises(UnexpectedAnswer):
            ask()


# Totals


def test_totals_are_read_over_all_pages_to_the_nano() -> None:
    def pages(body: dict[str, Any]) -> dict[str, Any]:
        if body["page"] == 1:
            return spend_page(row("ana", spendCents=8.831999999999999), pages=2, totalMembers=2)
        return spend_page(row("bo", overallSpendCents=9445.474115), pages=2, totalMembers=2)

    totals = account(spend=pages).cycle_spend()
    assert totals is not None
    assert totals.start == datetime.fromtimestamp(CYCLE / 1000, UTC)
    assert [(each.email, each.spend, each.usage_value) for each in totals.members] == [
        ("ana@acme.test", 88_320_000, None),
        ("bo@acme.test", 15_000_000, 94_454_741_150),
    ]


def test_a_member_who_slips_to_the_next_page_is_not_counted_twice() -> None:
    answers = [
        spend_page(row("ana"), row("bo"), pages=2, totalMembers=3),
        spend_page(row("bo"), row("cy"), pages=2, totalMembers=4),  # “aaron” joined in between
        spend_page(row("aaron"), row("ana"), pages=2, totalMembers=4),
        spend_page(row("bo"), row("cy"), pages=2, totalMembers=4),
    ]
    totals = account(spend=lambda _body: answers.pop(0)).cycle_spend()
    assert totals is not None
    assert [each.provider_id for each in totals.members] == ["aaron", "ana", "bo", "cy"]


def test_a_member_on_two_pages_makes_the_read_count_for_nothing() -> None:
    twice = [
        spend_page(row("ana"), pages=2, totalMembers=2),
        spend_page(row("ana"), pages=2, totalMembers=2),
    ] * 3
    with pytest.raises(InconsistentRead, match="not compared this time"):
        account(spend=lambda _body: twice.pop(0)).cycle_spend()


def test_totals_of_two_cycles_are_never_mixed() -> None:
    answers = [
        spend_page(row("ana"), pages=2, totalMembers=2),
        spend_page(row("bo"), pages=2, totalMembers=2, subscriptionCycleStart=CYCLE + 1),
        spend_page(row("ana"), pages=1, totalMembers=1, subscriptionCycleStart=CYCLE + 1),
    ]
    totals = account(spend=lambda _body: answers.pop(0)).cycle_spend()
    assert totals is not None
    assert len(totals.members) == 1


def test_pages_without_end_are_not_asked_for() -> None:
    asked: list[int] = []

    def endless(body: dict[str, Any]) -> dict[str, Any]:
        asked.append(body["page"])
        return spend_page(*([row("ana")] if body["page"] == 1 else []), pages=1_000_000)

    with pytest.raises(InconsistentRead):
        account(spend=endless).cycle_spend()
    assert len(asked) == 6


@pytest.mark.parametrize(
    "broken",
    [
        spend_page(row("ana", spendCents="Infinity")),
        spend_page(row("ana", overallSpendCents="nan")),
        spend_page(row("ana", spendCents=1e40)),
        spend_page(row("ana"), subscriptionCycleStart=10**17),
        spend_page(row("ana"), subscriptionCycleStart=-1),
    ],
)
def test_totals_that_cannot_be_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswer):
        account(spend=broken).cycle_spend()


# Activity


EVENT = page(usage_event())


def daily(**row: object) -> dict[str, Any]:
    """Return an answer with one good row of activity, and what is wanted."""
    return {"data": [{"day": TODAY, "date": MIDNIGHT, "email": "ana@acme.test", "chatRequests": 3} | row]}


def test_the_days_counts_tell_the_types() -> None:
    assert read_types(account(events=EVENT, daily_usage=daily())) == ["chat"]


def test_the_day_is_told_by_its_name_also_where_its_midnight_is_somewhere_else() -> None:
    assert read_types(account(events=EVENT, daily_usage=daily(date=MIDNIGHT - 7_200_000))) == ["chat"]
    assert read_types(account(events=EVENT, daily_usage=daily(day=None))) == ["chat"]


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        "row",
        {"day": 5},
        {"day": "tomorrow", "email": "ana@acme.test"},
        {"day": TODAY},
        {"email": "ana@acme.test", "date": "noon"},
        {"day": TODAY, "email": "ana@acme.test", "chatRequests": "many"},
        {"day": TODAY, "email": "ana@acme.test", "chatRequests": 10**30},
        {"day": TODAY, "email": "ana@acme.test", "agentRequests": -4, "chatRequests": None},
    ],
)
def test_a_malformed_row_of_activity_spoils_neither_its_neighbours_nor_the_window(malformed: object) -> None:
    answer = {"data": [malformed, *daily()["data"]]}
    assert read_types(account(events=EVENT, daily_usage=answer)) == ["chat"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401),
        httpx.Response(403),
        httpx.Response(404),
        httpx.Response(400),
        httpx.Response(500),
        httpx.Response(502, html="<html>bad gateway</html>"),
        httpx.Response(429),
        httpx.Response(302),
        b"{}",
        b"not json",
        b'{"data": "none"}',
    ],
)
def test_events_count_whatever_becomes_of_the_activity(answer: Answer) -> None:
    """Activity only tells types; money must not wait for it."""
    assert read_types(account(events=EVENT, daily_usage=answer)) == [None]


def test_a_failure_of_activity_is_told() -> None:
    window = Span.from_ms(TS - 1000, TS + 1)
    found = account(events=EVENT, daily_usage=b"{}").read(window, ReadOptions())
    assert "Cursor's answer is not what it documents" in found.untyped
    assert account(events=EVENT).read(window, ReadOptions()).untyped == ""


def test_activity_that_keeps_failing_is_left_alone_so_that_money_does_not_wait_for_it() -> None:
    asked: list[int] = []

    def failing(_body: dict[str, Any]) -> Answer:
        asked.append(1)
        return httpx.Response(500)

    found = account(events=EVENT, daily_usage=failing)
    for _window in range(5):
        assert found.read(Span.from_ms(TS - 1000, TS + 1), ReadOptions()).untyped
    assert len(asked) == 14  # twice, with all the patience of a sync


def test_a_window_of_thirty_days_that_touches_31_asks_for_each_once() -> None:
    asked: list[tuple[int, int]] = []

    def remember(body: dict[str, Any]) -> dict[str, Any]:
        asked.append((body["startDate"], body["endDate"]))
        return {"data": []}

    noon = MIDNIGHT + DAY_MS // 2
    events = page(usage_event(timestamp=str(noon - 1)))
    account(events=events, daily_usage=remember).read(Span.from_ms(noon - 30 * DAY_MS, noon), ReadOptions())
    first = MIDNIGHT - 30 * DAY_MS
    assert asked == [(first, MIDNIGHT - 1), (MIDNIGHT, MIDNIGHT + DAY_MS - 1)]


# Checking a key


def test_a_check_says_which_parts_answer_to_the_key() -> None:
    access = account(
        patient=False,
        events=page(),
        members={"teamMembers": [{"id": 1, "email": "ana@acme.test"}]},
        spend=httpx.Response(401, json={"message": "missing required scope: admin:*"}),
        daily_usage=httpx.Response(500),
    ).check()
    assert {each.name: each.state for each in access.capabilities} == {
        "events": "answers",
        "members": "answers",
        "spend": "refused",
        "daily_usage": "failed",
        "groups": "missing",
    }
    assert [each.email for each in access.members] == ["ana@acme.test"]
    assert "missing required scope: admin:*" in [each.detail for each in access.capabilities]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 301])
def test_a_key_that_cannot_read_events_is_refused_at_once(status: int) -> None:
    found = account(patient=False, events=httpx.Response(status))
    with pytest.raises(ProviderError):
        found.check()
    assert found.requests == 1


def test_a_key_that_is_not_accepted_is_told_apart() -> None:
    with pytest.raises(InvalidCredentials):
        account(patient=False, events=httpx.Response(401)).check()
