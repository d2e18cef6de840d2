"""Users and what they may do: sign-in, sessions, roles, API tokens, the audit log."""

from finora.accounts.principal import OPERATOR, How, Principal
from finora.accounts.records import (
    Account,
    AuditRecord,
    IssuedLink,
    IssuedToken,
    LinkKind,
    LinkRecord,
    OpenSession,
    SignedIn,
    TokenRecord,
)
from finora.accounts.roles import Permission, Role, Scope
from finora.accounts.service import Accounts

__all__ = [
    "OPERATOR",
    "Account",
    "Accounts",
    "AuditRecord",
    "How",
    "IssuedLink",
    "IssuedToken",
    "LinkKind",
    "LinkRecord",
    "OpenSession",
    "Permission",
    "Principal",
    "Role",
    "Scope",
    "SignedIn",
    "TokenRecord",
]
