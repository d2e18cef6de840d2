"""The pages: server-rendered, whole without scripts, and each with its state in its address."""

from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from finora.errors import ConfigurationError, FinoraError
from finora.gate import Gate
from finora.web.account import AccountPage
from finora.web.api_key_changes import ApiKeyChanges
from finora.web.api_keys import ApiKeys
from finora.web.ask import AskPage
from finora.web.assets import Assets
from finora.web.audit import AuditPage
from finora.web.connection_page import ConnectionPage
from finora.web.coverage import Coverages
from finora.web.errors import error_page, unexpected_page
from finora.web.events import Events
from finora.web.explore import Explore
from finora.web.headers import SecurityHeaders
from finora.web.links import Links
from finora.web.overview import Overview
from finora.web.palette import Palette
from finora.web.password_links import PasswordLinks
from finora.web.patterns import Patterns
from finora.web.people import People
from finora.web.people_person import Person
from finora.web.routing import router_of
from finora.web.settings import Settings
from finora.web.shortcuts_page import ShortcutsPage
from finora.web.sign_in import Doors
from finora.web.single_sign_on import SingleSignOn
from finora.web.site import Site
from finora.web.standing import Standings
from finora.web.subscription_changes import SubscriptionChanges
from finora.web.subscription_import import SubscriptionImport
from finora.web.subscription_own import PeoplesCost
from finora.web.subscription_page import SubscriptionPage
from finora.web.subscriptions import SubscriptionsPage
from finora.web.teams import Teams
from finora.web.teams_changes import TeamChanges
from finora.web.teams_team import Team
from finora.web.templating import make_environment
from finora.web.users import UsersPage
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
