"""`/api/v1/subscriptions`: flat-rate spend, its seats and its figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from finora.accounts import Permission, Principal
from finora.api.access import AllReader, Reader, TheWorkspace, address_of, allowed
from finora.api.problems import Unreadable
from finora.api.subscription_documents import (
    CatalogueDocument,
    ChangedSubscription,
    ImportedDocument,
    MonthDocument,
    NewSubscription,
    RenewalDocument,
    SeatHolders,
    SeatUseDocument,
    SubscriptionDocument,
    SummaryDocument,
    TrueCostsDocument,
)
from finora.api.subscription_shapes import (
    imported_document,
    month_document,
    renewal_document,
    seat_use_document,
    sku_document,
    subscription_document,
    subscription_documents,
    summary_document,
    true_costs_document,
)
from finora.gate import own_only
from finora.subscriptions import Flaw, Subscriptions, import_table, write_table
from finora.subscriptions.accrual import next_month
from finora.subscriptions.reading import read_day

router = APIRouter(prefix="/api/v1/subscriptions", tags=["Subscriptions"])

SubscriptionKeeper = Annotated[Principal, Depends(allowed(Permission.MANAGE_SUBSCRIPTIONS))]
Tag = Annotated[str | None, Query(max_length=200, description="Only those with this tag.")]
FirstDay = Annotated[str | None, Query(description="The first day; of this month unless given.")]
DayAfter = Annotated[str | None, Query(description="The day after the last; of this month unless given.")]

_CSV_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
}
_CSV_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The file"}
}


async def whole_body(request: Request) -> bytes:
    """Return a request's body as it came, whatever it says it is."""
    return await request.body()


@router.get("")
def subscriptions(
    workspace: TheWorkspace, _principal: AllReader, tag: Tag = None, *, deleted: bool = False
) -> list[SubscriptionDocument]:
    """List the subscriptions by name; with `deleted`, those that can be restored."""
    kept = workspace.subscriptions
    return subscription_documents(kept, kept.all(tag=tag, deleted=deleted))


@router.post("", status_code=201)
def create(
    body: NewSubscription, request: Request, workspace: TheWorkspace, principal: SubscriptionKeeper
) -> SubscriptionDocument:
    """Add a subscription."""
    kept = workspace.subscriptions
    entered = body.model_dump(exclude_unset=True)
    return subscription_document(kept, kept.create(principal, entered, address=address_of(request)))


@router.get("/skus")
def skus(workspace: TheWorkspace, _principal: AllReader) -> CatalogueDocument:
    """List the plans of the catalogue with their list prices."""
    catalogue = workspace.subscriptions.catalogue
    return CatalogueDocument(
        skus=[sku_document(sku) for sku in catalogue.skus().values()], problem=catalogue.problem()
    )


@router.get("/summary")
def summary(
    workspace: TheWorkspace,
    _principal: AllReader,
    start: FirstDay = None,
    end: DayAfter = None,
    tag: Tag = None,
) -> SummaryDocument:
    """Sum up what subscriptions cost from `start` up to, and without, `end`.

    `period_total` is the sum of the period's days. `monthly_total` is what a month costs at the terms of `as_of`: today,
    or the day of the period nearest to it.
    """
    first, after = _period(workspace.subscriptions, start, end)
    return summary_document(workspace.subscriptions.summary(first, after, tag=tag))


@router.get("/trend")
def trend(
    workspace: TheWorkspace,
    _principal: AllReader,
    months: Annotated[int, Query(ge=1, le=120)] = 12,
    tag: Tag = None,
) -> list[MonthDocument]:
    """Return the cost of each month, the last being the present one in full."""
    return [month_document(each) for each in workspace.subscriptions.trend(months, tag=tag)]


@router.get("/renewals")
def renewals(
    workspace: TheWorkspace,
    _principal: AllReader,
    days: Annotated[int, Query(ge=0, le=3660)] = 60,
    tag: Tag = None,
) -> list[RenewalDocument]:
    """List what is paid again within so many days, soonest first."""
    return [renewal_document(each) for each in workspace.subscriptions.renewals(days, tag=tag)]


@router.get("/people")
def people(
    workspace: TheWorkspace, principal: Reader, start: FirstDay = None, end: DayAfter = None
) -> TrueCostsDocument:
    """Return what each person truly costs from `start` up to, and without, `end`: their events and their seats."""
    first, after = _period(workspace.subscriptions, start, end)
    found, unassigned = workspace.seats.true_costs(first, after, own=own_only(principal))
    return true_costs_document(first, after, found, unassigned)


