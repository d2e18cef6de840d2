"""Who may do what: the one place where roles and scopes get their permissions."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Role(StrEnum):
    """What a user is in this workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Scope(StrEnum):
    """How much of its user's rights an API token has; each contains the one before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class Permission(StrEnum):
    """What can be allowed."""

    READ_OWN = "read_own"
    """See one's own spend and usage."""
    READ_ALL = "read_all"
    """See everybody's."""
    EXPORT = "export"
    """Take out what one may see."""
    MANAGE_SUBSCRIPTIONS = "manage_subscriptions"
    MANAGE_CONNECTIONS = "manage_connections"
    MANAGE_TEAMS = "manage_teams"
    """Make, rename and delete teams, and move people between them."""
    MANAGE_USERS = "manage_users"
    """Create, disable and change users other than owners."""
    MANAGE_OWNERS = "manage_owners"
    """Make owners, and change or disable them."""
    MANAGE_OWN_ACCOUNT = "manage_own_account"
    """Change one's password, end one's sessions, issue and revoke one's API tokens."""
    READ_AUDIT_LOG = "read_audit_log"


_OWN = frozenset({Permission.READ_OWN, Permission.EXPORT, Permission.MANAGE_OWN_ACCOUNT})
_MEMBER = _OWN | {Permission.READ_ALL, Permission.MANAGE_SUBSCRIPTIONS}
_ADMIN = _MEMBER | {
    Permission.MANAGE_CONNECTIONS,
    Permission.MANAGE_TEAMS,
    Permission.MANAGE_USERS,
    Permission.READ_AUDIT_LOG,
}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.VIEWER: _OWN,
        Role.MEMBER: _MEMBER,
        Role.ADMIN: _ADMIN,
        Role.OWNER: frozenset(Permission),
    }
)

_READ = frozenset({Permission.READ_OWN, Permission.READ_ALL, Permission.EXPORT})

SCOPE_PERMISSIONS: Mapping[Scope, frozenset[Permission]] = MappingProxyType(
    {
        Scope.READ: _READ,
        Scope.WRITE: _READ | {Permission.MANAGE_SUBSCRIPTIONS},
        Scope.ADMIN: frozenset(Permission),
    }
)
