"""Settings → Users: who may sign in, and what they may do."""

from collections.abc import Iterable
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.accounts import Account, Permission, Principal, Role
from finora.accounts.errors import EmailTaken, InvalidEmail, LastOwner
from finora.errors import BadRequest, FinoraError
from finora.letters import HandedOver, hand_over
from finora.web.figures.formats import near_moment
from finora.web.settings.tabs import settings_tabs
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.site.words import Told
from finora.web.wire.forms import Fields, Sent

HERE = "/settings/users"
_ONE = f"{HERE}/{{user_id}}"
_ROLES = {
    Role.VIEWER: "Viewer: sees their own usage",
    Role.MEMBER: "Member: sees everything",
    Role.ADMIN: "Admin: manages connections and users as well",
    Role.OWNER: "Owner: may do everything",
}


class UsersPage:
    """The list of users, and what is done with them."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._accounts = site.workspace.accounts

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", HERE, self.show),
            Route("POST", HERE, self.create),
            Route("GET", _ONE, self.show_one),
            Route("POST", f"{_ONE}/role", self.set_role),
            Route("POST", f"{_ONE}/disable", self.disable),
            Route("POST", f"{_ONE}/enable", self.enable),
            Route("POST", f"{_ONE}/link", self.make_link),
        )

    def show(self, request: Request) -> Response:
        """Show who there is."""
        return self._page(self._site.visit(request))

    def create(self, request: Request, form: Sent) -> Response:
        """Invite somebody; the link is mailed, or shown in this answer alone."""
        visit = self._site.visit_that_changes(request, form)
        try:
            issued = self._accounts.invite(
                visit.principal,
                email=form.text("email"),
                name=form.text("name"),
                role=_role(form),
                address=visit.address,
            )
        except (InvalidEmail, EmailTaken) as problem:
            return self._page(visit, form=form, errors={"email": problem.message})
        handed = hand_over(self._site.workspace, issued)
        return (
            self._page(visit, handed=handed)
            if handed.url
            else self._site.go(HERE, "link_mailed", handed.email)
        )

    def show_one(self, request: Request, user_id: str) -> Response:
        """Show one user and what can be done with them."""
        return self._one_page(self._site.visit(request), user_id)

    def set_role(self, request: Request, user_id: str, form: Sent) -> Response:
        """Make a user something else."""
        visit = self._site.visit_that_changes(request, form)
        try:
            changed = self._accounts.set_role(visit.principal, user_id, _role(form), address=visit.address)
        except LastOwner as problem:
            return self._one_page(visit, user_id, problem=problem)
        return self._site.go(HERE, "role_set", changed.email, changed.role.value)

    def disable(self, request: Request, user_id: str, form: Sent) -> Response:
        """Keep a user out."""
        visit = self._site.visit_that_changes(request, form)
        try:
            changed = self._accounts.disable_user(visit.principal, user_id, address=visit.address)
        except LastOwner as problem:
            return self._one_page(visit, user_id, problem=problem)
        return self._site.go(HERE, "user_disabled", changed.email)

    def enable(self, request: Request, user_id: str, form: Sent) -> Response:
        """Let a user in again."""
        visit = self._site.visit_that_changes(request, form)
        changed = self._accounts.enable_user(visit.principal, user_id, address=visit.address)
        return self._site.go(HERE, "user_enabled", changed.email)

    def make_link(self, request: Request, user_id: str, form: Sent) -> Response:
        """Make a link with which a user chooses a password; no admin chooses one for them."""
        visit = self._site.visit_that_changes(request, form)
        issued = self._accounts.issue_link(visit.principal, user_id, address=visit.address)
        handed = hand_over(self._site.workspace, issued)
        return (
            self._one_page(visit, user_id, handed=handed)
            if handed.url
            else self._site.go(HERE, "link_mailed", handed.email)
        )

    def _page(
        self,
        visit: Visit,
        *,
        form: Fields | None = None,
        errors: dict[str, str] | None = None,
        handed: HandedOver | None = None,
    ) -> Response:
        visit.principal.require(Permission.MANAGE_USERS)
        entered = form or Fields()
        return self._site.page(
            visit,
            "users.html",
            Heading(title="Settings", active="settings"),
            status=422 if errors else 200,
            tabs=settings_tabs(visit.principal, HERE),
            users=[self._row(account) for account in self._accounts.users()],
            roles=roles_for(visit.principal),
            handed=handed,
            by_mail=self._site.workspace.mail is not None,
            errors=errors or {},
            entered={name: entered.text(name) for name in ("name", "email", "role")},
        )

    def _one_page(
        self,
        visit: Visit,
        user_id: str,
        *,
        problem: FinoraError | None = None,
        handed: HandedOver | None = None,
    ) -> Response:
        visit.principal.require(Permission.MANAGE_USERS)
        account = self._accounts.user(user_id)
        notices = (Told(title=problem.title, text=problem.message, level="bad"),) if problem else ()
        return self._site.page(
            visit,
            "user.html",
            Heading(title=account.name, active="settings"),
            notices=notices,
            status=problem.status if problem else 200,
            user=self._row(account),
            may_change=account.role is not Role.OWNER or visit.principal.may(Permission.MANAGE_OWNERS),
            is_self=account.id == visit.principal.user_id,
            roles=roles_for(visit.principal),
            handed=handed,
            by_mail=self._site.workspace.mail is not None,
        )

    def _row(self, account: Account) -> dict[str, Any]:
        now, zone = self._site.now(), self._site.zone
        return {
            "id": account.id,
            "name": account.name,
            "email": account.email,
            "role": account.role.value,
            "created": near_moment(account.created_at, now, zone),
            "signed_in": near_moment(account.signed_in_at, now, zone) if account.signed_in_at else "never",
            "disabled": account.disabled_at is not None,
            "invited": not account.has_password and account.signed_in_at is None,
            "href": f"{HERE}/{account.id}",
        }


def roles_for(principal: Principal) -> list[dict[str, str]]:
    """Return the roles that somebody may give, as the `select` component takes them."""
    return [
        {"value": role.value, "label": label}
        for role, label in _ROLES.items()
        if role is not Role.OWNER or principal.may(Permission.MANAGE_OWNERS)
    ]


def _role(form: Fields) -> Role:
    try:
        return Role(form.text("role"))
    except ValueError:
        raise BadRequest(f"Choose one of the roles: {', '.join(Role)}.") from None
