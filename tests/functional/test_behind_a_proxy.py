"""Names that Finora answers to, whose word on addresses it takes, and a real nginx before it."""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from finora.accounts import OPERATOR, Role
from finora.cli.listening import listen
from support.running import CAST, PASSWORD, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.running import Running

LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    "host", ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "", "evil.test:80", "[::1", "a b"]
)
def test_a_name_that_is_not_ours_gets_no_answer(fresh: Running, host: str) -> None:
    """Else a page of another site reads ours once its name was led to this machine."""
    answer = fresh.client().get("/sign-in", headers={"host": host})
    assert answer.status_code in {400, 421}
    assert "<form" not in answer.text
    if answer.status_code == 421:
        assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8000", "192.0.2.7:80"])
def test_our_own_names_are_answered(fresh: Running, host: str) -> None:
    assert fresh.client().get("/sign-in", headers={"host": host}).status_code == 200


def test_the_public_name_is_answered_and_orchestrators_may_use_theirs(serve: Callable[..., Running]) -> None:
    finora = serve(base_url="https://finora.acme.test")
    assert finora.client().get("/sign-in", headers={"host": "finora.acme.test"}).status_code == 200
    assert finora.client().get("/sign-in", headers={"host": "acme.test"}).status_code == 421
    for path in ("/healthz", "/readyz", "/metrics"):
        assert finora.client().get(path, headers={"host": "finora-pod-7"}).status_code == 200


def signed_in_from(finora: Running, **headers: str) -> str:
    form = {"email": CAST[Role.MEMBER][0], "password": PASSWORD}
    answer = finora.client().post("/sign-in", data=form, headers=headers)
    assert answer.status_code == 303, answer.text
    entry, *_ = finora.workspace.accounts.audit_entries(OPERATOR, act="session.started")
    return entry.address


def test_a_stranger_cannot_choose_the_address_they_come_from(serve: Callable[..., Running]) -> None:
    """Else nobody who guesses passwords is ever slowed down, and the audit log says what they like."""
    assert signed_in_from(serve(), **{"x-forwarded-for": "192.0.2.1"}) == "127.0.0.1"


def test_a_trusted_proxy_is_believed_about_the_last_address_that_it_saw(
    serve: Callable[..., Running],
) -> None:
    finora = serve(trusted_proxies=LOOPBACK)
    assert signed_in_from(finora, **{"x-forwarded-for": "192.0.2.66, 198.51.100.7"}) == "198.51.100.7"


def test_a_proxy_that_is_not_named_is_not_believed(serve: Callable[..., Running]) -> None:
    finora = serve(trusted_proxies=(ip_network("10.0.0.0/8"),))
    assert signed_in_from(finora, **{"x-forwarded-for": "192.0.2.1"}) == "127.0.0.1"


NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name finora.acme.test;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    {protocols}
{location}
  }}
}}
"""


@pytest.fixture
def nginx(
    serve: Callable[..., Running], tmp_path: Path, certificate: tuple[Path, Path]
) -> Iterator[tuple[str, Running]]:
    """The documented location in a real nginx, before a Finora that knows its public address."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    finora = serve(base_url="https://finora.acme.test", trusted_proxies=LOOPBACK)
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    documented = (Path(__file__).parents[2] / "deploy" / "nginx.conf").read_text()
    location = documented[documented.index("    location /") : documented.index("\n}")].replace(
        "http://127.0.0.1:8000", finora.url
    )
    (protocols,) = re.findall(r"ssl_protocols .*;", documented)
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        NGINX.format(
            folder=tmp_path,
            port=port,
            certificate=certificate[0],
            key=certificate[1],
            protocols=protocols,
            location=location,
        )
    )
    command = [program, "-c", str(conf), "-p", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - as found
        try:
            eventually((tmp_path / "nginx.pid").exists)
            yield f"https://127.0.0.1:{port}", finora
        finally:
            process.terminate()


def test_behind_nginx_as_documented_one_signs_in_over_tls_and_is_known_by_one_s_address(
    nginx: tuple[str, Running], certificate: tuple[Path, Path]
) -> None:
    url, finora = nginx
    trusted = ssl.create_default_context(cafile=certificate[0])
    given = {"host": "finora.acme.test"}
    with httpx.Client(base_url=url, verify=trusted, headers=given, trust_env=False) as browser:
        form = {"email": CAST[Role.MEMBER][0], "password": PASSWORD}
        headers = {"origin": "https://finora.acme.test", "x-forwarded-for": "192.0.2.66"}
        answer = browser.post("/sign-in", data=form, headers=headers)
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"] == "/"
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age" in answer.headers["strict-transport-security"]
        assert browser.post("/sign-in", data={"email": "x" * 2_000_000}).status_code == 413
    entry, *_ = finora.workspace.accounts.audit_entries(OPERATOR, act="session.started")
    assert entry.address == "127.0.0.1", "the browser's, not the one it made up"
    port = str(httpx.URL(url).port)
    assert spoken("-tls1_2", port) == "TLSv1.2"
    assert spoken("-tls1_3", port) == "TLSv1.3"
    assert spoken("-tls1_1", port) == ""


def spoken(version: str, port: str) -> str:
    """Return which TLS a server agrees to speak with somebody who offers one version, however weak; empty for none."""
    offer = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", version, "-cipher", "ALL:@SECLEVEL=0"]
    said = subprocess.run(offer, input=b"", capture_output=True, check=False, timeout=20).stdout.decode()  # noqa: S603 - the system's own
    found = re.search(r"^New, (TLSv\S+), Cipher is (?!\(NONE\))", said, re.MULTILINE)
    return found[1].rstrip(",") if found else ""
