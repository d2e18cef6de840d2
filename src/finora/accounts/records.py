"""What accounts tell about themselves: plain values without hashes, safe to show and to keep."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from finora.accounts.roles import Role, Scope

if TYPE_CHECKING:
    from datetime import datetime

    from finora.accounts.models import ApiToken, AuditEntry, OneTimeLink, User, UserSession
    from finora.accounts.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user. Times are UTC; `signed_in_at` is None until the first sign-in, `disabled_at` while they may sign in.

    `has_password` is false until an invitation is accepted, and for those who come by single sign-on only.
    """

    id: str
    email: str
    name: str
    role: Role
    created_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None
    has_password: bool

    @classmethod
    def of(cls, user: User) -> Account:
        """Return what may be told about a row."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            role=user.role,
            created_at=user.created_at,
            signed_in_at=user.signed_in_at,
            disabled_at=user.disabled_at,
            has_password=bool(user.password_hash),
        )


class LinkKind(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecord:
    """A link with which a user sets a password, without its token."""

    kind: LinkKind
    email: str
    name: str
    expires_at: datetime

    @classmethod
    def of(cls, link: OneTimeLink) -> LinkRecord:
        """Return what may be told about a row."""
        return cls(
            kind=LinkKind(link.kind), email=link.user.email, name=link.user.name, expires_at=link.expires_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLink:
    """A new link's token, told only this once: to its user by e-mail, or to the admin who asked for it."""

    record: LinkRecord
    token: str

    def __repr__(self) -> str:
        return f"IssuedLink({self.record.kind} for {self.record.email})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session. The token goes into the browser's cookie and is told only this once."""

    principal: Principal
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"SignedIn({self.principal.email}, until {self.expires_at})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A browser in which a user is signed in; `seen_at` is true to five minutes.

    `expires_at` is when it ends if nobody uses it from now on.
    """

    id: str
    email: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str

    @classmethod
    def of(cls, session: UserSession, end: datetime) -> OpenSession:
        """Return what may be told about a row."""
        return cls(
            id=session.id,
            email=session.user.email,
            created_at=session.created_at,
            seen_at=session.seen_at,
            expires_at=end,
            address=session.address,
            user_agent=session.user_agent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """An API token without the token itself; `used_at` is true to five minutes, no `expires_at` means never."""

    id: str
    user_id: str
    email: str
    name: str
    last4: str
    scopes: frozenset[Scope]
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> TokenRecord:
        """Return what may be told about a row."""
        return cls(
            id=token.id,
            user_id=token.user_id,
            email=token.user.email,
            name=token.name,
            last4=token.last4,
            scopes=frozenset(Scope(scope) for scope in token.scopes),
            created_at=token.created_at,
            used_at=token.used_at,
            expires_at=token.expires_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A new API token, told only this once."""

    record: TokenRecord
    token: str

    def __repr__(self) -> str:
        return f"IssuedToken({self.record.name}, …{self.record.last4})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One act: when, who, what, on what, from where. No actor means somebody who was not signed in."""

    id: int
    at: datetime
    actor_id: str | None
    actor: str
    act: str
    subject: str
    details: dict[str, Any]
    address: str

    @classmethod
    def of(cls, entry: AuditEntry) -> AuditRecord:
        """Return a row as a value."""
        return cls(
            id=entry.id,
            at=entry.at,
            actor_id=entry.actor_id,
            actor=entry.actor,
            act=entry.act,
            subject=entry.subject,
            details=entry.details,
            address=entry.address,
        )
