"""Which names Finora answers to: a page of another name that is led to this machine (DNS rebinding) learns nothing."""

import re
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
_HOST: Final = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[0-9A-Za-z_-][0-9A-Za-z_.-]*))(?::(?P<port>[0-9]{0,5}))?"
)
"""What a Host header may be (RFC 9110, 7.2). Anything else, such as a user's name or a path, programs read differently."""
_LAST_PORT: Final = 65_535
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
        found = _HOST.fullmatch(given[0])
        if found is None or int(found["port"] or 0) > _LAST_PORT:
            return False
        if found["v6"]:
            return _is_address(found["v6"], 6)
        name = found["name"].lower().removesuffix(".")
        return name in self._names or _is_address(name, 4)


def _name_of(url: str) -> str:
    return (urlsplit(url).hostname or "").removesuffix(".")


def _is_address(text: str, version: int) -> bool:
    try:
        return ip_address(text).version == version
    except ValueError:
        return False
