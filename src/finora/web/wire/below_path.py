"""Finora below a path of somebody else's host, such as `https://tools.example.com/finora`.

Everything inside is written from the root. Here, at the edge, the path is taken off what comes in, and put before what
leads to Finora in what goes out: links, forms, scripts and pictures of pages, the addresses that charts and the palette
hold, and redirects. A proxy may take the path off by itself; then there is nothing to take off.
"""

import re
from collections.abc import MutableMapping
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ATTRIBUTES: Final = (
    "href",
    "action",
    "formaction",
    "src",
    "hx-get",
    "hx-post",
    "data-toggle",
    "data-source",
    "data-icons",
)
_MEMBERS: Final = ("href", "events", "zoom", "reset", "only", "toggle")
"""Of the charts' documents. Quotes within their texts are escaped, so that no text can look like one of these."""
_IN_PAGES: Final = re.compile(
    rf'(?P<before>\b(?:{"|".join(_ATTRIBUTES)})="|"(?:{"|".join(_MEMBERS)})": ?")/(?!/)'.encode()
)
_IN_MARKDOWN: Final = re.compile(rb"(?P<before>\]\()/(?!/)")
_REWRITTEN: Final = {
    "text/html": _IN_PAGES,
    "application/json": re.compile(rb'(?P<before>"href": ?")/(?!/)'),
    "text/markdown": _IN_MARKDOWN,
}
_LEADING: Final = ("location", "hx-redirect", "hx-location", "hx-push-url", "hx-replace-url")
"""Headers that hold an address."""
_PALETTE: Final = "/palette"


class BelowPath:
    """ASGI middleware that serves an application below a path.

    Args:
        app: The application, written from the root.
        path: The path, such as `/finora`.
    """

    def __init__(self, app: ASGIApp, *, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._take_off(scope)
        await self._app(scope, receive, _Outward(self._path, scope["path"], send))

    def _take_off(self, scope: MutableMapping[str, Any]) -> None:
        """Let the application see a request as if it were at the root, even where it fails later."""
        path: str = scope["path"]
        if path != self._path and not path.startswith(f"{self._path}/"):
            return
        scope["path"] = path[len(self._path) :] or "/"
        raw: bytes = scope.get("raw_path") or b""
        scope["raw_path"] = raw[len(self._path) :] or b"/"
        own = b"%s/" % self._path.encode()
        scope["headers"] = [
            (name, value.replace(own, b"/", 1) if name == b"referer" else value)
            for name, value in scope["headers"]
        ]


class _Outward:
    """Sends an answer with the path put before what leads to Finora; pages go out when they are whole."""

    def __init__(self, path: str, asked: str, send: Send) -> None:
        self._path = path
        self._asked = asked
        self._send = send
        self._start: Message | None = None
        self._pattern: re.Pattern[bytes] | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._start is None or self._pattern is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._end(self._start, self._pattern)

    async def _begin(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name in _LEADING:
            address = headers.get(name, "")
            if address.startswith("/") and not address.startswith("//"):
                headers[name] = f"{self._path}{address}"
        self._pattern = _pattern_for(headers, self._asked)
        if self._pattern is None:
            await self._send(message)
        else:
            self._start = message

    async def _end(self, start: Message, pattern: re.Pattern[bytes]) -> None:
        body = put_before(self._path, self._body, pattern)
        MutableHeaders(scope=start)["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def put_before(path: str, page: bytes, pattern: re.Pattern[bytes] = _IN_PAGES) -> bytes:
    """Return a page whose addresses from the root stand below a path."""
    return pattern.sub(rb"\g<before>" + path.encode() + b"/", page)


def _pattern_for(headers: Headers, asked: str) -> re.Pattern[bytes] | None:
    kind = headers.get("content-type", "").partition(";")[0]
    if kind == "application/json" and asked != _PALETTE:
        return None
    if kind == "text/plain" and asked == "/llms.txt":
        return _IN_MARKDOWN
    return _REWRITTEN.get(kind)
