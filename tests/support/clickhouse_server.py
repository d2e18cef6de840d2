"""A ClickHouse server in a box: the engine of `chdb` behind as much of ClickHouse's HTTP interface as our client speaks.

It lets several processes share one ClickHouse, and the client go over the wire, on a machine that has no server. It is the
true engine, but not the true server: nothing about users, replicas or load is shown by it. `python -m support.clickhouse_server
PORT` runs it until its standard input ends.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

USER, PASSWORD = "finora", "hunter2-secret"
_NO_SETTINGS = {
    "query",
    "database",
    "session_id",
    "query_id",
    "client_protocol_version",
    "wait_end_of_query",
    "send_progress_in_http_headers",
    "http_headers_progress_interval_ms",
    "enable_http_compression",
    "compress",
    "buffer_size",
}


@contextmanager
def running() -> Iterator[str]:
    """Run one in a process of its own until the block ends; yield the address of its database `default`."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    place = str(Path(__file__).parent.parent)
    server = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "support.clickhouse_server", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": place},
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        assert server.stdout.readline() == "ready\n"
        yield f"clickhouse://{USER}:{PASSWORD}@127.0.0.1:{port}/default"
    finally:
        server.stdin.close()
        server.wait(timeout=30)
        server.stdout.close()


class _Engine:
    """Lends a handle of the one engine to each request."""

    def __init__(self) -> None:
        self._idle: list[Any] = []
        self._lock = threading.Lock()
        self._keeper = self._open()

    @contextmanager
    def lent(self) -> Iterator[Any]:
        with self._lock:
            handle = self._idle.pop() if self._idle else None
        handle = handle or self._open()
        yield handle
        with self._lock:
            self._idle.append(handle)

    @staticmethod
    def _open() -> Any:  # noqa: ANN401 - the package has no types
        import chdb

        return chdb.connect(":memory:")  # type: ignore[no-untyped-call]


class _Request(BaseHTTPRequestHandler):
    """One statement."""

    protocol_version = "HTTP/1.1"
    wbufsize = (
        1 << 16
    )  # headers and body in one piece: the network waits 40 ms for more after the first of two
    engine: _Engine

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def handle_one_request(self) -> None:
        """Take it that a client may be killed."""
        with suppress(ConnectionError):
            super().handle_one_request()

    def log_message(self, *_told: object) -> None:
        """Say nothing."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        else:
            body = b""
            while size := int(self.rfile.readline().strip() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        if self.headers.get("Content-Encoding") == "lz4":
            body = import_module("lz4.frame").decompress(body)
        return body

    def _answer(self, body: bytes) -> None:
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if "boundary=" in self.headers.get("Content-Type", ""):
            given |= _form(self.headers["Content-Type"], body)
            body = b""
        if self.headers.get("Authorization") != _basic(USER, PASSWORD):
            self._send(403, b"Code: 516. Authentication failed", {"X-ClickHouse-Exception-Code": "516"})
            return
        try:
            answer, written, told = self._run(given, body)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the client is told
            text = str(problem)
            code = re.search(r"Code: (\d+)", text)
            self._send(500, text.encode(), {"X-ClickHouse-Exception-Code": code[1] if code else "1"})
            return
        summary = f'{{"read_rows":"{written}","written_rows":"{written}"}}'
        format_ = {"X-ClickHouse-Format": told} if answer or told != "TabSeparated" else {}
        self._send(200, answer, {"X-ClickHouse-Summary": summary, "X-ClickHouse-Timezone": "UTC", **format_})

    def _run(self, given: dict[str, str], body: bytes) -> tuple[bytes, int, str]:
        parameters = {name[6:]: value for name, value in given.items() if name.startswith("param_")}
        with self.engine.lent() as handle:
            handle.query(f"USE {given.get('database', 'default')}")
            for name, value in given.items():
                if name not in _NO_SETTINGS and not name.startswith("param_"):
                    handle.query(f"SET {name} = '{value}'")
            query = given.get("query", "")
            if re.match(r"\s*INSERT INTO .* FORMAT \w+\s*$", query, re.DOTALL):
                return self._insert(handle, query, body)
            sql = query + body.decode()
            told = re.search(r"FORMAT\s+(\w+)\s*;?\s*$", sql)
            result = handle.query(sql, "TabSeparated", params=parameters)
            return result.bytes() or b"", 0, told[1] if told else "TabSeparated"

    @staticmethod
    def _insert(handle: Any, query: str, body: bytes) -> tuple[bytes, int, str]:  # noqa: ANN401 - the package has no types
        with tempfile.NamedTemporaryFile() as file:
            file.write(body)
            file.flush()
            head, _, format_ = query.strip().rpartition(" FORMAT ")
            result = handle.query(f"{head} FROM INFILE '{file.name}' FORMAT {format_}", "TabSeparated")
            return b"", int(result.rows_read()), "TabSeparated"

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _basic(user: str, password: str) -> str:
    from base64 import b64encode

    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def _form(kind: str, body: bytes) -> dict[str, str]:
    from email.parser import BytesParser
    from email.policy import default

    message = BytesParser(policy=default).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    return {
        str(part.get_param("name", header="content-disposition")): str(part.get_content())
        for part in message.iter_parts()
    }


def main() -> None:
    """Serve until standard input ends."""
    _Request.engine = _Engine()
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Request)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # the engine's threads do not end by themselves


if __name__ == "__main__":
    main()
