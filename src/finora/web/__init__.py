"""The pages: server-rendered, whole without scripts, and each with its state in its address."""

from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from finora.errors import ConfigurationError, FinoraError
from finora.gate import Gate
from finora.web.address.links import Links
from finora.web.ask.ask import AskPage
from finora.web.docs.docs import Docs
from finora.web.doors.password_links import PasswordLinks
from finora.web.doors.sign_in import Doors
from finora.web.doors.single_sign_on import SingleSignOn
from finora.web.events.events import Events
from finora.web.explore.explore import Explore
from finora.web.figures.coverage import Coverages
from finora.web.figures.standing import Standings
from finora.web.overview.overview import Overview
from finora.web.overview.patterns import Patterns
from finora.web.palette.palette import Palette
from finora.web.palette.shortcuts_page import ShortcutsPage
from finora.web.people.people import People
from finora.web.people.person import Person
from finora.web.people.team import Team
from finora.web.people.team_changes import TeamChanges
from finora.web.people.teams import Teams
from finora.web.settings.account import AccountPage
from finora.web.settings.api_key_changes import ApiKeyChanges
from finora.web.settings.api_keys import ApiKeys
from finora.web.settings.audit import AuditPage
from finora.web.settings.connection import ConnectionPage
from finora.web.settings.tabs import Settings
from finora.web.settings.users import UsersPage
from finora.web.site.errors import error_page, unexpected_page
from finora.web.site.routing import router_of
from finora.web.site.site import Site
from finora.web.site.templating import make_environment
from finora.web.subscriptions.changes import SubscriptionChanges
from finora.web.subscriptions.own import PeoplesCost
from finora.web.subscriptions.sheet import SubscriptionImport
from finora.web.subscriptions.subscription import SubscriptionPage
from finora.web.subscriptions.subscriptions import SubscriptionsPage
from finora.web.wire.assets import Assets
from finora.web.wire.headers import SecurityHeaders
from finora.workspace import Workspace

__all__ = ["SecurityHeaders", "Web", "is_built"]

_STATIC = Path(__file__).parent / "static"

_PAGES = (
    Doors,
    PasswordLinks,
    SingleSignOn,
    Overview,
    Patterns,
    Explore,
    Events,
    People,
    Person,
    Teams,
    TeamChanges,
    Team,
    AskPage,
    SubscriptionsPage,
    SubscriptionChanges,
    SubscriptionImport,
    PeoplesCost,
    SubscriptionPage,
    Settings,
    ApiKeys,
    ApiKeyChanges,
    ConnectionPage,
    AccountPage,
    UsersPage,
    AuditPage,
    Palette,
    ShortcutsPage,
    Docs,
)


class Web:
    """The pages of a workspace.

    Args:
        workspace: What they show.
        gate: Who may see it.

    Raises:
        ConfigurationError: The front end was not built.

    Attributes:
        router: All pages.
        static: The ASGI application to mount at `/static`.
    """

    def __init__(self, workspace: Workspace, gate: Gate) -> None:
        self.static = Assets(_STATIC)
        self._site = Site(
            workspace=workspace,
            gate=gate,
            templates=make_environment(self.static.url),
            links=Links(workspace.settings.timezone),
            standings=Standings(workspace.spend, workspace.store, workspace.clock),
            coverages=Coverages(workspace.store),
        )
        self.router: APIRouter = router_of(page(self._site) for page in _PAGES)

    def render_error(self, request: Request, error: FinoraError) -> Response:
        """Return the page that tells of an error."""
        return error_page(self._site, request, error)

    def render_unexpected(self, request: Request) -> Response:
        """Return the page that tells of an error nobody foresaw, with the security headers."""
        return unexpected_page(self._site, request)


def is_built() -> bool:
    """Return whether the front end was built with this installation."""
    try:
        Assets(_STATIC)
    except ConfigurationError:
        return False
    return True
