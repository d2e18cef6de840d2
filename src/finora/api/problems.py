"""Errors as problem documents (RFC 9457) with a stable `code`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

from finora.errors import FinoraError, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"

DESCRIBED: dict[int | str, dict[str, object]] = {
    "default": {
        "description": "A problem document (RFC 9457): what happened and what to do.",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["type", "status", "code", "title", "detail"],
                    "properties": {
                        "type": {"type": "string"},
                        "status": {"type": "integer"},
                        "code": {"type": "string", "description": "Names the case; stable."},
                        "title": {"type": "string"},
                        "detail": {"type": "string"},
                    },
                    "additionalProperties": True,
                }
            }
        },
    }
}
"""How OpenAPI describes every refusal."""

_NAME = re.compile(r"[A-Za-z_]{1,30}")


class Unreadable(FinoraError):
    """The request has not the form it should have."""

    code = "invalid_request"
    status = 422
    title = "The request cannot be read"


class NotJson(Unreadable):
    """The body is not JSON."""

    code = "invalid_json"
    status = 400
    title = "The body is not JSON"


class WrongKind(Unreadable):
    """The body may be right but says that it is something else."""

    code = "unsupported_media_type"
    status = 415
    title = "The body is of another kind"


class TooLarge(FinoraError):
    """The body is larger than any sensible one."""

    code = "too_large"
    status = 413
    title = "The request is too large"


class NoSuchAddress(NotFound):
    """Nothing is there."""

    title = "There is no such page"


class WrongMethod(FinoraError):
    """Something is there, but not for this method."""

    code = "method_not_allowed"
    status = 405
    title = "This address does not take such a request"


class Unforeseen(FinoraError):
    """An error in Finora itself."""

    code = "internal"


def refusal_of(error: HTTPException) -> FinoraError:
    """Return what the framework refused as an error of ours."""
    match error.status_code:
        case 404:
            return NoSuchAddress("There is nothing at this address. /api/openapi.json describes the API.")
        case 405:
            return WrongMethod("There is something at this address, but not for this method.")
        case 413:
            return TooLarge(error.detail)
        case _:
            return NotJson("The body cannot be read.")


def problem(error: FinoraError) -> JSONResponse:
    """Return an error as a problem document."""
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Finora"'
    if "retry_after" in error.extra:
        headers["Retry-After"] = str(error.extra["retry_after"])
    body = {
        "type": "about:blank",
        "status": error.status,
        "code": error.code,
        "title": error.title,
        "detail": error.message,
        **error.extra,
    }
    return JSONResponse(body, status_code=error.status, media_type=MEDIA_TYPE, headers=headers)


def unreadable(error: RequestValidationError) -> FinoraError:
    """Return why a request cannot be read, member by member, without repeating what was sent."""
    if isinstance(error.body, bytes):
        return WrongKind("Send JSON, with the header Content-Type: application/json.")
    for each in error.errors():
        if each["type"] == "json_invalid":
            return NotJson(f"The body is not JSON: {each['ctx']['error']}, at character {each['loc'][-1]}.")
    fields = [{"field": _path(each["loc"]), "problem": each["msg"]} for each in error.errors()]
    said = "; ".join(f"{each['field'] or 'body'}: {each['problem']}" for each in fields)
    return Unreadable(f"{said}.", errors=fields)


def _path(location: Sequence[str | int]) -> str:
    """Return where in the request something is; a name that could be a key somebody put there is left out."""
    return ".".join(
        str(part) if isinstance(part, int) or _NAME.fullmatch(part) else "…"
        for part in location
        if part != "body"
    )
