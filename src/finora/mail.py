"""Sending mail through the operator's own server."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from enum import StrEnum
from typing import TYPE_CHECKING

from finora.errors import FinoraError

if TYPE_CHECKING:
    from finora.settings import Settings

_TIMEOUT_SECONDS = 15


class MailFailed(FinoraError):
    """The mail server did not take a message."""

    code = "mail_failed"
    status = 502
    title = "The e-mail could not be sent"


class Security(StrEnum):
    """How the way to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in; `sender` is the address that it comes from."""

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, settings: Settings) -> MailServer | None:
        """Return the server of the settings, or None where they name none."""
        if not settings.smtp_host:
            return None
        return cls(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.smtp_from or settings.smtp_user,
            security=Security(settings.smtp_security),
            user=settings.smtp_user,
            password=settings.smtp_password,
        )

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand in a message.

        Raises:
            MailFailed: The server cannot be reached or trusted, or did not take it.
        """
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=self._domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as problem:
            # Their words may repeat what was sent, so that only their kind is told.
            raise MailFailed(
                f"The mail server {self.host}:{self.port} did not take the message ({type(problem).__name__}). Check the "
                "FINORA_SMTP_ settings."
            ) from None

    def _connected(self) -> smtplib.SMTP:
        trusted = ssl.create_default_context()
        if self.security is Security.TLS:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT_SECONDS, context=trusted)
        server = smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_SECONDS)
        if self.security is Security.STARTTLS:
            try:
                server.starttls(context=trusted)
            except BaseException:
                server.close()
                raise
        return server

    @property
    def _domain(self) -> str:
        return self.sender.rpartition("@")[2] or "localhost"
