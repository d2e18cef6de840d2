"""Connecting, rotating, syncing and removing through the REST API, line by line of its contract."""

from __future__ import annotations

import socket
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from finora.accounts import OPERATOR
from finora.simulator import UNLIMITED, Faults, small
from support.running import eventually
from support.simulated import company, pass_time, simulation

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from support.running import Running

CONNECTIONS = "/api/v1/connections"
TOLD = {
    "id",
    "provider",
    "name",
    "key_last4",
    "state",
    "state_reason",
    "data_through",
    "last_sync_at",
    "next_sync_at",
    "events",
}
"""What the contract promises of a connection."""

RUN = {"id", "state", "window", "windows_done", "windows_total", "events", "spend_usd", "requests", "error"}
"""What the contract promises of a sync run."""


def body(key: str, **more: object) -> dict[str, Any]:
    return {"provider": "cursor", "name": "Acme", "credentials": {"api_key": key}} | more


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return a refusal's document, once it is sure that it is one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert (found["status"], found["code"]) == (status, code)
    assert found["title"]
    assert found["detail"]
    return found


def acts(finora: Running) -> list[str]:
    """Return what the audit log holds, oldest first."""
    return [entry.act for entry in finora.workspace.accounts.audit_entries(OPERATOR)][::-1]


def test_connecting_answers_201_with_the_connection_and_its_first_sync_under_way(
    serve: Callable[..., Running],
) -> None:
    finora = serve()
    key = finora.simulated.key
    answer = finora.admin.post(CONNECTIONS, json=body(key))
    assert answer.status_code == 201
    made = answer.json()
    assert made.keys() >= TOLD
    assert (made["provider"], made["name"], made["key_last4"]) == ("cursor", "Acme", key[-4:])
    assert (made["state"], made["events"], made["data_through"]) == ("syncing", 0, None)
    assert made["connected_by"] == "adam@acme.test"
    assert made["sync"]["state"] == "pending"
    assert finora.admin.get(f"{CONNECTIONS}/{made['id']}").json() == made
    assert finora.admin.get(CONNECTIONS).json() == [made]
    assert "connection.created" in acts(finora)


def test_a_connection_that_was_read_says_how_far_its_data_reaches(acme: Running) -> None:
    (connection,) = acme.member.get(CONNECTIONS).json()
    assert connection["state"] == "connected"
    assert connection["state_reason"] == ""
    assert connection["data_through"] == "2026-11-20T14:59:50Z"
    assert connection["last_sync_at"] == "2026-11-20T15:00:00Z"
    assert connection["next_sync_at"] == "2026-11-20T16:00:00Z"
    assert connection["events"] == acme.simulated.truth.total().events
    assert {each["state"] for each in connection["capabilities"].values()} == {"answers"}


@pytest.mark.parametrize("kind", ["personal", "organization", "wrong_scope", "revoked"])
def test_a_key_that_cursor_refuses_is_named_with_cursors_own_words_and_nothing_is_kept(
    fresh: Running, kind: str
) -> None:
    key = getattr(fresh.simulated.keys[0], kind)
    told = problem(fresh.admin.post(CONNECTIONS, json=body(key)), 422, "invalid_credentials")
    assert "401" in told["detail"]
    assert told["provider_message"]
    assert told["provider_message"] in told["detail"]
    for cause in ("revoked", "team", "admin"):
        assert cause in told["detail"].lower()
    assert fresh.admin.get(CONNECTIONS).json() == []
    assert "connection.created" not in acts(fresh)


def test_a_key_without_the_scope_is_told_apart_where_cursor_does(serve: Callable[..., Running]) -> None:
    finora = serve(small(behaviour=replace(UNLIMITED, scope_status=403)))
    answer = finora.admin.post(CONNECTIONS, json=body(finora.simulated.keys[0].wrong_scope))
    told = problem(answer, 422, "access_refused")
    assert "scope" in told["detail"]


