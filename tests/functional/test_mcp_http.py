"""Assistants over HTTP: real requests by the official client, as each of the cast."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from mcp import MCPError

from finora.accounts import OPERATOR, Role
from finora.mcp.assistant import TOOLS, Assistant
from support.assistants import ERAS, answered, by_http, refused, text_at, text_of
from support.running import CAST, Who

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mcp.client import Client
    from mcp.types import CallToolResult

    from support.running import Running

PATH = "/mcp"
_VIEWER = CAST[Role.VIEWER][0]
_FOR_ALL_READERS = {"get_reconciliation", "get_subscriptions"}
_SMALL, _STILL_SMALL = 6_000, 16_000
"""Characters of text and of data; some 1,500 and 4,000 tokens."""


def asking(
    finora: Running, what: Callable[[Client], Awaitable[Any]], who: Who = Who.MEMBER, era: str = "legacy"
) -> Any:  # noqa: ANN401 - whatever the test asks for
    """Return what somebody's assistant finds."""

    async def connected() -> object:
        token = finora.as_(who).headers["authorization"].removeprefix("Bearer ")
        async with by_http(finora.url, token, era) as client:
            return await what(client)

    return anyio.run(connected)


def asked(finora: Running, tool: str, who: Who = Who.MEMBER, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    found: dict[str, Any] = asking(finora, lambda client: answered(client, tool, **arguments), who)
    return found


def refusal(finora: Running, tool: str, who: Who = Who.MEMBER, **arguments: Any) -> str:  # noqa: ANN401 - JSON
    said: str = asking(finora, lambda client: refused(client, tool, arguments), who)
    return said


def said(finora: Running, tool: str, **arguments: Any) -> str:  # noqa: ANN401 - JSON
    return text_of(asking(finora, lambda client: client.call_tool(tool, arguments)))


async def called(client: Client, tool: str, arguments: dict[str, Any]) -> CallToolResult:
    return await client.call_tool(tool, arguments)


# Who may ask


@pytest.mark.parametrize("era", ERAS)
def test_each_role_is_offered_the_tools_it_may_use_and_all_of_them_only_read(acme: Running, era: str) -> None:
    names = {tool.name for tool in TOOLS}
    for who in set(Who) - {Who.NOBODY}:
        tools = asking(acme, lambda client: client.list_tools(), who, era).tools
        expected = names - _FOR_ALL_READERS if who is Who.VIEWER else names
        assert {tool.name for tool in tools} == expected, who
        assert all(tool.annotations.read_only_hint and tool.description for tool in tools)


def test_a_viewer_finds_their_own_usage_only_by_every_tool(acme: Running) -> None:
    others = [email for email in acme.simulated.truth.by_person() if email and email != _VIEWER]
    for tool, arguments in (
        ("query_spend", {"dimensions": ["person"], "period": "all"}),
        ("list_values", {"dimension": "person"}),
        ("list_events", {"period": "all", "limit": 100}),
        ("ask_finora", {"question": "Who spent the most of all time?"}),
        ("describe_catalog", {}),
    ):
        result = asking(acme, partial(called, tool=tool, arguments=arguments), Who.VIEWER)
        assert not result.is_error, tool
        whole = text_of(result) + json.dumps(result.structured_content)
        assert not [email for email in others if email in whole], tool
    rows = asked(acme, "query_spend", Who.VIEWER, dimensions=["person"], period="all")["rows"]
    assert [row["person"] for row in rows] == [_VIEWER]
    assert asked(acme, "describe_catalog", Who.VIEWER)["own_usage_only"] is True
    assert asked(acme, "describe_catalog")["own_usage_only"] is False
    for tool in _FOR_ALL_READERS:
        assert "Your role (viewer) does not allow you to read all" in refusal(acme, tool, Who.VIEWER)


def test_without_a_valid_token_nothing_is_answered_and_the_reason_is_told(acme: Running) -> None:
    hello = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"accept": "application/json, text/event-stream"}
    for client, why in (
        (acme.client(accept), "Send an API token"),
        (acme.browser(Role.OWNER), "Send an API token"),
        (acme.client(accept | {"authorization": "Bearer finora_wrong"}), "This API token is not valid"),
        (acme.client(accept | {"authorization": "Basic eDp5"}), "The Authorization header must be"),
    ):
        answer = client.post(PATH, json=hello)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="Finora"'
        assert why in answer.json()["error"]["message"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    with pytest.raises(BaseExceptionGroup) as caught:
        anyio.run(_tools_of, acme.url, "finora_wrong")
    assert caught.group_contains(MCPError, match="This API token is not valid")


async def _tools_of(url: str, token: str) -> None:
    async with by_http(url, token, "2026-07-28") as client:
        await client.list_tools()


def test_other_sites_other_names_and_large_bodies_are_refused_as_by_the_api(acme: Running) -> None:
    member = acme.member
    hello = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert member.post(PATH, json=hello, headers={"origin": "https://evil.example"}).status_code == 403
    assert member.post(PATH, json=hello, headers={"host": "evil.example"}).status_code == 421
    assert member.post(PATH, content=b" " * 1_000_001).status_code == 413
    for method in ("GET", "DELETE"):
        answer = member.request(method, PATH)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_no_way_to_sign_in_by_oauth_is_announced(acme: Running) -> None:
    """Cursor and Claude Code send no token of their settings to a server that seems to have one."""
    for kind in ("protected-resource", "authorization-server"):
        for place in ("", PATH):
            assert acme.client().get(f"/.well-known/oauth-{kind}{place}").status_code == 404
    assert acme.client().get("/.well-known/openid-configuration").status_code == 404


def test_what_is_no_message_is_refused_and_nothing_breaks(acme: Running) -> None:
    for version in ({}, {"mcp-protocol-version": "2026-07-28"}, {"mcp-protocol-version": "1999-01-01"}):
        headers = {"accept": "application/json", "content-type": "application/json"} | version
        for body in (
            b"",
            b"{",
            b"[]",
            b'"x"',
            b'{"jsonrpc":"2.0","id":1,"method":"tools/call"}',
            b'{"id":{}}',
        ):
            answer = acme.member.post(PATH, content=body, headers=headers)
            assert 400 <= answer.status_code < 500 or "error" in answer.json(), (version, body)
            assert "Traceback" not in answer.text


def test_below_a_path_of_somebody_else_s_host_assistants_are_answered_as_well(
    serve: Callable[..., Running],
) -> None:
    finora = serve(base_url="http://localhost:8000/finora")
    token = finora.member.headers["authorization"].removeprefix("Bearer ")

    async def tools() -> int:
        async with by_http(f"{finora.url}/finora", token) as client:
            return len((await client.list_tools()).tools)

    assert anyio.run(tools) == len(TOOLS)


# Figures


@pytest.mark.parametrize("era", ERAS)
def test_figures_are_those_of_the_api_to_the_nano(acme: Running, era: str) -> None:
    body: dict[str, Any] = {
        "metrics": ["spend", "usage_value", "events"],
        "dimensions": ["model"],
        "period": "all",
    }
    data = asking(acme, lambda client: answered(client, "query_spend", **body), era=era)
    of_the_api = acme.ask(**body, limit=50)
    assert data.pop("next") is None
    assert data == of_the_api
    assert data["totals"]["events"] == acme.simulated.truth.total().events


@pytest.mark.parametrize("interval", [None, "week", "day"])
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_the_pages_of_a_query_are_its_rows_each_once(acme: Running, interval: str | None, limit: int) -> None:
    body: dict[str, Any] = {"metrics": ["spend", "events"], "dimensions": ["vendor"], "period": "28d"}
    body |= {"interval": interval} if interval else {}

    async def all_pages(client: Client) -> list[dict[str, Any]]:
        rows, cursor = [], ""
        for _page in range(500):
            data = await answered(client, "query_spend", **body, limit=limit, cursor=cursor)
            assert 0 < len(data["rows"]) <= limit
            rows += data["rows"]
            cursor = data["next"]
            if cursor is None:
                return rows
        raise AssertionError("there is no end")

    assert asking(acme, all_pages) == acme.ask(**body)["rows"]


def test_the_pages_of_events_are_all_events_each_once(acme: Running) -> None:
    async def all_pages(client: Client) -> list[str]:
        ids: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            data = await answered(client, "list_events", period="3d", order="-cost", limit=100, cursor=cursor)
            ids += [event["id"] for event in data["events"]]
            cursor = data["next"]
        return ids

    of_the_api = acme.member.get("/api/v1/events?period=3d&order=-cost&limit=1000").json()["events"]
    assert len(of_the_api) > 100
    assert asking(acme, all_pages) == [event["id"] for event in of_the_api]


def test_an_event_has_its_exact_cost_and_leaves_out_what_it_has_not(acme: Running) -> None:
    (event,) = asked(acme, "list_events", period="all", order="-cost", limit=1)["events"]
    whole = acme.member.get(f"/api/v1/events/{event['id']}").json()
    assert {name: whole[name] for name in event} == event
    assert event["cost"] == whole["cost"]
    assert not [name for name, value in event.items() if not value]
    assert asked(acme, "list_events", period="all", find="nothing-has-this") == {"events": [], "next": None}


def test_values_are_found_by_part_of_a_name_and_are_what_filters_take(acme: Running) -> None:
    (found,) = asked(acme, "list_values", dimension="person", search="natarajan")["values"]
    assert found["value"] == _VIEWER
    filters = [["is", "person", [found["value"]]]]
    assert asked(acme, "query_spend", filters=filters, period="12mo")["totals"]["spend"] == found["spend"]
    first = asked(acme, "list_values", dimension="model", limit=3)
    second = asked(acme, "list_values", dimension="model", limit=3, cursor=first["next"])
    assert not {each["value"] for each in first["values"]} & {each["value"] for each in second["values"]}
    assert "none found" in said(acme, "list_values", dimension="model", search="no such thing")


def test_reconciliation_and_subscriptions_are_those_of_the_api(acme: Running) -> None:
    (connection,) = acme.member.get("/api/v1/connections").json()
    cycles = acme.member.get(f"/api/v1/connections/{connection['id']}/reconciliation").json()
    data = asked(acme, "get_reconciliation", all_members=True, limit=100)
    assert [each["cycle_start"] for each in data["cycles"]] == [each["cycle_start"] for each in cycles]
    assert [each["difference"] for each in data["cycles"]] == [each["difference"] for each in cycles]
    of_the_api = {
        each["person"]: (each["finora"]["usage_value"], each["difference"]) for each in cycles[0]["members"]
    }
    found = {each["person"]: (each["finora_usage_value"], each["difference"]) for each in data["members"]}
    assert found == of_the_api
    for each in data["members"]:
        assert sum(Decimal(part["amount"]) for part in each["parts"]) == Decimal(each["difference"])
    day = cycles[0]["cycle_start"][:10]
    assert asked(acme, "get_reconciliation", cycle_start=day, limit=1)["cycles"] == data["cycles"][:1]
    assert asked(acme, "get_reconciliation", cycle_start="1999-01-01")["cycles"] == []


def test_subscriptions_are_summed_and_listed_a_page_at_a_time(serve: Callable[..., Running]) -> None:
    finora = serve()
    today = finora.workspace.subscriptions.today
    for name, seats in (("Cursor", 12), ("ChatGPT", 3)):
        entered = {
            "name": name,
            "sku": f"{name.lower()}-team",
            "seats": seats,
            "price_per_seat": "40.10",
            "billing_cycle": "monthly",
            "start_date": (today - timedelta(days=400)).isoformat(),
            "tags": ["team:platform"],
        }
        assert finora.admin.post("/api/v1/subscriptions", json=entered).status_code == 201
    first = asked(finora, "get_subscriptions", limit=1)
    assert (first["monthly_total"], first["seats"], first["count"]) == ("601.50", 15, 2)
    assert first["period_total"] == "601.50", "of the present month"
    second = asked(finora, "get_subscriptions", limit=1, cursor=first["next"])
    assert [each["name"] for page in (first, second) for each in page["subscriptions"]] == [
        "ChatGPT",
        "Cursor",
    ]
    assert second["next"] is None
    assert asked(finora, "get_subscriptions", tag="none")["count"] == 0
    assert "end must lie after start" in refusal(
        finora, "get_subscriptions", start="2026-03-02", end="2026-03-01"
    )
    assert "$601.50" in said(finora, "get_subscriptions")
    assert "Nothing was read from a provider yet." in said(finora, "query_spend")


# Asking in plain English


def test_a_question_is_answered_with_a_query_that_gives_the_same_and_can_be_continued(acme: Running) -> None:
    first = asked(acme, "ask_finora", question="how much did we spend last month by model")
    assert first["result"]["rows"]
    again = asked(acme, "query_spend", **first["query"])
    assert again["rows"] == first["result"]["rows"]
    then = asked(acme, "ask_finora", question="and this month?", previous=first["query"])
    assert then["query"]["dimensions"] == ["model"]
    assert then["query"]["period"] != first["query"]["period"]


def test_amounts_of_subscriptions_are_told_as_money_with_their_total(acme: Running) -> None:
    lines = said(acme, "ask_finora", question="total cost including subscriptions last month").splitlines()
    (total,) = [line for line in lines if line.startswith("Total | ")]
    assert total.startswith("Total | $")


def test_a_question_may_be_about_events_or_about_nothing_here(acme: Running) -> None:
    listed = asked(acme, "ask_finora", question="list events")
    assert listed["events"]
    assert "Cost in USD" in said(acme, "ask_finora", question="list events")
    puzzled = asked(acme, "ask_finora", question="how much did we spend on flights")
    assert puzzled["query"] is None
    assert puzzled["suggestions"]
    assert puzzled["suggestions"][0] in said(acme, "ask_finora", question="how much did we spend on flights")


# What a model reads


def test_answers_are_small_unless_more_is_asked_for(acme: Running) -> None:
    for tool, arguments in (
        ("ask_finora", {"question": "spend by model of all time"}),
        ("query_spend", {"dimensions": ["person", "model"], "period": "all"}),
        ("query_spend", {"dimensions": ["model"], "interval": "day", "period": "all"}),
        ("list_values", {"dimension": "conversation"}),
        ("list_events", {"period": "all"}),
        ("get_reconciliation", {"all_members": True}),
        ("describe_catalog", {}),
    ):
        result = asking(acme, partial(called, tool=tool, arguments=arguments))
        assert len(text_of(result)) < _SMALL, tool
        assert len(json.dumps(result.structured_content)) < _STILL_SMALL, tool


def test_the_text_has_totals_exactly_and_says_how_to_get_the_rest(acme: Running) -> None:
    data = asked(acme, "query_spend", dimensions=["model"], period="last_month", limit=2)
    text = said(acme, "query_spend", dimensions=["model"], period="last_month", limit=2)
    assert f"exactly {data['totals']['spend']} USD" in text
    assert f'cursor "{data["next"]}"' in text
    assert "2026-10-01 to 2026-10-31 (UTC)" in text
    assert "All other (" in text
    assert f"These are 1 to 2 of {data['meta']['groups']}." in text


def test_a_period_that_was_not_read_is_not_passed_off_as_nothing(acme: Running) -> None:
    unread = said(acme, "query_spend", period="last_month", compare="year")
    assert "what lies before was not read, and is not zero" in unread
    assert "not zero" not in said(acme, "query_spend", period="7d")


def test_the_documentation_and_the_catalogue_can_be_read(acme: Running) -> None:
    async def everything(client: Client) -> dict[str, str]:
        listed = (await client.list_resources()).resources
        return {each.uri: await text_at(client, each.uri) for each in listed}

    found = asking(acme, everything, Who.VIEWER)
    assert "spend (usd): " in found["finora://catalog"]
    assert found["finora://docs/connect-cursor"].startswith("# Connect to Cursor\n")
    with pytest.raises(BaseExceptionGroup) as caught:
        asking(acme, lambda client: client.read_resource("finora://docs/../secret.key"))
    assert caught.group_contains(MCPError, match="is none of the resources")


# What goes wrong


@pytest.mark.parametrize(
    ("tool", "arguments", "why"),
    [
        ("query_spend", {"metrics": ["nope"]}, "There is no metric “nope”. There are: spend,"),
        ("query_spend", {"filters": [["is", "model"]]}, "Each of filters is [operator, dimension, [values]]"),
        ("query_spend", {"period": "next year"}, "is not a period; use for example 7d"),
        ("query_spend", {"limit": 100_000}, "query_spend takes: "),
        ("query_spend", {"colour": "red"}, "unknown field `colour`"),
        ("query_spend", {"cursor": "x"}, "Leave it out to begin at the first page"),
        ("query_spend", {"cursor": "0.99"}, "of another query"),
        ("list_events", {"cursor": "x"}, "cursor"),
        ("list_events", {"order": "colour"}, "Events are sorted by time"),
        ("list_values", {}, "required field `dimension`"),
        ("list_values", {"dimension": "colour"}, "There is no dimension “colour”"),
        ("ask_finora", {"question": "spend? " * 200}, "at most 600 characters"),
        ("ask_finora", {"question": "and?", "previous": {"metrics": 1}}, "metrics must be a list"),
        ("get_subscriptions", {"start": "soon"}, "get_subscriptions takes: "),
        ("get_subscriptions", {"end": "9999-12-31"}, "2000 to 2100"),
        ("get_subscriptions", {"start": "9999-12-31"}, "2000 to 2100"),
        ("get_subscriptions", {"start": "0001-01-01"}, "2000 to 2100"),
        ("no_such_tool", {}, "There is no tool “no_such_tool”. There are: ask_finora"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(
    acme: Running, tool: str, arguments: dict[str, Any], why: str
) -> None:
    assert why in refusal(acme, tool, **arguments)


def test_half_a_character_is_refused_and_null_counts_as_not_given(acme: Running) -> None:
    call = {"name": "list_events", "arguments": {"find": "\ud800", "cursor": None}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    headers = {"accept": "application/json", "content-type": "application/json"}
    answer = acme.member.post(PATH, content=body.encode(), headers=headers)
    assert answer.status_code in {200, 400}
    assert answer.json().get("error") or answer.json()["result"]["isError"]
    assert asked(acme, "query_spend", interval=None, limit="3", period="7d")["rows"]


def test_an_error_that_nobody_foresaw_tells_nothing_of_the_inside(caplog: pytest.LogCaptureFixture) -> None:
    broken: Any = object()
    result = anyio.run(Assistant(broken, OPERATOR).call, "query_spend", {})
    assert result.is_error
    assert (
        text_of(result) == "Something went wrong in Finora itself; its log has the details. Nothing was lost."
    )
    assert "Unforeseen error in the tool query_spend" in caplog.text


def test_the_protocol_is_imported_only_when_an_assistant_comes() -> None:
    """It takes half a second and 16 MB, which nobody should wait for or pay who has no assistant."""
    looked = "import sys, finora.app, finora.workspace; sys.exit('mcp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", looked], check=False).returncode == 0  # noqa: S603 - our own program
