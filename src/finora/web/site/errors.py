"""Error pages: what happened and what to do, in the design, and nothing of the inside."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from finora.accounts.errors import SessionInvalid, TokenInvalid
from finora.errors import FinoraError, NotSignedIn
from finora.web.site.help import section_about
from finora.web.site.site import Heading, Site, Visit, sign_in_href
from finora.web.wire import cookies
from finora.web.wire.headers import write_security_headers

_UNFORESEEN = "Something unforeseen happened in Finora. Nothing was lost. Try again; if it happens again, its log has the details."


def error_page(site: Site, request: Request, error: FinoraError) -> Response:
    """Return the page that tells of an error; for somebody unknown, the way to sign in."""
    if isinstance(error, NotSignedIn) and not isinstance(error, TokenInvalid):
        return _to_sign_in(site, request, error)
    return _told(site, request, title=error.title, text=error.message, status=error.status, code=error.code)


def unexpected_page(site: Site, request: Request) -> Response:
    """Return the page that tells of an error nobody foresaw.

    It carries the security headers itself, because what answers such errors stands outside of all middleware.
    """
    response = _told(
        site, request, title="Something went wrong", text=_UNFORESEEN, status=500, code="internal"
    )
    write_security_headers(MutableHeaders(raw=response.raw_headers), secure=site.gate.secure)
    return response


def _to_sign_in(site: Site, request: Request, error: NotSignedIn) -> Response:
    href = sign_in_href(request)
    if _is_part_of_page(request):
        # A part that refreshes itself must not be replaced by a whole page.
        response = Response(status_code=error.status, headers={"HX-Redirect": "/sign-in"})
    else:
        response = RedirectResponse(href, 303)
    if isinstance(error, SessionInvalid) or site.gate.session_token(request):
        cookies.forget_session(response, secure=site.gate.secure)
    return response


def _is_part_of_page(request: Request) -> bool:
    return request.headers.get("hx-request-type") == "partial"


def _told(site: Site, request: Request, *, title: str, text: str, status: int, code: str) -> Response:
    heading, more = Heading(title=title), section_about(code)
    try:
        visit = Visit(request, site.gate.principal(request))
        return site.page(visit, "error.html", heading, status=status, text=text, more=more)
    except Exception:  # noqa: BLE001 - the error may be that nothing can be read; the plainest page needs nothing
        return site.door(request, "error.html", heading, status=status, text=text, more=more)