def test_a_port_where_nobody_listens_is_told_as_unreachable(serve: Callable[..., Running]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        finora = serve(cursor_base_url=f"http://127.0.0.1:{port}")
        told = problem(finora.admin.post(CONNECTIONS, json=body("crsr_x")), 502, "provider_unreachable")
    assert "127.0.0.1" in told["detail"]
    assert finora.admin.get(CONNECTIONS).json() == []


def test_a_name_that_nobody_knows_is_told_as_a_matter_of_dns(
    serve: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = socket.getaddrinfo

    def lookup(host: str, *more: Any, **named: Any) -> Any:  # noqa: ANN401 - the standard library's signature
        if host == "cursor.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    finora = serve(cursor_base_url="http://cursor.invalid")
    told = problem(finora.admin.post(CONNECTIONS, json=body("crsr_x")), 502, "provider_unreachable")
    assert "cursor.invalid" in told["detail"]
    assert "DNS" in told["detail"]


def test_a_busy_cursor_is_told_with_how_long_to_wait(serve: Callable[..., Running]) -> None:
    finora = serve(small(faults=Faults(seed=1, rate_limited_permille=1000, in_a_row=9, rate_limited_burst=9)))
    answer = finora.admin.post(CONNECTIONS, json=body(finora.simulated.key))
    problem(answer, 503, "provider_rate_limited")
    assert int(answer.headers["retry-after"]) == 60
    assert finora.admin.get(CONNECTIONS).json() == []


def test_a_broken_cursor_is_told_as_its_own_fault(serve: Callable[..., Running]) -> None:
    finora = serve(small(faults=Faults(seed=1, gateway_permille=1000, in_a_row=99)))
    told = problem(finora.admin.post(CONNECTIONS, json=body(finora.simulated.key)), 502, "provider_fault")
    assert "<" not in told["detail"]


def test_white_space_around_a_pasted_key_does_not_matter(serve: Callable[..., Running]) -> None:
    finora = serve()
    key = finora.simulated.key
    for around in ("  {}", "{}\n", "\t{} \r\n"):
        answer = finora.admin.post(CONNECTIONS, json=body(around.format(key)))
        assert answer.status_code == 201, answer.text
        assert answer.json()["key_last4"] == key[-4:]
        finora.admin.delete(f"{CONNECTIONS}/{answer.json()['id']}")


@pytest.mark.parametrize("entered", ["", "   ", "crsr_ab cd", "crsr_ab\ncd", "crsr_\x00", "ключ", "k" * 5000])
def test_what_cannot_be_a_key_is_refused_before_cursor_is_asked(fresh: Running, entered: str) -> None:
    asked = fresh.simulated.requests.total()
    told = problem(fresh.admin.post(CONNECTIONS, json=body(entered)), 422, "invalid_credentials")
    assert fresh.simulated.requests.total() == asked
    assert entered.strip() == "" or entered not in told["detail"]


def test_white_space_inside_a_key_is_named(fresh: Running) -> None:
    answer = fresh.admin.post(CONNECTIONS, json=body("crsr_ab cd"))
    assert "white space" in problem(answer, 422, "invalid_credentials")["detail"]


def test_a_missing_key_is_named_by_its_label(fresh: Running) -> None:
    answer = fresh.admin.post(CONNECTIONS, json={"provider": "cursor", "credentials": {}})
    assert "Admin API Key" in problem(answer, 422, "invalid_credentials")["detail"]


def test_a_provider_finora_does_not_know_is_named_with_those_it_does(fresh: Running) -> None:
    answer = fresh.admin.post(CONNECTIONS, json=body("crsr_x") | {"provider": "copilot"})
    assert "cursor" in problem(answer, 422, "unknown_provider")["detail"]


def test_a_team_that_is_connected_already_is_not_counted_twice_unless_meant(
    serve: Callable[..., Running],
) -> None:
    finora = serve()
    finora.connect()
    spare = body(finora.simulated.keys[0].spare)
    told = problem(finora.admin.post(CONNECTIONS, json=spare), 409, "already_connected")
    assert "Acme" in told["detail"]
    again = finora.admin.post(CONNECTIONS, json=spare | {"confirm": True})
    assert (again.status_code, again.json()["name"]) == (201, "Acme 2")


def test_renaming(serve: Callable[..., Running]) -> None:
    finora = serve()
    url = f"{CONNECTIONS}/{finora.connect()['id']}"
    assert finora.admin.patch(url, json={"name": "  Lumen \n works "}).json()["name"] == "Lumen works"
    assert finora.ask(dimensions=["connection"], period="all")["rows"][0]["connection_label"] == "Lumen works"
    assert acts(finora)[-1] == "connection.renamed"
    for blank in ("", "  "):
        problem(finora.admin.patch(url, json={"name": blank}), 422, "invalid_request")
    assert finora.admin.get(url).json()["name"] == "Lumen works"


def test_a_new_key_is_checked_before_it_takes_the_old_ones_place(serve: Callable[..., Running]) -> None:
    finora = serve()
    keys, url = finora.simulated.keys[0], f"{CONNECTIONS}/{finora.connect()['id']}"
    refused = finora.admin.patch(url, json={"credentials": {"api_key": keys.revoked}})
    problem(refused, 422, "invalid_credentials")
    assert finora.admin.get(url).json()["key_last4"] == keys.admin[-4:]
    rotated = finora.admin.patch(url, json={"credentials": {"api_key": f" {keys.spare}\n"}})
    assert (rotated.status_code, rotated.json()["key_last4"]) == (200, keys.spare[-4:])
    assert acts(finora)[-1] == "connection.key_rotated"
    finora.simulated.ring.revoke(keys.admin)
    finora.sync()  # with the new key, or it would fail


def test_a_key_that_stopped_working_shows_and_mends_with_a_new_one(serve: Callable[..., Running]) -> None:
    finora = serve()
    connection = finora.connect()
    keys, url = finora.simulated.keys[0], f"{CONNECTIONS}/{connection['id']}"
    finora.simulated.ring.revoke(keys.admin)
    pass_time(finora.simulated, hours=2)
    (run,) = finora.workspace.schedule.run_due()
    failing = finora.admin.get(url).json()
    assert (failing["state"], failing["events"]) == ("failing", connection["events"])
    assert "401" in failing["state_reason"]
    told = finora.admin.get(f"/api/v1/syncs/{run.id}").json()
    assert (told["state"], told["error"]["code"]) == ("failed", "invalid_credentials")
    finora.admin.patch(url, json={"credentials": {"api_key": keys.spare}})
    finora.sync()
    mended = finora.admin.get(url).json()
    assert (mended["state"], mended["state_reason"]) == ("connected", "")
    assert mended["events"] == finora.simulated.truth.total().events > connection["events"]


def test_a_key_of_another_team_is_refused_unless_meant(serve: Callable[..., Running]) -> None:
    finora = serve(simulation(company(7), company(8)))
    url = f"{CONNECTIONS}/{finora.connect()['id']}"
    first, other = finora.simulated.keys
    wanted = {"credentials": {"api_key": other.admin}}
    problem(finora.admin.patch(url, json=wanted), 409, "different_team")
    assert finora.admin.get(url).json()["key_last4"] == first.admin[-4:]
    meant = finora.admin.patch(url, json=wanted | {"confirm": True})
    assert (meant.status_code, meant.json()["key_last4"]) == (200, other.admin[-4:])


def test_pausing_stops_refreshes_and_resuming_catches_up(serve: Callable[..., Running]) -> None:
    finora = serve()
    url = f"{CONNECTIONS}/{finora.connect()['id']}"
    assert finora.admin.patch(url, json={"paused": True}).json()["state"] == "paused"
    pass_time(finora.simulated, hours=3)
    assert finora.workspace.schedule.run_due() == []
    assert finora.admin.patch(url, json={"paused": False}).json()["state"] == "connected"
    finora.sync()
    assert finora.admin.get(url).json()["data_through"] == "2026-11-20T17:59:50Z"
    assert acts(finora)[-2:] == ["connection.paused", "connection.resumed"]


def test_a_change_that_cannot_be_made_whole_is_not_made_in_part(serve: Callable[..., Running]) -> None:
    finora = serve()
    keys, url = finora.simulated.keys[0], f"{CONNECTIONS}/{finora.connect()['id']}"
    for wrong in ({"name": " "}, {"paused": "perhaps"}, {"colour": "red"}):
        change = {"credentials": {"api_key": keys.spare}} | wrong
        problem(finora.admin.patch(url, json=change), 422, "invalid_request")
    refused = {"credentials": {"api_key": keys.revoked}, "name": "Renamed", "paused": True}
    problem(finora.admin.patch(url, json=refused), 422, "invalid_credentials")
    after = finora.admin.get(url).json()
    assert (after["key_last4"], after["name"], after["state"]) == (keys.admin[-4:], "Acme", "connected")


def test_removing_keeps_the_history_unless_told_otherwise(serve: Callable[..., Running]) -> None:
    finora = serve()
    connection = finora.connect()
    spend = finora.ask(period="all")["totals"]["spend"]
    answer = finora.admin.delete(f"{CONNECTIONS}/{connection['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert finora.admin.get(CONNECTIONS).json() == []
    problem(finora.admin.get(f"{CONNECTIONS}/{connection['id']}"), 404, "not_found")
    problem(finora.admin.delete(f"{CONNECTIONS}/{connection['id']}"), 404, "not_found")
    assert finora.ask(period="all")["totals"]["spend"] == spend != "0.00"
    assert acts(finora)[-1] == "connection.removed"


def test_removing_with_its_history_leaves_no_figure_behind(serve: Callable[..., Running]) -> None:
    finora = serve()
    connection = finora.connect()
    assert finora.admin.delete(f"{CONNECTIONS}/{connection['id']}?delete_history=true").status_code == 204
    answer = finora.ask(dimensions=["person"], metrics=["spend", "events"], period="all")
    assert (answer["rows"], answer["totals"]) == ([], {"spend": "0.00", "events": 0})
    assert finora.member.get("/api/v1/events", params={"period": "all"}).json()["events"] == []


def test_a_removed_key_is_not_used_again_even_by_a_sync_that_was_asked_for(
    serve: Callable[..., Running],
) -> None:
    finora = serve()
    connection = finora.connect()
    run = finora.admin.post(f"{CONNECTIONS}/{connection['id']}/sync").json()
    finora.admin.delete(f"{CONNECTIONS}/{connection['id']}")
    asked = finora.simulated.requests.total()
    finora.workspace.schedule.run_due()
    assert finora.simulated.requests.total() == asked
    assert finora.admin.get(f"/api/v1/syncs/{run['id']}").json()["error"]["code"] == "connection_removed"


def test_a_sync_can_be_asked_for_and_followed_to_its_end(serve: Callable[..., Running]) -> None:
    finora = serve()
    connection = finora.connect()
    pass_time(finora.simulated, hours=1)
    asked = finora.admin.post(f"{CONNECTIONS}/{connection['id']}/sync")
    assert asked.status_code == 202
    assert asked.json().keys() >= RUN
    assert asked.json()["state"] == "pending"
    finora.sync()
    ended = finora.member.get(f"/api/v1/syncs/{asked.json()['id']}").json()
    assert (ended["state"], ended["error"]) == ("completed", None)
    assert ended["windows_done"] == ended["windows_total"] > 0
    assert ended["requests"] > 0
    assert Decimal(ended["spend_usd"]) > 0
    syncs = finora.member.get(f"{CONNECTIONS}/{connection['id']}/syncs").json()
    assert [each["id"] for each in syncs] == [ended["id"], connection["sync"]["id"]]


def test_a_sync_of_a_span_reads_that_span(serve: Callable[..., Running]) -> None:
    finora = serve()
    connection = finora.connect()
    span = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-03T00:00:00Z"}
    run = finora.admin.post(f"{CONNECTIONS}/{connection['id']}/sync", json=span).json()
    assert run["window"] == span
    finora.sync()
    ended = finora.admin.get(f"/api/v1/syncs/{run['id']}").json()
    rows = finora.simulated.truth.happened(1_793_491_200_000, 1_793_664_000_000)
    assert (ended["state"], ended["events"]) == ("completed", len(rows))


@pytest.mark.parametrize(
    "span",
    [
        {"start": "2026-11-03", "end": "2026-11-01"},
        {"start": "2026-11-03"},
        {"end": "2026-11-03"},
        {"start": "yesterday", "end": "today"},
        {"start": "2026-02-30", "end": "2026-03-01"},
    ],
)
def test_a_span_that_is_none_is_refused(acme: Running, span: dict[str, str]) -> None:
    (connection,) = acme.member.get(CONNECTIONS).json()
    answer = acme.admin.post(f"{CONNECTIONS}/{connection['id']}/sync", json=span)
    problem(answer, 400, "bad_request")


def test_a_span_far_beyond_any_history_does_not_keep_cursor_busy(acme: Running) -> None:
    """Each month costs a request of a small allowance that the customer's other tools share."""
    (connection,) = acme.member.get(CONNECTIONS).json()
    span = {"start": "1900-01-01", "end": "2100-01-01"}
    answer = acme.admin.post(f"{CONNECTIONS}/{connection['id']}/sync", json=span)
    assert "3,650 days" in problem(answer, 400, "bad_request")["detail"]


@pytest.mark.parametrize(
    "path", ["connections/none", "connections/none/syncs", "connections/none/revisions", "syncs/none"]
)
def test_what_does_not_exist_is_not_found(acme: Running, path: str) -> None:
    problem(acme.admin.get(f"/api/v1/{path}"), 404, "not_found")


def test_revisions_tell_what_changed_from_what_to_what(serve: Callable[..., Running]) -> None:
    finora = serve(small(faults=Faults(seed=3, revised_permille=500, revised_hours=24)))
    connection = finora.connect()
    first = finora.ask(metrics=["usage_value"], period="all")["totals"]["usage_value"]
    finora.simulated.settle()
    finora.sync()
    revisions = finora.member.get(f"{CONNECTIONS}/{connection['id']}/revisions").json()
    assert revisions
    total = sum(Decimal(each["difference"]["usage_value"]) for each in revisions)
    for each in revisions:
        assert Decimal(each["after"]["spend"]) - Decimal(each["before"]["spend"]) == Decimal(
            each["difference"]["spend"]
        )
        assert each["window"]["start"] < each["window"]["end"]
        assert each["revised"] > 0 or each["added"] > 0
    settled = Decimal(finora.simulated.truth.total().value_nano) / 10**9
    assert Decimal(finora.ask(metrics=["usage_value"], period="all")["totals"]["usage_value"]) == settled
    assert settled != Decimal(first)
    assert total != 0


def test_reconciliation_compares_with_cursors_own_totals_to_the_cent(acme: Running) -> None:
    (connection,) = acme.member.get(CONNECTIONS).json()
    cycle, *_ = acme.member.get(f"{CONNECTIONS}/{connection['id']}/reconciliation").json()
    assert cycle.keys() >= {"cycle_start", "read_at", "agrees", "difference", "members"}
    people = {line["person"]: line for line in cycle["members"]}
    mara = people["mara.okafor@lumenworks.test"]
    assert mara["person_label"] == "Mara Okafor"
    assert abs(Decimal(mara["difference"])) < Decimal("0.01")
    assert Decimal(mara["finora"]["usage_value"]) > 0
    for line in cycle["members"]:
        assert sum(Decimal(part["amount"]) for part in line["parts"]) == Decimal(line["difference"])
        assert (line["cause"] == "agrees") == (not line["parts"])
    assert sum(Decimal(part["amount"]) for part in cycle["parts"]) == Decimal(cycle["difference"])


def test_each_part_of_a_difference_has_its_cause(serve: Callable[..., Running]) -> None:
    simulated = simulation(faults=Faults(vanished_flagged=True))
    person = simulated.teams[0].company.people[0].email
    simulated.remove_member(person)
    finora = serve(simulated)
    connection = finora.connect()
    cycle, *_ = finora.member.get(f"{CONNECTIONS}/{connection['id']}/reconciliation").json()
    found = {line["person"]: line for line in cycle["members"] if line["parts"]}
    assert found.keys() == {"unattributed", person.lower()}
    assert [line["listed"] for line in found.values()] == [True, False]
    for line in found.values():
        (part,) = line["parts"]
        assert (part["cause"], part["amount"]) == ("removed_member", line["difference"])


def test_a_notice_is_listed_until_someone_dismisses_it_and_kept_then(serve: Callable[..., Running]) -> None:
    finora = serve()
    connection = finora.connect()
    finora.workspace.notices.raise_(connection["id"], "shrunk", "Fewer", "All are kept.")
    notices = f"{CONNECTIONS}/{connection['id']}/notices"
    (told,) = [each for each in finora.member.get(notices).json() if each["kind"] == "shrunk"]
    assert (told["title"], told["text"], told["dismissed_at"]) == ("Fewer", "All are kept.", None)
    assert finora.member.post(f"{notices}/{told['id']}/dismiss").status_code == 403
    assert finora.admin.post(f"{notices}/{told['id']}/dismiss").status_code == 204
    (told,) = [each for each in finora.member.get(notices).json() if each["kind"] == "shrunk"]
    assert told["dismissed_at"]
    problem(finora.admin.post(f"{notices}/none/dismiss"), 404, "not_found")


def test_two_teams_can_be_connected_and_told_apart(serve: Callable[..., Running]) -> None:
    finora = serve(simulation(company(7), company(8)))
    finora.connect("One", team=0)
    finora.connect("Two", team=1)
    rows = finora.ask(metrics=["usage_value"], dimensions=["connection"], period="all")["rows"]
    found = {row["connection_label"]: Decimal(row["usage_value"]) for row in rows}
    truth = [finora.simulated.truth_of(team).total().value_nano for team in (0, 1)]
    assert found == {"One": Decimal(truth[0]) / 10**9, "Two": Decimal(truth[1]) / 10**9}


def test_the_first_sync_starts_by_itself(serve: Callable[..., Running]) -> None:
    finora = serve()
    finora.workspace.schedule.start()
    made = finora.admin.post(CONNECTIONS, json=body(finora.simulated.key)).json()
    eventually(lambda: finora.admin.get(f"{CONNECTIONS}/{made['id']}").json()["state"] == "connected")
    now = finora.admin.get(f"{CONNECTIONS}/{made['id']}").json()
    assert now["events"] == finora.simulated.truth.total().events
