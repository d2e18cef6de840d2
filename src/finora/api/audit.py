"""`/api/v1/audit`: the audit log by pages, and whole as a file."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from finora.accounts import Permission, Principal
from finora.accounts.audit_file import FORMATS, plain, written
from finora.api.access import Address, TheWorkspace, allowed
from finora.api.account_documents import AuditEntryDocument, AuditPageDocument

router = APIRouter(prefix="/api/v1/audit", tags=["Accounts"])

AuditReader = Annotated[Principal, Depends(allowed(Permission.READ_AUDIT_LOG))]
Act = Annotated[
    str | None, Query(max_length=64, description="Only this kind of act.", examples=["token.issued"])
]
By = Annotated[str | None, Query(max_length=320, description="Only acts of this user, by address or id.")]

_LARGEST_ID = 2**63 - 1
_FILES = {
    FORMATS["csv"]: {"schema": {"type": "string"}},
    FORMATS["json"]: {
        "schema": {"type": "array", "items": {"$ref": "#/components/schemas/AuditEntryDocument"}}
    },
}


@router.get("")
def entries(
    *,
    workspace: TheWorkspace,
    principal: AuditReader,
    act: Act = None,
    by: By = None,
    before: Annotated[int | None, Query(ge=1, le=_LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AuditPageDocument:
    """List acts, newest first."""
    found = workspace.accounts.audit_entries(principal, before=before, limit=limit, act=act, by=by)
    return AuditPageDocument(
        entries=[AuditEntryDocument(**plain(entry)) for entry in found],
        next_before=found[-1].id if len(found) == limit else None,
    )


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"description": "A file.", "content": _FILES}},
)
def export(
    *,
    address: Address,
    workspace: TheWorkspace,
    principal: AuditReader,
    form: Annotated[Literal["csv", "json"], Query(alias="format")] = "csv",
    act: Act = None,
    by: By = None,
) -> StreamingResponse:
    """Stream all acts that match, newest first, as CSV or JSON; that somebody did is an act as well."""
    pages = workspace.accounts.all_audit_entries(principal, act=act, by=by, address=address)
    name = f"finora-audit-{workspace.clock.now():%Y-%m-%d}.{form}"
    return StreamingResponse(
        written(pages, form),
        media_type=FORMATS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
