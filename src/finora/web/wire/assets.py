"""The built front end: scripts, styles, font and icons under content-hashed names, served for ever from memory."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from finora.errors import ConfigurationError

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_PACKED_ALREADY = frozenset({".woff2"})
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _File:
    kind: str
    content: bytes
    packed: bytes | None


class Assets:
    """Knows where each file of the front end is, and serves them as an ASGI application.

    Args:
        folder: Where the build put its files and `manifest.json`.

    Raises:
        ConfigurationError: The front end was not built.
    """

    def __init__(self, folder: Path) -> None:
        try:
            manifest: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            self._files = {name: _read(folder / name) for name in manifest.values()}
        except (OSError, ValueError) as problem:
            raise ConfigurationError(
                "Finora's front end is missing or incomplete, so there are no pages to serve. In a checkout, build it with: "
                "make install. An installed package holds it already; install that again."
            ) from problem
        self._names = manifest

    def url(self, name: str) -> str:
        """Return the address of a file by its logical name, such as `app.js`.

        Raises:
            KeyError: The front end has no such file.
        """
        return f"/static/{self._names[name]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request below `/static`."""
        response = self._response(scope)
        await response(scope, receive, send)

    def _response(self, scope: Scope) -> Response:
        file = self._files.get(scope["path"].rpartition("/")[2])
        if file is None:
            return PlainTextResponse("There is no such file.", 404)
        if scope["method"] not in {"GET", "HEAD"}:
            return PlainTextResponse("Files can only be read.", 405, {"Allow": "GET, HEAD"})
        headers = {"Cache-Control": _FOR_EVER, "Content-Type": file.kind, "Vary": "Accept-Encoding"}
        if file.packed is not None and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            return Response(file.packed, headers=headers | {"Content-Encoding": "gzip"})
        return Response(file.content, headers=headers)


def _read(path: Path) -> _File:
    content = path.read_bytes()
    packed = None if path.suffix in _PACKED_ALREADY else gzip.compress(content, mtime=0)
    return _File(_TYPES[path.suffix], content, packed)
