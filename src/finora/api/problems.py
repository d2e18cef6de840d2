"""Errors as problem documents (RFC 9457) with a stable `code`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

from finora.errors import FinoraError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi.exceptions import RequestValidationError

MEDIA_TYPE = "application/problem+json"


def problem(error: FinoraError) -> JSONResponse:
    """Return an error as a problem document."""
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Finora"'
    if "retry_after" in error.extra:
        headers["Retry-After"] = str(error.extra["retry_after"])
    return problem_of(
        error.status, error.code, error.title, error.message, extra=error.extra, headers=headers
    )


def problem_of(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    extra: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return a problem document."""
    body = {
        "type": "about:blank",
        "status": status,
        "code": code,
        "title": title,
        "detail": detail,
        **(extra or {}),
    }
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def invalid_request(error: RequestValidationError) -> JSONResponse:
    """Return what is wrong with a request's form, field by field, without repeating what was sent."""
    fields = [
        {"field": ".".join(str(part) for part in each["loc"] if part != "body"), "problem": each["msg"]}
        for each in error.errors()
    ]
    said = "; ".join(f"{each['field'] or 'body'}: {each['problem']}" for each in fields)
    return problem_of(
        422, "invalid_request", "The request cannot be read", f"{said}.", extra={"errors": fields}
    )
