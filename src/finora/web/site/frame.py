"""What stands around every page: how fresh the data is, and what people should know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from finora.connections import Connection
from finora.sync import Notice
from finora.web.figures.coverage import Coverage
from finora.web.figures.formats import ago, near_moment
from finora.web.site.words import Told

_LATE_AFTER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far the data reaches. `level` is empty, caution or bad; `title` says it for each connection."""

    text: str
    title: str = ""
    level: str = ""


def freshness(
    connections: Sequence[Connection], coverage: Coverage, now: datetime, zone: ZoneInfo, interval: timedelta
) -> Freshness | None:
    """Return how fresh the data of the connections is; none where nothing is connected."""
    if not connections:
        return None
    through = coverage.through
    if through is None:
        return Freshness(text="Waiting for the first data", level="caution")
    synced = [each.last_sync_at for each in connections if each.last_sync_at]
    text = f"Data through {near_moment(through, now, zone)}"
    text += f", synced {ago(max(synced), now)}" if synced else ", reading the days before"
    title = "\n".join(
        f"{each.name}: through {near_moment(spans[-1].end, now, zone)}"
        for each, spans in zip(connections, coverage.present, strict=True)
    )
    return Freshness(text=text, title=title, level=_level(connections, through, now, interval))


def _level(connections: Iterable[Connection], through: datetime, now: datetime, interval: timedelta) -> str:
    if any(each.failing_code for each in connections):
        return "bad"
    return "caution" if now - through > _LATE_AFTER * interval else ""


def standing_notices(
    connections: Iterable[Connection], notices: Iterable[Notice], *, may_manage: bool
) -> list[Told]:
    """Return what every page tells: keys that stopped working, and what syncs found worth a look.

    Args:
        connections: Those that are connected.
        notices: Those that nobody dismissed.
        may_manage: Whether the reader may change connections, and so is led to where that is done.
    """
    by_id = {each.id: each for each in connections}
    told = [_failing(each, may_manage=may_manage) for each in by_id.values() if each.failing_code]
    told += [_found(each, may_manage=may_manage) for each in notices if each.connection_id in by_id]
    return told


def _failing(connection: Connection, *, may_manage: bool) -> Told:
    is_key = connection.failing_code in {"invalid_credentials", "access_refused"}
    page = f"/settings/api-keys/{connection.id}"
    return Told(
        title=f"The key of {connection.name} stopped working"
        if is_key
        else f"{connection.name} cannot be read now",
        text=f"{connection.failing_reason} Nothing is lost: reading goes on from where it stopped"
        + (" once the key is updated." if is_key else " as soon as it can."),
        level="bad" if is_key else "caution",
        href=(f"{page}/update" if is_key else page) if may_manage else "",
        action="Update key" if is_key else "Look",
    )


def _found(notice: Notice, *, may_manage: bool) -> Told:
    return Told(
        title=notice.title,
        text=notice.text,
        level="caution",
        href=f"/settings/api-keys/{notice.connection_id}#findings" if may_manage else "",
        action="Look",
    )
