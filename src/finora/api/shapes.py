"""Records as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.api.documents import (
    ConnectionDocument,
    EventDocument,
    FinoraFigures,
    FormerDocument,
    NoticeDocument,
    PartDocument,
    ProviderFigures,
    ReconciledDocument,
    ReconciliationDocument,
    RevisionDocument,
    SpanDocument,
    SyncDocument,
    SyncErrorDocument,
    TallyDocument,
    UserDocument,
)
from finora.spend.rendering import figure
from finora.values.money import usd_text
from finora.values.period import utc_text

if TYPE_CHECKING:
    from datetime import datetime

    from finora.accounts import Account
    from finora.connections import Connection
    from finora.spend.listing import FormerFigures, ListedEvent
    from finora.spend.store import Revision, Tally
    from finora.sync import Notice, Reconciliation, SyncRun
    from finora.sync.causes import Part
    from finora.sync.reconcile import ReconciledLine
    from finora.values.period import Span
    from finora.workspace import Workspace


def connection_document(workspace: Workspace, connection: Connection) -> ConnectionDocument:
    """Return a connection."""
    run = workspace.runs.latest(connection.id)
    covered = workspace.store.covered(connection.number)
    state, reason = connection_state(connection, run)
    return ConnectionDocument(
        id=connection.id,
        provider=connection.provider,
        name=connection.name,
        key_last4=connection.key_last4,
        connected_by=connection.connected_by,
        connected_at=utc_text(connection.connected_at),
        state=state,
        state_reason=reason,
        data_from=_time(covered[0].start if covered else None),
        data_through=_time(covered[-1].end if covered else None),
        last_sync_at=_time(connection.last_sync_at),
        next_sync_at=_time(connection.next_sync_at),
        events=workspace.store.count(connection.number).events,
        capabilities=connection.capabilities,
        sync=sync_document(run) if run else None,
    )


def connection_state(connection: Connection, run: SyncRun | None) -> tuple[str, str]:
    """Return a connection's state (`syncing`, `failing`, `paused`, `connected`) and the reason of a failure."""
    if run is not None and run.state in {"pending", "running"}:
        return "syncing", connection.failing_reason
    if connection.failing_code:
        return "failing", connection.failing_reason
    return ("paused" if connection.paused else "connected"), ""


def sync_document(run: SyncRun) -> SyncDocument:
    """Return a sync run."""
    return SyncDocument(
        id=run.id,
        connection=run.connection_id,
        state=run.state,
        window=SpanDocument(start=utc_text(run.start), end=utc_text(run.end))
        if run.start and run.end
        else None,
        windows_done=run.windows_done,
        windows_total=run.windows_total,
        days_done=round(run.seconds_done / 86_400, 2),
        days_total=round(run.seconds_total / 86_400, 2),
        events=run.events,
        events_changed=run.changed,
        spend_usd=usd_text(run.spend),
        usage_value_usd=usd_text(run.usage_value),
        requests=run.requests,
        waiting_for=run.waiting_for or None,
        waiting_until=_time(run.waiting_until),
        requested_at=utc_text(run.requested_at),
        started_at=_time(run.started_at),
        finished_at=_time(run.finished_at),
        error=SyncErrorDocument(code=run.error_code, detail=run.error) if run.error else None,
    )


def revision_document(revision: Revision) -> RevisionDocument:
    """Return a revision."""
    change = revision.change
    return RevisionDocument(
        id=revision.id,
        read_at=utc_text(revision.read_at),
        window=_span(revision.window),
        before=_tally(change.before),
        after=_tally(change.after),
        difference=TallyDocument(
            events=change.after.events - change.before.events,
            spend=usd_text(change.after.spend - change.before.spend),
            usage_value=usd_text(change.after.usage_value - change.before.usage_value),
        ),
        added=change.added,
        revised=change.revised,
        withdrawn=change.withdrawn,
        retained=change.retained,
    )


def notice_document(notice: Notice) -> NoticeDocument:
    """Return a notice."""
    return NoticeDocument(
        id=notice.id,
        kind=notice.kind,
        title=notice.title,
        text=notice.text,
        raised_at=utc_text(notice.raised_at),
        dismissed_at=_time(notice.dismissed_at),
    )


def reconciliation_document(cycle: Reconciliation) -> ReconciliationDocument:
    """Return a billing cycle's comparison."""
    return ReconciliationDocument(
        cycle_start=utc_text(cycle.cycle_start),
        read_at=utc_text(cycle.read_at),
        agrees=cycle.agrees,
        difference=usd_text(cycle.difference),
        parts=[_part(part) for part in cycle.parts],
        members=[_reconciled(line) for line in cycle.lines],
    )


def event_document(event: ListedEvent) -> EventDocument:
    """Return an event."""
    return EventDocument(
        id=event.id,
        timestamp=utc_text(event.at),
        provider=event.provider,
        connection=event.connection,
        person=event.person,
        person_label=event.person_label,
        team=event.team_label,
        service_account=None if event.service_account == "none" else event.service_account,
        model=event.model,
        vendor=event.vendor_label,
        event_type=event.event_type,
        event_type_basis=event.type_basis.key,
        event_type_apportioned=event.apportioned,
        kind=event.kind,
        billing=event.billing_class.key,
        chargeable=event.chargeable,
        cost=None if event.cost is None else usd_text(event.cost),
        fee=usd_text(event.fee),
        list_cost=usd_text(event.list_cost),
        discount=usd_text(event.discount),
        input_tokens=event.input_tokens,
        output_tokens=event.output_tokens,
        cache_write_tokens=event.cache_write_tokens,
        cache_read_tokens=event.cache_read_tokens,
        tokens=event.tokens,
        requests=str(figure("requests", event.requests)),
        max_mode=event.max_mode,
        headless=event.headless,
        token_based=event.token_based,
        conversation=event.conversation,
        cloud_agent=event.cloud_agent,
        automation=event.automation,
        extra=event.extra,
    )


def former_document(former: FormerFigures) -> FormerDocument:
    """Return what an event's figures were."""
    return FormerDocument(
        until=utc_text(former.until),
        cost=None if former.cost is None else usd_text(former.cost),
        fee=usd_text(former.fee),
        chargeable=former.chargeable,
        kind=former.kind,
    )


def user_document(account: Account) -> UserDocument:
    """Return a user."""
    return UserDocument(
        id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        created_at=utc_text(account.created_at),
        disabled=account.disabled_at is not None,
    )


def _reconciled(line: ReconciledLine) -> ReconciledDocument:
    value = line.provider_usage_value
    return ReconciledDocument(
        person=line.person,
        person_label=line.name,
        listed=line.listed,
        provider=ProviderFigures(
            spend=usd_text(line.provider_spend), usage_value=None if value is None else usd_text(value)
        ),
        finora=FinoraFigures(spend=usd_text(line.spend), usage_value=usd_text(line.usage_value)),
        difference=usd_text(line.difference),
        cause=line.cause,
        parts=[_part(part) for part in line.parts],
    )


def _part(part: Part) -> PartDocument:
    return PartDocument(
        cause=part.cause, amount=usd_text(part.amount), events=part.events, examples=list(part.examples)
    )


def _tally(tally: Tally) -> TallyDocument:
    return TallyDocument(
        events=tally.events, spend=usd_text(tally.spend), usage_value=usd_text(tally.usage_value)
    )


def _span(span: Span) -> SpanDocument:
    return SpanDocument(start=utc_text(span.start), end=utc_text(span.end))


def _time(moment: datetime | None) -> str | None:
    return utc_text(moment) if moment else None
