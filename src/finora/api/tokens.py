"""`/api/v1/tokens`: API tokens, listed, issued and revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from finora.accounts import How, Scope
from finora.accounts.api_tokens import refuse_in_other_names
from finora.accounts.email_address import plain_email
from finora.api.access import AccountKeeper, Address, TheWorkspace, Whose
from finora.api.account_documents import IssuedTokenDocument, TokenDocument
from finora.errors import BadRequest
from finora.values.period import utc_text

if TYPE_CHECKING:
    from finora.accounts import Principal, TokenRecord
    from finora.workspace import Workspace

router = APIRouter(prefix="/api/v1/tokens", tags=["Accounts"])


class NewToken(BaseModel):
    """An API token to issue, for oneself; the operator of the machine says by address for whom."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    email: str | None = Field(default=None, max_length=320)
    scopes: list[Scope] = [Scope.ADMIN]
    expires_at: AwareDatetime | None = None


@router.get("")
def tokens(workspace: TheWorkspace, principal: AccountKeeper, whose: Whose = None) -> list[TokenDocument]:
    """List API tokens, newest first, expired ones included; to the operator everybody's."""
    return [_document(each) for each in workspace.accounts.tokens(principal, whose)]


@router.post("", status_code=201)
def issue_token(
    body: NewToken, workspace: TheWorkspace, principal: AccountKeeper, address: Address
) -> IssuedTokenDocument:
    """Issue an API token; it is told once, in this answer."""
    issued = workspace.accounts.issue_token(
        principal,
        name=body.name,
        scopes=frozenset(body.scopes),
        user_id=_owner(body.email, workspace, principal),
        expires_at=body.expires_at,
        address=address,
    )
    return IssuedTokenDocument(**_document(issued.record).model_dump(), token=issued.token)


@router.delete("/{token_id}", status_code=204)
def revoke_token(token_id: str, workspace: TheWorkspace, principal: AccountKeeper, address: Address) -> None:
    """Revoke an API token of one's own, or of a user whom one may manage; it is of no use at once."""
    workspace.accounts.revoke_token(principal, token_id, address=address)


def _owner(email: str | None, workspace: Workspace, principal: Principal) -> str | None:
    if email is None or plain_email(email) == principal.email:
        if principal.how is How.OPERATOR:
            raise BadRequest("Say whose token it is: email is missing.")
        return principal.user_id
    # Asked before anybody is looked up, so that the answer does not tell which addresses there are.
    refuse_in_other_names(principal)
    return workspace.accounts.user_by_email(email).id


def _document(record: TokenRecord) -> TokenDocument:
    return TokenDocument(
        id=record.id,
        email=record.email,
        name=record.name,
        last4=record.last4,
        scopes=sorted(record.scopes),
        created_at=utc_text(record.created_at),
        used_at=utc_text(record.used_at) if record.used_at else None,
        expires_at=utc_text(record.expires_at) if record.expires_at else None,
    )
