"""Invitations and resets through a real mail server: what arrives, who learns what, and what happens when it does not."""

from __future__ import annotations

import logging
import re
import ssl
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from finora.cli.listening import listen
from finora.mail import MailFailed, MailServer, Security
from support.pages import OWNER, Visitor, visited
from support.simulated import simulation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

USERS, NEW = "/settings/users", "another horse 8 battery"
SECRET = "mail-password-of-the-tests"


class Mailbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.arrived: list[tuple[list[str], str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's names
        self.arrived.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Controller]:
    running = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    running.start()
    yield running
    if running.server is not None:
        running.stop()


def free_port() -> int:
    listener = listen("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    listener.close()
    return port


@pytest.fixture
def owner(server: Controller, tmp_path: Path) -> Iterator[Visitor]:
    mail = {
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
        "smtp_security": "none",
        "smtp_from": "finora@acme.test",
    }
    with visited(simulation(), tmp_path, connected=False, **mail) as visitor:
        yield visitor


def link_in(text: str) -> str:
    found = re.search(r"http://localhost:8000(/link/[\w=\n-]+)", text)
    assert found, text
    return found[1].replace("=\n", "").strip()


def test_an_invitation_arrives_and_is_not_shown_to_the_admin(owner: Visitor, mailbox: Mailbox) -> None:
    page = owner.fill_in(owner.open(USERS), USERS, name="Bo", email="bo@acme.test", role="member")
    assert "on its way to bo@acme.test" in page.text
    ((to, text),) = mailbox.arrived
    assert to == ["bo@acme.test"]
    link = link_in(text)
    assert link not in page.source
    bo = Visitor(owner.workspace)
    assert "Your password is set" in bo.send(link, password=NEW, password_again=NEW).text
    assert bo.send("/sign-in", email="bo@acme.test", password=NEW).path == "/"


def test_who_forgot_a_password_gets_a_link_and_nobody_learns_who_is_known(
    owner: Visitor, mailbox: Mailbox
) -> None:
    stranger = Visitor(owner.workspace)
    pages = [stranger.send("/forgot", email=email) for email in (OWNER, "nobody@acme.test")]
    assert pages[0].source == pages[1].source
    assert pages[0].status == 200
    ((to, text),) = mailbox.arrived
    assert to == [OWNER]
    assert "Your password is set" in stranger.send(link_in(text), password=NEW, password_again=NEW).text
    assert owner.open("/settings/account").path.startswith("/sign-in"), "signed out everywhere"


def test_a_mailbox_is_not_filled_by_asking_again(owner: Visitor, mailbox: Mailbox) -> None:
    for _ in range(5):
        assert Visitor(owner.workspace).send("/forgot", email=OWNER).status == 200
    assert len(mailbox.arrived) == 1
    assert {Visitor(owner.workspace).send("/forgot", email=OWNER).status for _ in range(5)} == {200, 429}


def test_when_mail_fails_the_admin_gets_the_link_once_and_learns_why(
    owner: Visitor, server: Controller
) -> None:
    server.stop()
    page = owner.fill_in(owner.open(USERS), USERS, email="bo@acme.test", role="member")
    assert "did not take the message" in page.text
    assert Visitor(owner.workspace).open(link_in(page.source)).status == 200


def test_when_mail_fails_who_forgot_learns_nothing_and_the_log_no_link(
    owner: Visitor, server: Controller, caplog: pytest.LogCaptureFixture
) -> None:
    server.stop()
    with caplog.at_level(logging.ERROR):
        page = Visitor(owner.workspace).send("/forgot", email=OWNER)
    assert "Look into your mailbox" in page.text
    assert "did not take the message" in caplog.text
    assert "/link/" not in caplog.text


@pytest.fixture
def guarded(mailbox: Mailbox, certificate: tuple[Path, Path]) -> Iterator[Controller]:
    """A server that takes mail only over TLS and from who knows the password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's
        return AuthResult(success=data.password == SECRET.encode(), handled=False)

    running = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=check,
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch, certificate: tuple[Path, Path]) -> Callable[[], None]:
    """Let this machine trust the server's certificate."""

    def trust() -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    return trust


def mail_server(port: int, password: str = SECRET) -> MailServer:
    return MailServer(
        host="127.0.0.1",
        port=port,
        sender="f@acme.test",
        security=Security.STARTTLS,
        user="f",
        password=password,
    )


def test_over_starttls_with_a_password_mail_arrives(
    guarded: Controller, mailbox: Mailbox, trusting: Callable[[], None]
) -> None:
    trusting()
    mail_server(guarded.port).send("bo@acme.test", "Zoë", "Hello\n")
    assert "Subject: =?utf-8?" in mailbox.arrived[0][1]


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_password(
    guarded: Controller, mailbox: Mailbox
) -> None:
    with pytest.raises(MailFailed, match="SSLCertVerificationError"):
        mail_server(guarded.port).send("bo@acme.test", "s", "t")
    assert mailbox.arrived == []


def test_a_wrong_mail_password_is_told_without_repeating_it(
    guarded: Controller, trusting: Callable[[], None]
) -> None:
    trusting()
    with pytest.raises(MailFailed) as caught:
        mail_server(guarded.port, "wrong-password").send("bo@acme.test", "s", "t")
    assert "wrong-password" not in str(caught.value) + repr(mail_server(1, "wrong-password"))
