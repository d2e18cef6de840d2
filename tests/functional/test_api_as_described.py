"""The API answers whatever its own description allows, as it describes, to each role; never with an error of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok

from support.running import Who

if TYPE_CHECKING:
    from support.running import Running

_READS = ("GET", "POST")
_EACH = 12
_CHANGES = {
    "/api/v1/connections",
    "/api/v1/users",
    "/api/v1/tokens",
    "/api/v1/subscriptions",
    "/api/v1/subscriptions/import",
}
"""What would fill the workspace that other tests ask; its refusals are tried one by one elsewhere."""


@pytest.mark.parametrize("who", [Who.NOBODY, Who.VIEWER, Who.MEMBER, Who.READ_TOKEN, Who.OWNER])
def test_every_question_that_the_description_allows_is_answered_as_described(acme: Running, who: Who) -> None:
    client = acme.as_(who)
    described = schemathesis.openapi.from_dict(acme.app.openapi())
    described.config.update(base_url=acme.url)
    tried, well = 0, set[str]()
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.method.upper() not in _READS or (
            operation.method.upper() == "POST" and operation.path in _CHANGES
        ):
            continue
        if operation.method.upper() == "POST" and "{" in operation.path:
            continue

        @settings(
            max_examples=_EACH,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case[Any]) -> None:
            kept = {
                name: value
                for name, value in (case.headers or {}).items()
                if name.lower() not in {"authorization", "cookie"}
            }
            answer = client.request(
                case.method,
                case.formatted_path,
                params=list(_flat(case.query or {})),
                headers={name.encode(): str(value).encode() for name, value in kept.items()},
                json=case.body if isinstance(case.body, (dict, list, str, int)) else None,
            )
            assert answer.status_code < 500, (answer.request.url, answer.text)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json"
                assert {"type", "status", "code", "title", "detail"} <= set(answer.json())
            else:
                well.add(case.path)
                case.operation.validate_response(answer)

        ask()
        tried += 1
    assert tried > 15
    assert len(well) >= (2 if who is Who.NOBODY else 8), "questions that are all refused show little"


def _flat(query: dict[str, object]) -> list[tuple[str, str]]:
    return [
        (name, str(each))
        for name, value in query.items()
        for each in (value if isinstance(value, list) else [value])
    ]
