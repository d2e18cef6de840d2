"""Headers that tell browsers what a page of Finora may do: nothing beyond its own origin, and nothing inline."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HALF_A_YEAR: Final = "max-age=15552000"


def write_security_headers(headers: MutableHeaders, *, secure: bool) -> None:
    """Add the headers to a response's; what it says itself about caching stays.

    Args:
        headers: The response's headers.
        secure: Whether people reach Finora over TLS, and browsers may insist on that from now on.
    """
    for name, value in _HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")
    if secure:
        headers["Strict-Transport-Security"] = _HALF_A_YEAR


class SecurityHeaders:
    """ASGI middleware that adds the headers to every response.

    Args:
        app: The application.
        secure: As for `write_security_headers`.
    """

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                write_security_headers(MutableHeaders(scope=message), secure=self._secure)
            await send(message)

        await self._app(scope, receive, send_with_headers)
