"""What goes wrong is told in one form, says what to do, and repeats no secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from support.running import Who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from support.running import Running

SECRET = "crsr_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
CONNECTIONS = "/api/v1/connections"
JSON = {"content-type": "application/json"}
MEGABYTE = 1_000_000


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert (found["status"], found["code"], found["type"]) == (status, code, "about:blank")
    assert found["title"]
    assert found["detail"]
    assert "cache-control" in answer.headers
    return found


@pytest.mark.parametrize("who", [Who.NOBODY, Who.ADMIN])
@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v2/query", "/api/v1/events/1/2"]
)
def test_an_address_of_the_api_that_does_not_exist(fresh: Running, path: str, who: Who) -> None:
    assert "OpenAPI" not in problem(fresh.as_(who).get(path), 404, "not_found")["detail"]


def test_a_method_that_an_address_does_not_take(fresh: Running) -> None:
    answer = fresh.admin.put(CONNECTIONS, json={})
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"


def test_members_that_are_missing_or_wrong_are_named_each(fresh: Running) -> None:
    answer = fresh.admin.post(CONNECTIONS, json={"credentials": {"api_key": 5}, "confirm": "perhaps"})
    told = problem(answer, 422, "invalid_request")
    assert {each["field"] for each in told["errors"]} == {"provider", "credentials.api_key", "confirm"}
    for each in told["errors"]:
        assert each["field"] in told["detail"]


@pytest.mark.parametrize("text", [b"{", b"{'provider': 1}", b"\xff\xfe", b'{"a": 1} b', b"NaN{", b"\x80"])
def test_a_body_that_is_not_json(fresh: Running, text: bytes) -> None:
    problem(fresh.admin.post(CONNECTIONS, content=text, headers=JSON), 400, "invalid_json")


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"5", b'"text"', b"true"])
def test_a_body_that_is_no_object(fresh: Running, text: bytes) -> None:
    problem(fresh.admin.post(CONNECTIONS, content=text, headers=JSON), 422, "invalid_request")


def test_json_that_is_broken_is_told_where(fresh: Running) -> None:
    answer = fresh.admin.post(CONNECTIONS, content=b'{"provider": "cursor",}', headers=JSON)
    told = problem(answer, 400, "invalid_json")
    assert "22" in told["detail"]


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_a_body_of_another_kind_than_json_is_told_what_to_send(fresh: Running, kind: str | None) -> None:
    headers = {"content-type": kind} if kind else {}
    content = json.dumps({"provider": "cursor", "credentials": {"api_key": SECRET}}).encode()
    answer = fresh.admin.post(CONNECTIONS, content=content, headers=headers)
    assert "application/json" in problem(answer, 415, "unsupported_media_type")["detail"]


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_by_any_spelling_of_its_name_is_read(fresh: Running, kind: str) -> None:
    answer = fresh.admin.post("/api/v1/query", content=b"{}", headers={"content-type": kind})
    assert answer.status_code == 200


def parts() -> Iterator[bytes]:
    yield from (b" " * 10_000 for _ in range(MEGABYTE // 10_000 + 1))


@pytest.mark.parametrize("path", [CONNECTIONS, "/api/v1/query", "/api/v1/users"])
def test_a_body_that_is_too_large_is_refused_whether_it_says_so_ahead_or_not(
    fresh: Running, path: str
) -> None:
    ahead = fresh.admin.post(path, content=b" " * (MEGABYTE + 1), headers=JSON)
    assert "1,000,000" in problem(ahead, 413, "too_large")["detail"]
    problem(fresh.admin.post(path, content=parts(), headers=JSON), 413, "too_large")


def test_a_body_just_below_the_limit_is_read(fresh: Running) -> None:
    answer = fresh.admin.post("/api/v1/query", content=b"{}" + b" " * (MEGABYTE - 2), headers=JSON)
    assert answer.status_code == 200


def test_a_body_nested_beyond_reason_breaks_nothing(fresh: Running) -> None:
    answer = fresh.admin.post("/api/v1/query", content=b"[" * 100_000, headers=JSON)
    problem(answer, 400, "invalid_json")


def echoes(key: str) -> list[object]:
    """Return requests to connect that carry a key in places where it does not belong."""
    return [
        {"provider": "cursor", "credentials": key},
        {"provider": "cursor", "credentials": [key]},
        {"provider": "cursor", "credentials": {"api_key": [key]}},
        {"provider": "cursor", "credentials": {"api_key": {key: key}}},
        {"provider": "cursor", "credentials": {key: 5}},
        {"provider": "cursor", "credentials": {"key": key}},
        {"provider": "cursor", "credentials": {"api_key": f"{key} {key}"}},
        {"provider": "cursor", "api_key": key},
        {"provider": key, "credentials": {"api_key": "x"}},
        {"provider": "cursor", key: "api_key"},
        {"provider": "cursor", "name": {"api_key": key}, "credentials": {}},
        {"provider": "cursor", "credentials": {"api_key": "x"}, "confirm": key},
        [key],
        key,
        {"provider": "cursor", "credentials": {"api_key": key}},
    ]


@pytest.mark.parametrize("number", range(len(echoes(SECRET))))
def test_no_refusal_repeats_a_key_wherever_it_was_put(fresh: Running, number: int) -> None:
    for method, path in (("POST", CONNECTIONS), ("PATCH", f"{CONNECTIONS}/none"), ("POST", "/api/v1/tokens")):
        answer = fresh.admin.request(method, path, json=echoes(SECRET)[number])
        assert answer.status_code >= 400
        assert SECRET not in answer.text
        assert SECRET[:20] not in answer.text


def test_broken_json_with_a_key_in_it_is_not_repeated(fresh: Running) -> None:
    content = f'{{"provider": "cursor", "credentials": {{"api_key": "{SECRET}'.encode()
    answer = fresh.admin.post(CONNECTIONS, content=content, headers=JSON)
    assert SECRET[:20] not in answer.text


def test_a_password_that_is_refused_is_not_repeated(fresh: Running) -> None:
    for password in ("hunter2", {"word": "hunter2"}, ["hunter2"], "hunter2" * 200):
        body = {"email": "new@acme.test", "role": "member", "password": password}
        answer = fresh.admin.post("/api/v1/users", json=body)
        assert answer.status_code in {400, 422}
        assert "hunter2" not in answer.text


def test_an_error_nobody_foresaw_tells_nothing_of_the_inside(serve: Callable[..., Running]) -> None:
    finora = serve()
    finora.workspace.store.close()
    told = problem(finora.member.post("/api/v1/query", json={}), 500, "internal")
    assert "duckdb" not in json.dumps(told).lower()
    assert finora.as_(Who.NOBODY).get("/healthz").status_code == 200
    ready = finora.as_(Who.NOBODY).get("/readyz")
    assert ready.status_code == 503


def test_databases_that_are_away_are_one_line_in_the_log_of_each_readiness_check(
    serve: Callable[..., Running], caplog: pytest.LogCaptureFixture
) -> None:
    finora = serve()
    ledger = finora.workspace.settings.data_dir / "ledger.sqlite"
    finora.workspace.ledger.engine.dispose()
    for each in ledger.parent.glob("ledger.sqlite-*"):
        each.unlink()
    ledger.write_bytes(b"no database" * 1000)
    assert finora.as_(Who.NOBODY).get("/readyz").status_code == 503
    (told,) = [each for each in caplog.records if "do not answer" in each.getMessage()]
    assert (told.exc_info, "is damaged" in told.getMessage()) == (None, True)


def test_strange_addresses_break_nothing(fresh: Running) -> None:
    for path in (
        "/api/v1/connections/%00",
        "/api/v1/connections/%FF%FE",
        "/api/v1/connections/" + "x" * 5000,
        "/api/v1/connections/..%2F..%2Fetc%2Fpasswd",
        "/api/v1/events/%F0%9F%92%B8",
        "/api/v1/events/9999999999999999999999-1-1",
        "/api/v1/events/1-99999999999999999999-1",
        "/api/v1/events?cursor=%00",
        "/api/v1/events?period=%ED%A0%80",
        "/api/v1/events?f=is,person,%00",
        "/api/v1/export?f=is,model,%00&period=today",
        "/api/v1/export?format=xlsx",
        "/api/v1/syncs/" + "%2e%2e/" * 10,
    ):
        answer = fresh.admin.get(path)
        assert answer.status_code < 500, path
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json", path
