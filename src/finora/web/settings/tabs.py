"""The tabs of Settings, and which of them a reader has."""

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from finora.accounts import Permission, Principal
from finora.web.site.routing import Route
from finora.web.site.site import Site


@dataclass(frozen=True, slots=True)
class _Tab:
    label: str
    href: str
    permission: Permission


_TABS = (
    _Tab("API Keys", "/settings/api-keys", Permission.READ_ALL),
    _Tab("Users", "/settings/users", Permission.MANAGE_USERS),
    _Tab("Audit log", "/settings/audit", Permission.READ_AUDIT_LOG),
    _Tab("Your account", "/settings/account", Permission.MANAGE_OWN_ACCOUNT),
)


def settings_tabs(principal: Principal, current: str) -> list[dict[str, object]]:
    """Return the tabs a reader has, as the `tabs` component takes them."""
    return [
        {"label": tab.label, "href": tab.href, "current": tab.href == current}
        for tab in _TABS
        if principal.may(tab.permission)
    ]


class Settings:
    """Settings itself, which leads to the first of its tabs that a reader has."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (Route("GET", "/settings", self.first),)

    def first(self, request: Request) -> Response:
        """Lead to the first tab."""
        principal = self._site.visit(request).principal
        return self._site.go(next((tab.href for tab in _TABS if principal.may(tab.permission)), "/"))
