"""What a server that died leaves behind must not lead a command, with its token and keys, to whoever listens there now."""

from __future__ import annotations

import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import msgspec
import pytest

from finora.cli.operator import Operator, announced, answering
from finora.gate import Gate
from finora.storage.data_dir import held, prepare
from finora.storage.private_file import replace_private
from support.running import OPERATOR_TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.running import Running


class Listener(BaseHTTPRequestHandler):
    """Answers all that is asked with a 200, as somebody would who wants to be told more."""

    asked: list[str | None]
    answer = b"{}"

    def do_GET(self) -> None:
        """Answer."""
        self.asked.append(self.headers["Authorization"])
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def imposter() -> Iterator[str]:
    Listener.asked = []
    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("answer", [b"{}", b"[]", b"rubbish", b'{"proof": ""}', b'{"proof": "\xc3\xa9"}'])
def test_a_token_is_not_told_to_whoever_took_a_dead_servers_place(
    tmp_path: Path, imposter: str, answer: bytes
) -> None:
    """Nor while the next server starts, which holds the directory and has not yet said where it is."""
    Listener.answer = answer
    prepare(tmp_path)
    with announced(tmp_path, imposter):
        assert answering(tmp_path) is None
        assert Listener.asked == [], "nobody holds the directory"
        with held(tmp_path):
            assert answering(tmp_path) is None
    assert Listener.asked == [None], "asked to prove itself, and told nothing"


def test_a_server_that_lives_is_known(fresh: Running, tmp_path: Path) -> None:
    prepare(tmp_path)
    operator = Operator(fresh.url, OPERATOR_TOKEN)
    with held(tmp_path):
        replace_private(tmp_path / "operator.json", msgspec.json.encode(operator).decode())
        assert answering(tmp_path) == operator
        other = Operator(fresh.url, "the token of the server before")
        replace_private(tmp_path / "operator.json", msgspec.json.encode(other).decode())
        assert answering(tmp_path) is None


def test_where_the_server_is_is_told_to_its_owner_only_and_whole(tmp_path: Path) -> None:
    """A command that reads while it is written gets the former or the new one, never a half."""
    prepare(tmp_path)
    file = tmp_path / "operator.json"
    file.write_text("left by a dead server")
    file.chmod(0o644)
    before = file.stat().st_ino
    with announced(tmp_path, "http://127.0.0.1:9") as operator:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.stat().st_ino != before, "replaced, not written over"
        assert msgspec.json.decode(file.read_bytes(), type=Operator) == operator
    assert [each.name for each in tmp_path.iterdir() if each.suffix != ".lock"] == []


def test_a_server_without_an_operator_proves_nothing(fresh: Running) -> None:
    assert Gate(fresh.workspace).proof("a challenge of some length") == ""
