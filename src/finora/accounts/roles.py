"""Who may do what: roles, scopes of API tokens, and the one table that gives them their permissions."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a user is in this workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"
