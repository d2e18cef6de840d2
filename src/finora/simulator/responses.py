"""Answers in the four shapes of section 3 of the reference."""

from typing import Final

import msgspec
from starlette.responses import Response

_JSON: Final = "application/json"


class ApiError(Exception):
    """A refusal that is sent to the client as it is."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`body` as JSON."""
    return Response(msgspec.json.encode(body), status, headers, media_type=_JSON)


def shape_a(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """`{"code":"error","message":...}`."""
    return answer({"code": "error", "message": message}, status, headers)


def shape_b(status: int, reason: str, message: str) -> Response:
    """`{"error":reason,"message":...}`."""
    return answer({"error": reason, "message": message}, status)


def bad_request(message: str) -> ApiError:
    """400 in shape A."""
    return ApiError(shape_a(400, message))


def not_found() -> ApiError:
    """404 in shape B."""
    return ApiError(shape_b(404, "Not Found", "Resource not found"))


def enterprise_only() -> ApiError:
    """403 for plans without the feature, in shape B."""
    return ApiError(shape_b(403, "Forbidden", "Enterprise access required"))
