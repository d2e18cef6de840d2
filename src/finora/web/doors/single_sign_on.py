"""Coming in by OpenID Connect, and connecting it to an account that has a password."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from fastapi import Request
from starlette.responses import RedirectResponse, Response

from finora.accounts import Permission
from finora.accounts.errors import IdentityRefused
from finora.errors import AccessDenied, FinoraError, NotFound
from finora.openid import Begun, OpenIdFailed, OpenIdProvider, OpenIdRefused, Person
from finora.web.address.links import local_path
from finora.web.settings.account import HERE as ACCOUNT
from finora.web.site.help import section_about
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, client_address
from finora.web.wire import cookies
from finora.web.wire.forms import Sent

_BEGIN = "/sign-in/openid"
_BACK = f"{_BEGIN}/back"
_COOKIE = "finora_openid"
_TEN_MINUTES = 600


class SingleSignOn:
    """The way to the issuer and back.

    What must come back with the browser travels in a cookie, sealed with a key that all processes derive alike, as any of
    them may receive it: nothing is kept on the server that a stranger could fill.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._accounts = site.workspace.accounts
        key = site.workspace.vault.ring.current.derived("single sign-on")
        self._seal = Fernet(urlsafe_b64encode(key))

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", _BEGIN, self.begin),
            Route("GET", _BACK, self.finish),
            Route("POST", f"{ACCOUNT}/identity", self.begin_linking),
            Route("POST", f"{ACCOUNT}/identity/remove", self.unlink),
        )

    def begin(self, request: Request) -> Response:
        """Send the browser to the issuer."""
        wanted = local_path(request.query_params.get("next", ""))
        url, begun = self._provider().begin(self._redirect_uri, wanted=wanted)
        response = RedirectResponse(url, 303)
        self._keep(response, begun)
        return response

    def begin_linking(self, request: Request, form: Sent) -> Response:
        """Offer the way to the issuer to somebody signed in.

        It is a link and no redirect, because browsers let no form lead to another site, as the policy demands.
        """
        visit = self._site.visit_that_changes(request, form)
        visit.principal.require(Permission.MANAGE_OWN_ACCOUNT)
        url, begun = self._provider().begin(self._redirect_uri, wanted=ACCOUNT, linking=True)
        heading = Heading(title="Connect single sign-on", active="settings")
        response = self._site.page(
            visit, "openid_continue.html", heading, url=url, label=self._provider().label
        )
        self._keep(response, begun)
        return response

    def finish(self, request: Request) -> Response:
        """Receive the browser back from the issuer."""
        provider, begun = self._provider(), self._begun(request)
        try:
            person = provider.finish(self._redirect_uri, dict(request.query_params), begun)
            response = (
                self._linked(request, person) if begun.linking else self._let_in(request, person, begun)
            )
        except (OpenIdRefused, IdentityRefused) as problem:
            self._accounts.record(
                None,
                "session.refused",
                details={"issuer": provider.issuer.address},
                address=client_address(request),
            )
            response = self._refusal(request, problem)
        cookies.forget(response, _COOKIE, secure=self._site.gate.secure)
        return response

    def unlink(self, request: Request, form: Sent) -> Response:
        """Take the way in by the issuer away."""
        visit = self._site.visit_that_changes(request, form)
        self._accounts.unlink_identities(visit.principal, address=visit.address)
        return self._site.go(ACCOUNT, "identity_unlinked")

    def _let_in(self, request: Request, person: Person, begun: Begun) -> Response:
        signed_in = self._accounts.sign_in_as(
            person, address=client_address(request), user_agent=request.headers.get("user-agent", "")
        )
        response = self._site.go(begun.wanted)
        cookies.remember_session(response, signed_in, self._site.now(), secure=self._site.gate.secure)
        return response

    def _linked(self, request: Request, person: Person) -> Response:
        visit = self._site.visit(request)
        self._accounts.link_identity(visit.principal, person, address=visit.address)
        return self._site.go(ACCOUNT, "identity_linked", self._provider().label)

    def _refusal(self, request: Request, problem: FinoraError) -> Response:
        heading = Heading(title=problem.title)
        return self._site.door(
            request,
            "error.html",
            heading,
            status=AccessDenied.status,
            text=problem.message,
            more=section_about(problem.code),
        )

    def _keep(self, response: Response, begun: Begun) -> None:
        sealed = self._seal.encrypt(msgspec.json.encode(begun)).decode()
        cookies.remember(response, _COOKIE, sealed, _TEN_MINUTES, secure=self._site.gate.secure)

    def _begun(self, request: Request) -> Begun:
        try:
            opened = self._seal.decrypt(cookies.read(request, _COOKIE), ttl=_TEN_MINUTES)
        except InvalidToken:
            raise OpenIdFailed(
                "This sign-in was not begun in this browser, or took longer than ten minutes. Begin again."
            ) from None
        return msgspec.json.decode(opened, type=Begun)

    def _provider(self) -> OpenIdProvider:
        provider = self._site.workspace.openid
        if provider is None:
            raise NotFound("Single sign-on is not set up here. Sign in with your password.")
        return provider

    @property
    def _redirect_uri(self) -> str:
        return f"{self._site.workspace.settings.public_url}{_BACK}"
