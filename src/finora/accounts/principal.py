"""Who is acting, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from finora.accounts.errors import NotPermitted
from finora.accounts.roles import ROLE_PERMISSIONS, SCOPE_PERMISSIONS, Permission, Role, Scope


class How(StrEnum):
    """How somebody proved who they are."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a word, not a token
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is acting: a signed-in user, a user's API token, or the operator of this machine.

    Attributes:
        user_id: The user, or None for the operator.
        email: The user's address, which also names their own usage.
        name: For people to read.
        role: The user's role at this moment.
        how: How they proved it.
        scopes: How much of the role applies; a session has all of it.
        credential_id: The session or the token at hand.
    """

    user_id: str | None
    email: str
    name: str
    role: Role
    how: How
    scopes: frozenset[Scope] = frozenset(Scope)
    credential_id: str = ""

    def may(self, permission: Permission) -> bool:
        """Return whether both the role and the scopes allow it."""
        return permission in ROLE_PERMISSIONS[self.role] and self._in_scope(permission)

    def require(self, permission: Permission) -> None:
        """Go on only if it is allowed.

        Raises:
            NotPermitted: The role or the token's scopes do not allow it.
        """
        what = permission.value.replace("_", " ")
        if permission not in ROLE_PERMISSIONS[self.role]:
            allowed = " or ".join(role for role in Role if permission in ROLE_PERMISSIONS[role])
            raise NotPermitted(
                f"Your role ({self.role}) does not allow you to {what}. Ask somebody who is {allowed}."
            )
        if not self._in_scope(permission):
            allowed = " or ".join(scope for scope in Scope if permission in SCOPE_PERMISSIONS[scope])
            raise NotPermitted(
                f"This API token's scope does not allow to {what}. Issue one with the scope {allowed}."
            )

    def _in_scope(self, permission: Permission) -> bool:
        return any(permission in SCOPE_PERMISSIONS[scope] for scope in self.scopes)


OPERATOR = Principal(user_id=None, email="operator", name="Operator", role=Role.OWNER, how=How.OPERATOR)
"""Whoever can read the data directory: they hold the databases and the master key anyway, so they have all rights."""
