"""Whatever is sent as a form or a file: it is bounded, nothing of it is kept, and nothing of it breaks a page."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from finora.accounts import Role
from support.pages import Visitor, visited
from support.simulated import simulation
from support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.running import Running

FORM = {"content-type": "application/x-www-form-urlencoded"}
IMPORT = "/subscriptions/import"


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visited(simulation(), tmp_path_factory.mktemp("forms"), connected=False) as visitor:
        yield visitor


def test_a_form_larger_than_any_of_ours_is_not_read(fresh: Running) -> None:
    body = b"email=" + b"a" * 64 * 1024
    answer = fresh.client().post("/sign-in", content=body, headers=FORM)
    assert (answer.status_code, "larger than any" in answer.text) == (400, True)
    unannounced = fresh.client().post("/sign-in", content=iter([body]), headers=FORM)
    assert unannounced.status_code == 400, "what does not say how large it is might never end"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300),
    st.sampled_from([FORM["content-type"], "multipart/form-data; boundary=x", "text/csv", ""]),
)
@example(b"email=%ff%fe&password=%00", FORM["content-type"])
@example(b"&".join([b"a=b"] * 300), FORM["content-type"])
@example(
    b"--x\r\nContent-Disposition: form-data; name=email; filename=x\r\n\r\nfile\r\n--x--\r\n",
    "multipart/form-data; boundary=x",
)
@example(b"--x\r\nContent-Disposition: form-data\r\n\r\n--x--", "multipart/form-data; boundary=x")
def test_whatever_is_sent_as_a_form_is_answered(owner: Visitor, body: bytes, kind: str) -> None:
    for path in ("/sign-in", "/settings/account", IMPORT):
        answer = owner.http.post(path, content=body, headers={"content-type": kind}, follow_redirects=False)
        assert answer.status_code < 500, (path, body)


@pytest.mark.parametrize(
    "content",
    [
        b"name,sku,seats,price_per_seat,billing_cycle,start_date\n" + b"a,b,c,d,e,f\n" * 80_000,
        b"," * 900_000,
        b'"' + b"a" * 900_000,
        b"\n" * 900_000,
        b"\xff\xfe\x00" * 300_000,
    ],
    ids=["rows", "columns", "one cell", "nothing", "no text"],
)
def test_a_file_that_is_mostly_large_is_refused_at_once(owner: Visitor, content: bytes) -> None:
    began = time.monotonic()
    answer = owner.http.post(
        IMPORT,
        data={"csrf": owner.csrf, "act": "import"},
        files={"file": ("../../x.csv", content, "text/csv")},
    )
    assert answer.status_code == 422
    assert time.monotonic() - began < 10
    assert owner.workspace.subscriptions.all() == []


def test_a_file_beyond_the_limit_is_not_taken_and_none_is_kept(acme: Running) -> None:
    before = {path for path in acme.folder.rglob("*") if path.is_file()}
    browser = acme.browser(Role.OWNER)
    large = {"file": ("x.csv", b"a" * 2_000_000, "text/csv")}
    assert browser.post(IMPORT, files=large).status_code == 413
    small = acme.admin.post(
        "/api/v1/subscriptions/import?rehearse=true", content=b"name\n", headers={"content-type": "text/csv"}
    )
    assert small.status_code == 422
    assert {path for path in acme.folder.rglob("*") if path.is_file()} == before


def test_a_server_writes_down_no_address_that_was_asked_for(tmp_path: Path) -> None:
    """Addresses hold one-time links, and logs are read by more people than may use them."""
    with Terminal(tmp_path / "data").serving() as server:
        for path in ("/link/one-time-secret", "/setup/one-time-secret", "/?q=one-time-secret"):
            assert httpx.get(f"{server.url}{path}", trust_env=False).status_code in {303, 403}
        server.process.terminate()
        server.wait_for_end(15)
    assert "Finora is at" in server.said
    assert "one-time-secret" not in server.said
