"""One's own account: password, sessions, API tokens, theme."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.accounts import IssuedToken, Permission, Scope
from finora.accounts.errors import InvalidToken, TooManyAttempts, WeakPassword, WrongPassword
from finora.web.figures.formats import NONE, ago, near_moment, plural
from finora.web.settings.tabs import settings_tabs
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.site.words import PASSWORD_RULE
from finora.web.wire.forms import Sent

HERE = "/settings/account"
_LIFETIMES = {"30": "30 days", "90": "90 days", "365": "One year", "": "For ever"}
_SCOPES = {
    Scope.READ: "Read: figures, events, exports",
    Scope.WRITE: "Write: subscriptions as well",
    Scope.ADMIN: "Admin: all that you may do",
}


class AccountPage:
    """The page of one's own account."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._accounts = site.workspace.accounts

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", HERE, self.show),
            Route("POST", f"{HERE}/password", self.change_password),
            Route("POST", f"{HERE}/sessions/others/end", self.end_other_sessions),
            Route("POST", f"{HERE}/sessions/{{session_id}}/end", self.end_session),
            Route("POST", HERE, self.issue_token),
            Route("POST", f"{HERE}/tokens/{{token_id}}/revoke", self.revoke_token),
        )

    def show(self, request: Request) -> Response:
        """Show the account."""
        return self._page(self._site.visit(request))

    def change_password(self, request: Request, form: Sent) -> Response:
        """Change one's password and sign out everywhere else."""
        visit = self._site.visit_that_changes(request, form)
        new = form.text("new_password")
        if new != form.text("new_password_again"):
            return self._page(visit, errors={"new_password_again": "The two passwords differ."})
        try:
            self._accounts.change_password(visit.principal, form.text("password"), new, address=visit.address)
        except (WrongPassword, TooManyAttempts) as problem:
            return self._page(visit, errors={"password": problem.message})
        except WeakPassword as problem:
            return self._page(visit, errors={"new_password": problem.message})
        return self._site.go(HERE, "password_changed")

    def end_session(self, request: Request, session_id: str, form: Sent) -> Response:
        """End one session."""
        visit = self._site.visit_that_changes(request, form)
        self._accounts.revoke_session(visit.principal, session_id, address=visit.address)
        return self._site.go(HERE, "session_ended")

    def end_other_sessions(self, request: Request, form: Sent) -> Response:
        """End all sessions but this one."""
        visit = self._site.visit_that_changes(request, form)
        ended = self._accounts.revoke_other_sessions(visit.principal, address=visit.address)
        return self._site.go(HERE, "sessions_ended", f"{plural(ended, 'session')} ended.")

    def issue_token(self, request: Request, form: Sent) -> Response:
        """Issue an API token, and show it this once: this answer is no redirect, for the token is kept nowhere."""
        visit = self._site.visit_that_changes(request, form)
        days = form.text("days")
        try:
            issued = self._accounts.issue_token(
                visit.principal,
                name=form.text("name"),
                scopes=[scope for scope in Scope if scope == form.text("scope")],
                expires_at=self._site.now() + timedelta(days=int(days))
                if days in _LIFETIMES and days
                else None,
                address=visit.address,
            )
        except InvalidToken as problem:
            return self._page(visit, errors={"name": problem.message})
        return self._page(visit, issued=issued)

    def revoke_token(self, request: Request, token_id: str, form: Sent) -> Response:
        """Make an API token useless."""
        visit = self._site.visit_that_changes(request, form)
        tokens = {each.id: each.name for each in self._accounts.tokens_of(visit.principal.user_id or "")}
        self._accounts.revoke_token(visit.principal, token_id, address=visit.address)
        return self._site.go(HERE, "token_revoked", tokens.get(token_id, ""))

    def _page(
        self, visit: Visit, *, errors: dict[str, str] | None = None, issued: IssuedToken | None = None
    ) -> Response:
        visit.principal.require(Permission.MANAGE_OWN_ACCOUNT)
        now, user_id = self._site.now(), visit.principal.user_id or ""
        return self._site.page(
            visit,
            "account.html",
            Heading(title="Settings", active="settings"),
            status=422 if errors else 200,
            tabs=settings_tabs(visit.principal, HERE),
            errors=errors or {},
            rule=PASSWORD_RULE,
            issued=issued,
            sessions=self._sessions(user_id, visit.principal.credential_id, now),
            tokens=self._tokens(user_id, now),
            openid=self._site.workspace.openid.label if self._site.workspace.openid else "",
            has_identity=self._accounts.has_identity(user_id),
            has_password=bool(user_id) and self._accounts.user(user_id).has_password,
            scopes=[{"value": scope.value, "label": label} for scope, label in _SCOPES.items()],
            lifetimes=[{"value": days, "label": label} for days, label in _LIFETIMES.items()],
        )

    def _sessions(self, user_id: str, present: str, now: datetime) -> list[dict[str, Any]]:
        return [
            {
                "id": each.id,
                "browser": browser_of(each.user_agent),
                "address": each.address or NONE,
                "since": near_moment(each.created_at, now, self._site.zone),
                "seen": ago(each.seen_at, now),
                "present": each.id == present,
            }
            for each in self._accounts.sessions_of(user_id)
        ]

    def _tokens(self, user_id: str, now: datetime) -> list[dict[str, Any]]:
        zone = self._site.zone
        return [
            {
                "id": each.id,
                "name": each.name,
                "last4": f"…{each.last4}",
                "scopes": ", ".join(sorted(each.scopes)),
                "created": near_moment(each.created_at, now, zone),
                "used": ago(each.used_at, now) if each.used_at else "never",
                "expires": near_moment(each.expires_at, now, zone) if each.expires_at else "never",
                "expired": each.expires_at is not None and each.expires_at <= now,
            }
            for each in self._accounts.tokens_of(user_id)
        ]


def browser_of(user_agent: str) -> str:
    """Return a browser and its system by the names people know, for telling one's sessions apart."""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in user_agent), "")
    system = next((name for mark, name in systems if mark in user_agent), "")
    return " on ".join(part for part in (browser, system) if part) or user_agent[:60] or "Unknown browser"
