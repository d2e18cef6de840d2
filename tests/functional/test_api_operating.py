"""What machines ask of Finora: how it is, what it can do, and who may use it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from finora.accounts import Role
from finora.spend.catalog import DIMENSIONS, METRICS
from support.running import CAST, PASSWORD, Who
from support.simulated import pass_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.running import Running

Json = dict[str, Any]


# OpenAPI


@pytest.fixture(scope="module")
def described(acme: Running) -> Json:
    answer = acme.as_(Who.NOBODY).get("/api/openapi.json")
    assert answer.status_code == 200
    found: Json = answer.json()
    return found


def operations(described: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def test_the_description_is_whole(described: Json) -> None:
    assert re.fullmatch(r"3\.1\.\d+", described["openapi"])
    assert described["info"]["title"] == "Finora"
    schemas = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert set(references(described)) <= schemas
    ids = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(set(ids)) == len(ids)
    for method, path, operation in operations(described):
        assert operation["summary"], (method, path)
        named = set(re.findall(r"{(\w+)}", path))
        assert {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"} == named


def test_every_answer_is_described_and_every_refusal_is_a_problem_document(described: Json) -> None:
    assert "HTTPValidationError" not in described["components"]["schemas"]
    for method, path, operation in operations(described):
        good = [code for code in operation["responses"] if code.startswith("2")]
        assert len(good) == 1, (method, path)
        if good != ["204"]:
            content = operation["responses"][good[0]]["content"]
            assert content, (method, path)
            if "application/json" in content and path.startswith("/api/"):
                assert content["application/json"]["schema"] not in ({}, {"type": "object"}), (method, path)
        assert "422" not in operation["responses"]
        assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]


def test_the_description_says_how_to_prove_oneself(described: Json) -> None:
    schemes = described["components"]["securitySchemes"]
    assert (schemes["token"]["type"], schemes["token"]["scheme"]) == ("http", "bearer")
    assert schemes["session"]["in"] == "cookie"
    for method, path, operation in operations(described):
        guarded = path.startswith("/api/") and path != "/api/v1/operator"  # there the server proves itself
        expected: list[Json] | None = [{"token": []}, {"session": []}] if guarded else None
        assert operation.get("security") == expected, (method, path)


@pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/export"])
def test_what_an_address_can_ask_is_described(described: Json, path: str) -> None:
    names = {each["name"] for each in described["paths"][path]["get"]["parameters"]}
    assert names >= {"period", "from", "to", "f"}


def test_a_key_is_not_described_as_something_that_is_ever_answered(described: Json) -> None:
    answers = {
        name: schema
        for name, schema in described["components"]["schemas"].items()
        if name.endswith("Document")
    }
    assert "credentials" not in str(answers)


# How it is


def test_health_readiness_and_the_catalogue(acme: Running) -> None:
    nobody = acme.as_(Who.NOBODY)
    assert (nobody.get("/healthz").text, nobody.get("/readyz").text) == ("ok", "ready")
    catalog = acme.viewer.get("/api/v1/catalog").json()
    assert {each["name"] for each in catalog["metrics"]} == METRICS.keys()
    assert {each["name"] for each in catalog["dimensions"]} == DIMENSIONS.keys()
    assert all(each["definition"] and each["label"] for each in (*catalog["metrics"], *catalog["dimensions"]))


def test_metrics_tell_what_is_wrong_and_name_nobody(serve: Callable[..., Running]) -> None:
    finora = serve()
    connection = finora.connect("Secret Team Name")
    answer = finora.as_(Who.NOBODY).get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    figures = samples(answer.text)
    mine = f'connection="{connection["id"]}"'
    assert figures[f"finora_events{{{mine}}}"] == connection["events"]
    assert figures[f"finora_data_through_seconds{{{mine}}}"] == 1_795_186_790
    assert figures[f'finora_connection_state{{{mine},state="connected"}}'] == 1
    for word in ("Secret", "lumenworks", "@", "Mara"):
        assert word not in answer.text
    finora.simulated.ring.revoke(finora.simulated.key)
    pass_time(finora.simulated, hours=2)
    finora.workspace.schedule.run_due()
    failing = samples(finora.as_(Who.NOBODY).get("/metrics").text)
    assert failing[f'finora_connection_state{{{mine},state="failing"}}'] == 1


def samples(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


# Who may use it


def test_a_user_and_their_token_can_be_made_and_used_at_once(serve: Callable[..., Running]) -> None:
    finora = serve()
    operator = finora.as_(Who.OPERATOR)
    body = {"email": "Ana@Acme.test", "role": "admin", "password": PASSWORD, "name": "Ana"}
    made = operator.post("/api/v1/users", json=body)
    assert made.status_code == 201
    assert made.json() | {"id": "", "created_at": ""} == {
        "id": "",
        "email": "ana@acme.test",
        "name": "Ana",
        "role": "admin",
        "created_at": "",
        "disabled": False,
    }
    again = operator.post("/api/v1/users", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "email_taken")
    issued = operator.post("/api/v1/tokens", json={"email": "ana@acme.test", "name": "script"})
    assert (issued.status_code, issued.json()["name"]) == (201, "script")
    ana = finora.client({"Authorization": f"Bearer {issued.json()['token']}"})
    assert ana.get("/api/v1/me").json() == {
        "email": "ana@acme.test",
        "name": "Ana",
        "role": "admin",
        "how": "token",
    }
    assert "ana@acme.test" in {each["email"] for each in ana.get("/api/v1/users").json()}


def test_users_are_listed_without_anything_of_their_passwords(acme: Running) -> None:
    users = acme.admin.get("/api/v1/users")
    assert {each["email"] for each in users.json()} == {email for email, _name in CAST.values()}
    assert "password" not in users.text
    assert "argon2" not in users.text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "no address"}, "invalid_email"),
        ({"password": "short1"}, "weak_password"),
        ({"password": "no digits in here at all"}, "weak_password"),
    ],
)
def test_a_user_who_cannot_be_is_refused_with_the_reason(fresh: Running, change: Json, code: str) -> None:
    body = {"email": "new@acme.test", "role": "member", "password": PASSWORD} | change
    answer = fresh.admin.post("/api/v1/users", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(fresh: Running) -> None:
    body = {"email": "new@acme.test", "role": "king", "password": PASSWORD}
    answer = fresh.admin.post("/api/v1/users", json=body)
    assert answer.status_code == 422
    assert all(role in answer.json()["detail"] for role in Role)


def test_a_token_for_reading_reads_and_changes_nothing(serve: Callable[..., Running]) -> None:
    finora = serve()
    issued = finora.admin.post("/api/v1/tokens", json={"name": "dashboards", "scopes": ["read"]}).json()
    reader = finora.client({"Authorization": f"Bearer {issued['token']}"})
    assert reader.post("/api/v1/query", json={}).status_code == 200
    refused = reader.post("/api/v1/connections", json={"provider": "cursor", "credentials": {"api_key": "x"}})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert reader.post("/api/v1/tokens", json={"name": "more"}).status_code == 403


def test_a_token_s_last_day_is_kept(serve: Callable[..., Running]) -> None:
    finora = serve()
    body = {"name": "for a day", "expires_at": "2026-11-21T15:00:00Z"}
    issued = finora.member.post("/api/v1/tokens", json=body).json()
    script = finora.client({"Authorization": f"Bearer {issued['token']}"})
    assert script.get("/api/v1/me").status_code == 200
    pass_time(finora.simulated, hours=25)
    expired = script.get("/api/v1/me")
    assert (expired.status_code, expired.json()["code"]) == (401, "token_invalid")
    past = finora.member.post("/api/v1/tokens", json={"name": "late", "expires_at": "2020-01-01T00:00:00Z"})
    assert past.status_code == 400


@pytest.mark.parametrize("moment", ["2026-12-01T00:00:00", "tomorrow", "2026-13-01", 5])
def test_a_last_day_that_is_not_a_moment_is_refused(fresh: Running, moment: object) -> None:
    answer = fresh.member.post("/api/v1/tokens", json={"name": "t", "expires_at": moment})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_operator_has_to_say_whose_token_it_is(fresh: Running) -> None:
    answer = fresh.as_(Who.OPERATOR).post("/api/v1/tokens", json={"name": "t"})
    assert answer.status_code == 400
    assert "email" in answer.json()["detail"]
