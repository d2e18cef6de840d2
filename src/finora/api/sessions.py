"""`/api/v1/sessions`: where people are signed in, and how that ends."""

from __future__ import annotations

from fastapi import APIRouter

from finora.api.access import AccountKeeper, Address, TheWorkspace, Whose
from finora.api.account_documents import EndedDocument, SessionDocument
from finora.values.period import utc_text

router = APIRouter(prefix="/api/v1/sessions", tags=["Accounts"])


@router.get("")
def sessions(workspace: TheWorkspace, principal: AccountKeeper, whose: Whose = None) -> list[SessionDocument]:
    """List open sessions, last seen first; to the operator everybody's."""
    return [
        SessionDocument(
            id=each.id,
            email=each.email,
            created_at=utc_text(each.created_at),
            seen_at=utc_text(each.seen_at),
            expires_at=utc_text(each.expires_at),
            address=each.address,
            user_agent=each.user_agent,
            present=each.id == principal.credential_id,
        )
        for each in workspace.accounts.sessions(principal, whose)
    ]


@router.delete("")
def end_other_sessions(
    workspace: TheWorkspace, principal: AccountKeeper, address: Address, whose: Whose = None
) -> EndedDocument:
    """End all of one's sessions but the one that asks; with an address, all of that user's."""
    return EndedDocument(ended=workspace.accounts.revoke_other_sessions(principal, whose, address=address))


@router.delete("/{session_id}", status_code=204)
def end_session(session_id: str, workspace: TheWorkspace, principal: AccountKeeper, address: Address) -> None:
    """End a session of one's own, or of a user whom one may manage; with immediate effect."""
    workspace.accounts.revoke_session(principal, session_id, address=address)
