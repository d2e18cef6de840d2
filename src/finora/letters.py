"""Handing over one-time links: by e-mail where there is a mail server, else once to whoever asked for them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finora.accounts import LinkKind
from finora.mail import MailFailed

if TYPE_CHECKING:
    from finora.accounts import IssuedLink
    from finora.mail import MailServer
    from finora.workspace import Workspace

_LOG = logging.getLogger(__name__)

_INVITATION = """\
You are invited to Finora, which shows what your company spends on AI tools.

Open this link once, within half an hour, and choose a password:

  {url}

If the link has expired, ask whoever invited you for a new one.
"""
_RESET = """\
A new password was asked for your Finora account {email}.

Open this link once, within half an hour, and choose one:

  {url}

If you did not want this, do nothing: your password stays as it is.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What became of a link.

    Attributes:
        email: Whose link it is.
        url: The link itself where it was not mailed, to be shown once; empty where it was.
        problem: Why it was not mailed although there is a mail server.
    """

    email: str
    url: str = ""
    problem: str = ""

    def __repr__(self) -> str:
        return f"HandedOver({self.email}, {'shown' if self.url else 'mailed'})"


def link_url(workspace: Workspace, issued: IssuedLink) -> str:
    """Return the address of a one-time link."""
    return f"{workspace.settings.public_url}/link/{issued.token}"


def hand_over(workspace: Workspace, issued: IssuedLink) -> HandedOver:
    """Mail a link to its user, or return it to be shown once."""
    email, url = issued.record.email, link_url(workspace, issued)
    if workspace.mail is None:
        return HandedOver(email=email, url=url)
    try:
        _mail(workspace.mail, issued, url)
    except MailFailed as problem:
        return HandedOver(email=email, url=url, problem=problem.message)
    return HandedOver(email=email)


def mail_reset(workspace: Workspace, email: str, address: str) -> None:
    """Mail a link to whoever has forgotten a password; nobody learns here whether there is such a user."""
    issued = workspace.accounts.request_reset(email, address=address)
    if issued is None or workspace.mail is None:
        return
    try:
        _mail(workspace.mail, issued, link_url(workspace, issued))
    except MailFailed as problem:
        _LOG.error("%s", problem.message)


def _mail(server: MailServer, issued: IssuedLink, url: str) -> None:
    invited = issued.record.kind is LinkKind.INVITATION
    subject = "Your invitation to Finora" if invited else "A new password for Finora"
    text = (_INVITATION if invited else _RESET).format(url=url, email=issued.record.email)
    server.send(issued.record.email, subject, text)
