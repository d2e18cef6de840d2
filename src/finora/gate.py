"""The gate: who makes a request, and whether a request that changes something was meant.

A request proves itself by a bearer token (an API token, or the operator's from the data directory) or by the session
cookie. Cookies travel along with requests that other sites make, so with a cookie a change must also come from our own
pages: its `Origin` (or `Sec-Fetch-Site`) says so, and it carries the session's CSRF token.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from finora.accounts import OPERATOR, Permission, Principal
from finora.accounts.errors import TokenInvalid
from finora.errors import AccessDenied, NotSignedIn
from finora.proof import proof_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from finora.workspace import Workspace

SESSION_COOKIE = "finora_session"
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_name(name: str, *, secure: bool) -> str:
    """Return what a cookie is called; over TLS so that browsers take it from this very host alone, over TLS, for `/`.

    The prefix keeps other hosts of the same domain, and whoever meddles with plain connections, from planting one.
    """
    return f"__Host-{name}" if secure else name


class ForeignRequest(AccessDenied):
    """A change was asked for by a page that is not ours, or by one that is too old."""

    code = "foreign_request"
    title = "This request did not come from Finora's own pages"


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets requests in.

    Args:
        workspace: Whose accounts decide.
        operator_token: What the operator's commands prove themselves with; none without a server.
    """

    workspace: Workspace
    operator_token: str = ""

    def principal(self, request: Request) -> Principal:
        """Return who makes a request.

        Raises:
            NotSignedIn: Nobody, or nobody known.
        """
        header = request.headers.get("authorization", "")
        scheme, _, token = header.partition(" ")
        if header:
            if scheme.lower() != "bearer" or not token:
                raise TokenInvalid("The Authorization header must be: Bearer <API token>.")
            if self.operator_token and hmac.compare_digest(token.encode(), self.operator_token.encode()):
                return OPERATOR
            return self.workspace.accounts.principal_for_token(token)
        cookie = self.session_token(request)
        if not cookie:
            raise NotSignedIn("Sign in, or send an API token as “Authorization: Bearer …”.")
        return self.workspace.accounts.session_for(cookie)

    def credential(self, request: Request) -> str:
        """Return what a request proves itself with, known or not; empty without anything."""
        header = request.headers.get("authorization", "")
        return header.partition(" ")[2].strip() if header else self.session_token(request)

    def whose(self, request: Request) -> str:
        """Return a text for who makes a request, the same for all of their tokens and sessions.

        Raises:
            NotSignedIn: Nobody, or nobody known.
        """
        principal = self.principal(request)
        return principal.user_id or principal.email

    def proof(self, challenge: str) -> str:
        """Return what only the server can make of a challenge whose operator's token a command knows; see `proof_of`."""
        return proof_of(self.operator_token, challenge) if self.operator_token else ""

    def let_change(self, request: Request, csrf: str = "") -> None:
        """Let a request that changes something go on, if it was meant.

        Args:
            request: The request.
            csrf: The CSRF token of a form; the header `X-CSRF-Token` does as well.

        Raises:
            ForeignRequest: It came from another site, or lacks the session's CSRF token.
        """
        if request.method in _SAFE_METHODS or request.headers.get("authorization"):
            return
        self.refuse_foreign(request)
        given = csrf or request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.csrf_token(request).encode()):
            raise ForeignRequest("The page this came from is too old. Reload it and try again.")

    def refuse_foreign(self, request: Request) -> None:
        """Refuse a request that another site's page made.

        Raises:
            ForeignRequest: It was.
        """
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site")
        if origin is not None:
            own = {request.url.netloc, urlsplit(self.workspace.settings.public_url).netloc}
            foreign = urlsplit(origin).netloc not in own
        else:
            foreign = site is not None and site not in {"same-origin", "none"}
        if foreign:
            raise ForeignRequest("Another site's page asked for this change, so it was refused.")

    def csrf_token(self, request: Request) -> str:
        """Return the CSRF token of a request's session; empty without one."""
        cookie = self.session_token(request)
        return hmac.new(cookie.encode(), b"finora csrf", hashlib.sha256).hexdigest() if cookie else ""

    def session_token(self, request: Request) -> str:
        """Return what a browser proves its session with; empty where it has none."""
        return request.cookies.get(cookie_name(SESSION_COOKIE, secure=self.secure), "")

    @property
    def secure(self) -> bool:
        """Whether people reach Finora over TLS, so that cookies must never travel without it."""
        return self.workspace.settings.public_url.startswith("https:")


def own_only(principal: Principal) -> str | None:
    """Return the e-mail whose usage a reader may see, or none if they may see everybody's.

    Raises:
        NotPermitted: They may see nobody's.
    """
    if principal.may(Permission.READ_ALL):
        return None
    principal.require(Permission.READ_OWN)
    return principal.email
