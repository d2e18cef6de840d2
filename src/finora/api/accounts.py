"""`/api/v1/users` and `/api/v1/me`: what the command line and scripts need of accounts."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from finora.accounts import Role
from finora.api.access import Address, Anyone, TheWorkspace, UserKeeper
from finora.api.documents import LinkDocument, MeDocument, UserDocument
from finora.api.shapes import user_document
from finora.letters import hand_over

router = APIRouter(prefix="/api/v1", tags=["Accounts"])


class NewUser(BaseModel):
    """A user to create."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    email: str = Field(max_length=320)
    role: Role
    password: str = Field(max_length=1000)
    name: str = Field(default="", max_length=200)


class WantedLink(BaseModel):
    """Whose link is wanted."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=320)


@router.post("/users", status_code=201)
def create_user(
    body: NewUser, workspace: TheWorkspace, principal: UserKeeper, address: Address
) -> UserDocument:
    """Create a user."""
    account = workspace.accounts.create_user(
        principal, email=body.email, role=body.role, password=body.password, name=body.name, address=address
    )
    return user_document(account)


@router.get("/users")
def users(workspace: TheWorkspace, _principal: UserKeeper) -> list[UserDocument]:
    """List the users."""
    return [user_document(each) for each in workspace.accounts.users()]


@router.post("/users/links", status_code=201)
def issue_link(
    body: WantedLink, workspace: TheWorkspace, principal: UserKeeper, address: Address
) -> LinkDocument:
    """Make a link with which a user chooses a password, once and within half an hour.

    It is mailed where there is a mail server, else told once, in this answer.
    """
    user = workspace.accounts.user_by_email(body.email)
    handed = hand_over(workspace, workspace.accounts.issue_link(principal, user.id, address=address))
    return LinkDocument(email=handed.email, url=handed.url or None, problem=handed.problem or None)


@router.get("/me")
def me(principal: Anyone) -> MeDocument:
    """Return who calls."""
    return MeDocument(email=principal.email, name=principal.name, role=principal.role, how=principal.how)
