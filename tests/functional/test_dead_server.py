"""What a server that died leaves behind must not lead a command, with its token and keys, to whoever listens there now."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

from finora.cli.operator import announced, answering
from finora.storage.data_dir import held, prepare

if TYPE_CHECKING:
    from pathlib import Path


class Listener(BaseHTTPRequestHandler):
    """Answers all that is asked with a 200, as somebody would who wants to be told more."""

    asked: list[str]

    def do_GET(self) -> None:
        """Answer."""
        self.asked.append(self.headers["Authorization"])
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_token_is_not_told_to_whoever_took_a_dead_servers_place(tmp_path: Path) -> None:
    Listener.asked = []
    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    prepare(tmp_path)
    try:
        with announced(tmp_path, f"http://127.0.0.1:{server.server_port}"):
            assert answering(tmp_path) is None
            assert Listener.asked == []
            with held(tmp_path):  # a server that lives
                assert answering(tmp_path) is not None
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert len(Listener.asked) == 1
