"""Choosing a password by a one-time link, and asking for such a link."""

from collections.abc import Iterable
from urllib.parse import quote

from fastapi import Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from finora.accounts import LinkKind, LinkRecord
from finora.accounts.errors import TooManyAttempts, WeakPassword
from finora.letters import mail_reset
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, client_address
from finora.web.site.words import PASSWORD_RULE, Told
from finora.web.wire.forms import Sent

_ASKED = Told(
    title="Look into your mailbox",
    text="If there is an account of this address, a link is on its way. It works once, for half an hour.",
    level="success",
)


class PasswordLinks:
    """The pages behind invitation and reset links."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._accounts = site.workspace.accounts

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", "/link/{token}", self.ask_for_password),
            Route("POST", "/link/{token}", self.set_password),
            Route("GET", "/forgot", self.ask_for_address),
            Route("POST", "/forgot", self.mail_link),
        )

    def ask_for_password(self, request: Request, token: str) -> Response:
        """Ask for a password; looking does not use the link up, for mail programs look too."""
        return self._password_page(request, token, self._accounts.link(token), {})

    def set_password(self, request: Request, token: str, form: Sent) -> Response:
        """Set the password, and lead to where one signs in with it."""
        self._site.gate.refuse_foreign(request)
        link, password = self._accounts.link(token), form.text("password")
        if password != form.text("password_again"):
            return self._password_page(request, token, link, {"password_again": "The two passwords differ."})
        try:
            self._accounts.use_link(token, password, address=client_address(request))
        except WeakPassword as problem:
            return self._password_page(request, token, link, {"password": problem.message})
        return self._site.go("/sign-in", "password_chosen")

    def ask_for_address(self, request: Request) -> Response:
        """Ask whose password was forgotten."""
        return self._address_page(request)

    def mail_link(self, request: Request, form: Sent) -> Response:
        """Mail a link. Whether there is such a user is decided after the answer, which is the same for all."""
        self._site.gate.refuse_foreign(request)
        if self._site.workspace.mail is None:
            return self._address_page(request)
        try:
            self._accounts.may_request_reset(form.text("email"), address=client_address(request))
        except TooManyAttempts as problem:
            told = Told(title=problem.title, text=problem.message, level="bad")
            return self._address_page(request, told, status=problem.status)
        response = self._address_page(request, _ASKED)
        response.background = BackgroundTask(
            mail_reset, self._site.workspace, form.text("email"), client_address(request)
        )
        return response

    def _password_page(
        self, request: Request, token: str, link: LinkRecord, errors: dict[str, str]
    ) -> Response:
        invited = link.kind is LinkKind.INVITATION
        return self._site.door(
            request,
            "link.html",
            Heading(title="Welcome to Finora" if invited else "Choose a new password"),
            status=422 if errors else 200,
            token=quote(token, safe=""),
            email=link.email,
            invited=invited,
            errors=errors,
            rule=PASSWORD_RULE,
        )

    def _address_page(self, request: Request, *told: Told, status: int = 200) -> Response:
        return self._site.door(
            request,
            "forgot.html",
            Heading(title="Forgot your password?"),
            notices=told,
            status=status,
            by_mail=self._site.workspace.mail is not None,
        )
