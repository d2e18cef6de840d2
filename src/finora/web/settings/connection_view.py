"""A connection as its row shows it: state, progress and figures in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from finora.connections import Connection
from finora.providers.base import Provider
from finora.spend.store import Tally
from finora.sync import SyncRun
from finora.values.money import usd_display
from finora.values.period import Span
from finora.web.figures.formats import ago, ahead, duration, near_moment

_DAY_SECONDS = 86_400
_UNDER_WAY = frozenset({"pending", "running"})
_ENOUGH_TO_TELL = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """How far a sync is. `left` says how long it takes yet, or why it waits."""

    label: str
    done: int
    total: int
    facts: tuple[tuple[str, str], ...]
    left: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionView:
    """A connected provider account. `facts` are pairs of a name and its value; `reason` says why it fails."""

    id: str
    name: str
    provider: str
    key: str
    state: str
    reason: str
    paused: bool
    facts: tuple[tuple[str, str], ...]
    progress: ProgressView | None
    revoke_hint: str
    events: int


def is_under_way(run: SyncRun | None) -> bool:
    """Return whether a sync waits to start or runs."""
    return run is not None and run.state in _UNDER_WAY


def connection_view(
    connection: Connection,
    *,
    provider: Provider | None,
    run: SyncRun | None,
    spans: tuple[Span, ...],
    tally: Tally,
    now: datetime,
    zone: ZoneInfo,
) -> ConnectionView:
    """Return a connection's row.

    Args:
        connection: The connection.
        provider: Its provider; none where its plug-in is no longer installed.
        run: Its newest sync.
        spans: The stretches of time read.
        tally: What came through it.
        now: The present.
        zone: In which times are shown.
    """
    next_at = connection.next_sync_at
    waiting = ahead(next_at, now) if next_at and not connection.paused else "when resumed"
    facts = (
        ("Data through", near_moment(spans[-1].end, now, zone) if spans else "nothing yet"),
        ("Last refresh", ago(connection.last_sync_at, now) if connection.last_sync_at else "not yet"),
        ("Next refresh", "under way" if is_under_way(run) else waiting),
        ("Events", f"{tally.events:,}"),
        ("Connected by", f"{connection.connected_by}, {near_moment(connection.connected_at, now, zone)}"),
    )
    return ConnectionView(
        id=connection.id,
        name=connection.name,
        provider=provider.label if provider else connection.provider,
        key=f"…{connection.key_last4}",
        state=_state(connection, run),
        reason=_reason(connection, now, zone),
        paused=connection.paused,
        facts=facts,
        progress=progress_view(connection, run, now) if run and is_under_way(run) else None,
        revoke_hint=provider.revoke_hint if provider else "",
        events=tally.events,
    )


def progress_view(connection: Connection, run: SyncRun, now: datetime) -> ProgressView:
    """Return how far a sync is that is under way."""
    total = max(1, -(-run.seconds_total // _DAY_SECONDS))
    return ProgressView(
        label="Refresh" if connection.last_sync_at else "First read",
        done=min(total, run.seconds_done * total // run.seconds_total) if run.seconds_total else 0,
        total=total,
        facts=(
            ("Events", f"{run.events:,}"),
            ("Spend so far", usd_display(run.spend)),
            ("Requests", f"{run.requests:,}"),
        ),
        left=_left(run, now),
    )


def _left(run: SyncRun, now: datetime) -> str:
    if run.state == "pending":
        return "waiting to start"
    if run.waiting_for and run.waiting_until:
        return f"{run.waiting_for}, {duration(max(run.waiting_until - now, timedelta()))}"
    elapsed = now - run.started_at if run.started_at else timedelta()
    if not run.seconds_done or elapsed < _ENOUGH_TO_TELL:
        return "beginning"
    left = elapsed * ((run.seconds_total - run.seconds_done) / run.seconds_done)
    return f"about {duration(left)} left" if left > timedelta(seconds=1) else "nearly done"


def _state(connection: Connection, run: SyncRun | None) -> str:
    if is_under_way(run):
        return "syncing"
    if connection.failing_code:
        return "failing"
    return "paused" if connection.paused else "connected"


def _reason(connection: Connection, now: datetime, zone: ZoneInfo) -> str:
    if not connection.failing_code:
        return ""
    since = f"Since {near_moment(connection.failing_since, now, zone)}: " if connection.failing_since else ""
    return f"{since}{connection.failing_reason}"
