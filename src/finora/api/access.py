"""Who may call what: dependencies of the API's routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Query, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from finora.accounts import Permission, Principal
from finora.gate import SESSION_COOKIE, Gate
from finora.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

# The gate decides; these only tell OpenAPI how to prove oneself.
_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="An API token of Finora.")
_COOKIE = APIKeyCookie(
    name=SESSION_COOKIE,
    auto_error=False,
    scheme_name="session",
    description="A signed-in browser; over TLS the name begins with __Host-. Changes need the header X-CSRF-Token as well.",
)


def the_workspace(request: Request) -> Workspace:
    """Return the workspace that is served."""
    workspace: Workspace = request.app.state.workspace
    return workspace


def the_gate(request: Request) -> Gate:
    """Return the gate."""
    gate: Gate = request.app.state.gate
    return gate


def the_principal(
    request: Request,
    gate: Annotated[Gate, Depends(the_gate)],
    _bearer: Annotated[object, Depends(_BEARER)],
    _cookie: Annotated[object, Depends(_COOKIE)],
) -> Principal:
    """Return who calls; a change asked for with a cookie must be meant."""
    principal = gate.principal(request)
    gate.let_change(request)
    return principal


def address_of(request: Request) -> str:
    """Return the address a request came from."""
    return request.client.host if request.client else ""


def allowed(permission: Permission) -> Callable[[Principal], Principal]:
    """Return a dependency that lets in only those with a permission."""

    def check(principal: Annotated[Principal, Depends(the_principal)]) -> Principal:
        principal.require(permission)
        return principal

    return check


Address = Annotated[str, Depends(address_of)]
TheGate = Annotated[Gate, Depends(the_gate)]
TheWorkspace = Annotated[Workspace, Depends(the_workspace)]
Anyone = Annotated[Principal, Depends(the_principal)]
Reader = Annotated[Principal, Depends(allowed(Permission.READ_OWN))]
AllReader = Annotated[Principal, Depends(allowed(Permission.READ_ALL))]
Exporter = Annotated[Principal, Depends(allowed(Permission.EXPORT))]
ConnectionKeeper = Annotated[Principal, Depends(allowed(Permission.MANAGE_CONNECTIONS))]
Whose = Annotated[
    str | None, Query(alias="email", max_length=320, description="Whose; one's own where it is not given.")
]
AccountKeeper = Annotated[Principal, Depends(allowed(Permission.MANAGE_OWN_ACCOUNT))]
UserKeeper = Annotated[Principal, Depends(allowed(Permission.MANAGE_USERS))]
