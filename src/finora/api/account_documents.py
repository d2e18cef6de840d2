"""What the API answers about API tokens, sessions and the audit log, member by member."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from finora.accounts import Scope
from finora.api.documents import Document, Moment


class TokenDocument(Document):
    """An API token, without the token itself. `used_at` is true to five minutes; no `expires_at` means never."""

    id: str
    email: Annotated[str, Field(description="Whose rights it has.")]
    name: str
    last4: str
    scopes: list[Scope]
    created_at: Moment
    used_at: Moment | None
    expires_at: Moment | None


class IssuedTokenDocument(TokenDocument):
    """A new API token, told this once."""

    token: str


class SessionDocument(Document):
    """A browser in which somebody is signed in; `seen_at` is true to five minutes."""

    id: str
    email: str
    created_at: Moment
    seen_at: Moment
    expires_at: Annotated[Moment, Field(description="When it ends if nobody uses it from now on.")]
    address: str
    user_agent: str
    present: Annotated[bool, Field(description="Whether this request was made with it.")]


class EndedDocument(Document):
    """How many sessions were ended."""

    ended: int


class AuditEntryDocument(Document):
    """One act. No `actor_id` where nobody was signed in, and for the operator of the machine."""

    id: int
    at: Moment
    actor: str
    actor_id: str | None
    act: Annotated[str, Field(examples=["connection.created"])]
    subject: str
    details: dict[str, Any]
    address: str


class AuditPageDocument(Document):
    """Acts, newest first; `next_before` is the `before` of the page that follows, none where this is the last."""

    entries: list[AuditEntryDocument]
    next_before: int | None
