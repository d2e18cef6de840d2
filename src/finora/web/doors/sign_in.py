"""Coming in and going out: the first owner's link, signing in, signing out, and the theme."""

from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from fastapi import Request
from starlette.responses import Response

from finora.accounts.errors import (
    InvalidEmail,
    InvalidSignIn,
    SetupLinkInvalid,
    TooManyAttempts,
    WeakPassword,
)
from finora.errors import FinoraError, NotSignedIn
from finora.gate import CSRF_FIELD
from finora.web.address.links import address, local_path
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, client_address
from finora.web.site.words import PASSWORD_RULE, Told
from finora.web.wire import cookies
from finora.web.wire.forms import Fields, Sent

_FIRST_STEPS = "/settings/api-keys"
_NOBODY_YET = Told(
    title="Nobody can sign in yet",
    text="Open the one-time link that Finora printed in its terminal when it started; it makes the first owner.",
)


class Doors:
    """The pages for people who are not signed in, and the way out."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._accounts = site.workspace.accounts

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", "/setup/{token}", self.ask_for_owner),
            Route("POST", "/setup/{token}", self.create_owner),
            Route("GET", "/sign-in", self.ask_to_sign_in),
            Route("POST", "/sign-in", self.sign_in),
            Route("POST", "/sign-out", self.sign_out),
            Route("POST", "/theme", self.set_theme),
        )

    def ask_for_owner(self, request: Request, token: str) -> Response:
        """Ask who the first owner is."""
        if not self._accounts.is_setup_link(token):
            raise SetupLinkInvalid(
                "This setup link is not valid: it was used already, or Finora was started again and printed a new one. "
                "Look for the newest link in the terminal; if there is an owner already, sign in."
            )
        return self._owner_page(request, token, Fields(), {})

    def create_owner(self, request: Request, token: str, form: Sent) -> Response:
        """Make the first owner and sign them in."""
        self._site.gate.refuse_foreign(request)
        email, password = form.text("email"), form.text("password")
        if password != form.text("password_again"):
            return self._owner_page(request, token, form, {"password_again": "The two passwords differ."})
        try:
            self._accounts.create_first_owner(
                token, email=email, password=password, name=form.text("name"), address=client_address(request)
            )
        except InvalidEmail as problem:
            return self._owner_page(request, token, form, {"email": problem.message})
        except WeakPassword as problem:
            return self._owner_page(request, token, form, {"password": problem.message})
        return self._let_in(request, email, password, _FIRST_STEPS)

    def ask_to_sign_in(self, request: Request) -> Response:
        """Ask who is there."""
        wanted = local_path(request.query_params.get("next", ""))
        return self._site.go(wanted) if self._is_signed_in(request) else self._sign_in_page(request, wanted)

    def sign_in(self, request: Request, form: Sent) -> Response:
        """Start a session."""
        self._site.gate.refuse_foreign(request)
        wanted, email = local_path(form.text("next")), form.text("email")
        try:
            return self._let_in(request, email, form.text("password"), wanted)
        except (InvalidSignIn, TooManyAttempts) as problem:
            return self._sign_in_page(request, wanted, email=email, problem=problem)

    def sign_out(self, request: Request, form: Sent) -> Response:
        """End the session."""
        self._site.gate.let_change(request, form.text(CSRF_FIELD))
        self._accounts.sign_out(self._site.gate.session_token(request), address=client_address(request))
        response = self._site.go("/sign-in", "signed_out")
        cookies.forget_session(response, secure=self._site.gate.secure)
        return response

    def set_theme(self, request: Request, form: Sent) -> Response:
        """Remember a theme, and go back to the page it was chosen on."""
        self._site.gate.refuse_foreign(request)
        response = self._site.go(_page_before(request))
        if form.text("theme") in cookies.THEMES:
            cookies.remember_theme(response, form.text("theme"), secure=self._site.gate.secure)
        return response

    def _owner_page(self, request: Request, token: str, form: Fields, errors: dict[str, str]) -> Response:
        return self._site.door(
            request,
            "setup.html",
            Heading(title="Create the owner"),
            status=422 if errors else 200,
            token=quote(token, safe=""),
            name=form.text("name"),
            email=form.text("email"),
            errors=errors,
            rule=PASSWORD_RULE,
        )

    def _sign_in_page(
        self, request: Request, wanted: str, *, email: str = "", problem: FinoraError | None = None
    ) -> Response:
        openid = self._site.workspace.openid
        notices: tuple[Told, ...] = ()
        if problem is not None:
            notices = (Told(title=problem.title, text=problem.message, level="bad"),)
        elif not self._accounts.users():
            notices = (_NOBODY_YET,)
        return self._site.door(
            request,
            "sign_in.html",
            Heading(title="Sign in"),
            notices=notices,
            status=problem.status if problem else 200,
            wanted=wanted,
            email=email,
            openid=openid.label if openid else "",
            openid_href=address("/sign-in/openid", [("next", wanted)]),
        )

    def _let_in(self, request: Request, email: str, password: str, wanted: str) -> Response:
        signed_in = self._accounts.sign_in(
            email,
            password,
            address=client_address(request),
            user_agent=request.headers.get("user-agent", ""),
        )
        response = self._site.go(wanted)
        cookies.remember_session(response, signed_in, self._site.now(), secure=self._site.gate.secure)
        return response

    def _is_signed_in(self, request: Request) -> bool:
        try:
            self._site.gate.principal(request)
        except NotSignedIn:
            return False
        return True


def _page_before(request: Request) -> str:
    """Return the path of the page a form was sent from; its site does not matter, as nobody is sent there."""
    parts = urlsplit(request.headers.get("referer", ""))
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""))
