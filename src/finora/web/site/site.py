"""The ground that all pages stand on: who visits, what a page is rendered with, and where one goes next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from finora.accounts import Permission, Principal
from finora.connections import Connection
from finora.gate import CSRF_FIELD, Gate, own_only
from finora.web.address.links import Links
from finora.web.figures.coverage import Coverage, Coverages
from finora.web.figures.standing import Standings
from finora.web.site.frame import Freshness, freshness, standing_notices
from finora.web.site.times import places_at, times_at
from finora.web.site.words import Told, said
from finora.web.wire import cookies
from finora.web.wire.forms import Fields
from finora.workspace import Workspace

_SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by somebody who is signed in."""

    request: Request
    principal: Principal

    @property
    def own(self) -> str | None:
        """The e-mail whose usage alone they may see, or none if they may see everybody's."""
        return own_only(self.principal)

    @property
    def address(self) -> str:
        """Where the request came from."""
        return client_address(self.request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a page is: its title, its place in the navigation, and what is read out when it has changed.

    What is `open` is for everybody, and has a frame of its own for those who are not signed in.
    """

    title: str
    active: str = ""
    announce: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The workspace's pages."""

    workspace: Workspace
    gate: Gate
    templates: Environment
    links: Links
    standings: Standings
    coverages: Coverages

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return self.workspace.settings.zone

    def now(self) -> datetime:
        """Return the present moment."""
        return self.workspace.clock.now()

    def visit(self, request: Request) -> Visit:
        """Return a request's visitor.

        Raises:
            NotSignedIn: Nobody, or nobody known.
        """
        return Visit(request, self.gate.principal(request))

    def visit_that_changes(self, request: Request, form: Fields) -> Visit:
        """Return the visitor who sent a form, if it came from our own page.

        Raises:
            NotSignedIn: Nobody, or nobody known.
            ForeignRequest: Another site's page sent it, or one that is too old.
        """
        visit = self.visit(request)
        self.gate.let_change(request, form.text(CSRF_FIELD))
        return visit

    def coverage(self, connections: list[Connection]) -> Coverage:
        """Return what was read of the connections."""
        return self.coverages.of(connections)

    def freshness(self, connections: list[Connection]) -> Freshness | None:
        """Return how fresh the data of the connections is; none where nothing is connected."""
        interval = timedelta(seconds=self.workspace.settings.sync_interval)
        return freshness(connections, self.coverage(connections), self.now(), self.zone, interval)

    def page(
        self,
        visit: Visit,
        template: str,
        heading: Heading,
        *,
        notices: tuple[Told, ...] = (),
        status: int = 200,
        **content: Any,  # noqa: ANN401 - what each template asks for
    ) -> Response:
        """Return a page for somebody who is signed in.

        Args:
            visit: Who looks.
            template: Its file below `templates/pages`.
            heading: What it is.
            notices: What it tells, besides what every page does.
            status: HTTP status.
            content: What the template shows.
        """
        connections = content.get("connections")
        if connections is None:
            connections = self.workspace.connections.all()
        told = said(cookies.word_left(visit.request, secure=self.gate.secure))
        standing = standing_notices(
            connections,
            self.workspace.notices.open(),
            may_manage=visit.principal.may(Permission.MANAGE_CONNECTIONS),
        )
        fresh = self.freshness(connections)
        all_notices = [*([told] if told else []), *notices, *standing]
        times = times_at(self.links, str(visit.request.url), visit.request)
        response = self.rendered(
            visit.request,
            template,
            status=status,
            page=heading,
            places=places_at(times),
            viewer=visit.principal,
            notices=all_notices,
            freshness=fresh,
            csrf=self.gate.csrf_token(visit.request),
            **content,
        )
        times.remember(visit.request, response, secure=self.gate.secure)
        if told:
            cookies.take_word(response, secure=self.gate.secure)
        return response

    def door(
        self,
        request: Request,
        template: str,
        heading: Heading,
        *,
        notices: tuple[Told, ...] = (),
        status: int = 200,
        **content: Any,  # noqa: ANN401 - what each template asks for
    ) -> Response:
        """Return a page for somebody who is not signed in."""
        told = said(cookies.word_left(request, secure=self.gate.secure))
        response = self.rendered(
            request,
            template,
            status=status,
            page=heading,
            viewer=None,
            notices=[*([told] if told else []), *notices],
            freshness=None,
            csrf="",
            **content,
        )
        if told:
            cookies.take_word(response, secure=self.gate.secure)
        return response

    def rendered(self, request: Request, template: str, *, status: int = 200, **content: Any) -> Response:  # noqa: ANN401 - as above
        """Return a template rendered, a whole page or a part of one."""
        found = self.templates.get_template(f"pages/{template}")
        chosen = {"theme": cookies.theme_of(request), "single_keys": cookies.single_keys(request)}
        return HTMLResponse(found.render(chosen, **content), status)

    def go(self, href: str, *word: str) -> Response:
        """Return the way to another page, after something was done; `word` is what that page tells of it."""
        response = RedirectResponse(href, _SEE_OTHER)
        if word:
            cookies.leave_word(response, *word, secure=self.gate.secure)
        return response


def client_address(request: Request) -> str:
    """Return where a request came from."""
    return request.client.host if request.client else ""


def sign_in_href(request: Request) -> str:
    """Return where to sign in, and come back from to what was asked for."""
    if request.method not in {"GET", "HEAD"}:
        return "/sign-in"
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='/')}"
