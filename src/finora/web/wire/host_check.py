"""Which names Finora answers to: a page of another name that is led to this machine (DNS rebinding) learns nothing."""

import socket
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from finora.settings import Settings

_MISDIRECTED: Final = 421
_FOR_MACHINES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""What orchestrators ask for by names of their own; it names no person and no amount."""
_TOLD: Final = (
    "Finora does not answer to this name. If it is the right one, set FINORA_BASE_URL to the address that people open, "
    "and start Finora again."
)


def own_names(settings: Settings) -> frozenset[str]:
    """Return the host names that a Finora answers to, besides plain IP addresses, which nobody can rebind."""
    machine = socket.gethostname().lower()
    return frozenset(
        {"localhost", settings.host.lower(), machine, f"{machine}.local", _name_of(settings.public_url)}
    )


class HostCheck:
    """ASGI middleware that answers only to our own names.

    Args:
        app: The application.
        names: From `own_names`.
    """

    def __init__(self, app: ASGIApp, *, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http" and scope["path"] not in _FOR_MACHINES and not self._is_ours(scope):
            await PlainTextResponse(_TOLD, _MISDIRECTED)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        given = Headers(scope=scope).getlist("host")
        if len(given) != 1:
            return False
        name = _name_of(f"//{given[0]}")
        return name in self._names or _is_address(name)


def _name_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
