"""`/api/v1/users` and `/api/v1/tokens`: what the command line and scripts need of accounts."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from finora.accounts import Permission, Role, Scope
from finora.api.access import Anyone, TheWorkspace, UserKeeper
from finora.api.documents import LinkDocument, MeDocument, TokenDocument, UserDocument
from finora.api.shapes import user_document
from finora.errors import BadRequest
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


class NewToken(BaseModel):
    """An API token to issue; for oneself, or by address for somebody else."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    email: str | None = None
    scopes: list[Scope] = [Scope.ADMIN]
    expires_at: AwareDatetime | None = None


@router.post("/users", status_code=201)
def create_user(body: NewUser, workspace: TheWorkspace, principal: UserKeeper) -> UserDocument:
    """Create a user."""
    account = workspace.accounts.create_user(
        principal, email=body.email, role=body.role, password=body.password, name=body.name
    )
    return user_document(account)


@router.get("/users")
def users(workspace: TheWorkspace, _principal: UserKeeper) -> list[UserDocument]:
    """List the users."""
    return [user_document(each) for each in workspace.accounts.users()]


@router.post("/users/links", status_code=201)
def issue_link(body: WantedLink, workspace: TheWorkspace, principal: UserKeeper) -> LinkDocument:
    """Make a link with which a user chooses a password, once and within half an hour.

    It is mailed where there is a mail server, else told once, in this answer.
    """
    user = workspace.accounts.user_by_email(body.email)
    handed = hand_over(workspace, workspace.accounts.issue_link(principal, user.id))
    return LinkDocument(email=handed.email, url=handed.url or None, problem=handed.problem or None)


@router.post("/tokens", status_code=201)
def issue_token(body: NewToken, workspace: TheWorkspace, principal: Anyone) -> TokenDocument:
    """Issue an API token; it is told once, in this answer."""
    user_id = principal.user_id
    if body.email is not None:
        # Asked before anybody is looked up, so that the answer does not tell which addresses there are.
        principal.require(Permission.MANAGE_USERS)
        user_id = workspace.accounts.user_by_email(body.email).id
    elif user_id is None:
        raise BadRequest("Say whose token it is: email is missing.")
    issued = workspace.accounts.issue_token(
        principal, name=body.name, scopes=frozenset(body.scopes), user_id=user_id, expires_at=body.expires_at
    )
    return TokenDocument(id=issued.record.id, name=issued.record.name, token=issued.token)


@router.get("/me")
def me(principal: Anyone) -> MeDocument:
    """Return who calls."""
    return MeDocument(email=principal.email, name=principal.name, role=principal.role, how=principal.how)