@router.post("/import", openapi_extra=_CSV_BODY)
def import_csv(
    content: Annotated[bytes, Depends(whole_body)],
    request: Request,
    workspace: TheWorkspace,
    principal: SubscriptionKeeper,
    *,
    rehearse: bool = False,
) -> ImportedDocument:
    """Take subscriptions from CSV, all or none; with `rehearse`, only say what would happen.

    The columns are those of the export. An id that is there already is changed, without an id a subscription is added.
    """
    done = import_table(
        workspace.subscriptions, principal, content, rehearse=rehearse, address=address_of(request)
    )
    return imported_document(done, rehearsed=rehearse)


@router.get("/export", responses=_CSV_ANSWER, response_class=Response)
def export_csv(workspace: TheWorkspace, _principal: AllReader, tag: Tag = None) -> Response:
    """Return all subscriptions with their dated terms as CSV, in the form that the import takes."""
    kept = workspace.subscriptions
    return Response(
        write_table(kept.all(tag=tag), kept.connections()),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="finora-subscriptions-{kept.today}.csv"'},
    )


@router.get("/{subscription_id}")
def subscription(
    subscription_id: str, workspace: TheWorkspace, _principal: AllReader
) -> SubscriptionDocument:
    """Return one subscription."""
    kept = workspace.subscriptions
    return subscription_document(kept, kept.get(subscription_id))


@router.patch("/{subscription_id}")
def change(
    subscription_id: str,
    body: ChangedSubscription,
    request: Request,
    workspace: TheWorkspace,
    principal: SubscriptionKeeper,
) -> SubscriptionDocument:
    """Change a subscription; seats, price and billing cycle from a day on. To end it, set its end date."""
    kept, entered = workspace.subscriptions, body.model_dump(exclude_unset=True)
    changed = kept.change(principal, subscription_id, entered, address=address_of(request))
    return subscription_document(kept, changed)


@router.delete("/{subscription_id}/terms/{effective}")
def withdraw(
    subscription_id: str,
    effective: date,
    request: Request,
    workspace: TheWorkspace,
    principal: SubscriptionKeeper,
) -> SubscriptionDocument:
    """Take back the terms that begin on a day: those before go on until the next ones."""
    kept = workspace.subscriptions
    changed = kept.withdraw(principal, subscription_id, effective, address=address_of(request))
    return subscription_document(kept, changed)


@router.delete("/{subscription_id}", status_code=204)
def delete(
    subscription_id: str, request: Request, workspace: TheWorkspace, principal: SubscriptionKeeper
) -> Response:
    """Take a subscription out of every figure, past ones too; it can be restored."""
    workspace.subscriptions.delete(principal, subscription_id, address=address_of(request))
    return Response(status_code=204)


@router.post("/{subscription_id}/restore")
def restore(
    subscription_id: str, request: Request, workspace: TheWorkspace, principal: SubscriptionKeeper
) -> SubscriptionDocument:
    """Bring a deleted subscription back as it was."""
    kept = workspace.subscriptions
    restored = kept.restore(principal, subscription_id, address=address_of(request))
    return subscription_document(kept, restored)


@router.get("/{subscription_id}/seat-use")
def seat_use(subscription_id: str, workspace: TheWorkspace, _principal: AllReader) -> SeatUseDocument:
    """Tell seats bought from those held and used; idle ones by name, and what they cost a month."""
    return seat_use_document(workspace.seats.use(subscription_id))


@router.put("/{subscription_id}/seats")
def assign(
    subscription_id: str,
    body: SeatHolders,
    request: Request,
    workspace: TheWorkspace,
    principal: SubscriptionKeeper,
) -> SubscriptionDocument:
    """Make these the seats assigned by hand, in place of those that were."""
    kept = workspace.subscriptions
    held = [each.model_dump(exclude_unset=True) for each in body.people]
    changed = kept.assign(principal, subscription_id, held, address=address_of(request))
    return subscription_document(kept, changed)


def _period(kept: Subscriptions, start: str | None, end: str | None) -> tuple[date, date]:
    """Return a period of days; this month where nothing is said, else up to the end of the start's month or from it on."""
    found: dict[str, date] = {}
    flaws = []
    for name, text in (("start", start), ("end", end)):
        try:
            if text is not None:
                found[name] = read_day(text)
        except ValueError as problem:
            flaws.append(Flaw(name, str(problem)))
    first = found.get("start", kept.today.replace(day=1))
    after = found.get("end", next_month(max(first, kept.today)))
    if not flaws and after <= first:
        flaws.append(Flaw("end", "must lie after start; it is the day after the last"))
    if flaws:
        said = "; ".join(map(str, flaws))
        raise Unreadable(
            f"{said}.", errors=[{"field": flaw.field, "problem": flaw.problem} for flaw in flaws]
        )
    return first, after
