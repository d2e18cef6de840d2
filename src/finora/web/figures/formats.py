"""How figures and times read on a page: one format everywhere, the unit always said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from finora.spend.catalog import METRICS, Unit
from finora.values.interval import Interval
from finora.values.money import usd_display, usd_short, usd_text
from finora.values.period import Period, Span, days_text, midnight

NONE = "\N{EN DASH}"
"""Stands where there is no figure."""

_SHORT_FROM = 10_000
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in few digits, and with all of them."""

    text: str
    exact: str


def figure(metric: str, value: int) -> Figure:
    """Return a metric's value as people read it. Money is nano-USD, request units are millionths."""
    match METRICS[metric].unit:
        case Unit.USD:
            return Figure(usd_short(value), usd_display(value))
        case Unit.REQUESTS:
            units = Decimal(value) / 1_000_000
            return Figure(count_short(round(units)), f"{units.normalize():,f}")
        case Unit.TOKENS:
            return Figure(count_short(value), f"{value:,} tokens")
        case _:
            return Figure(count_short(value), f"{value:,}")


def table_figure(metric: str, value: int) -> Figure:
    """Return a metric's value as it stands in a table: exact, but for tokens, whose digits nobody reads."""
    found = figure(metric, value)
    return found if METRICS[metric].unit is Unit.TOKENS else Figure(found.exact, found.exact)


def exact_usd(nano: int) -> str:
    """Return an amount with all its digits: `$1,234.5678`, and two decimals at least."""
    whole, _, rest = usd_text(abs(nano)).partition(".")
    return f"{'-' if nano < 0 else ''}${int(whole):,}.{rest}"


def exact_figure(metric: str, value: int) -> str:
    """Return a metric's value with all its digits."""
    return exact_usd(value) if METRICS[metric].unit is Unit.USD else figure(metric, value).exact


def cost_cell(cost: int | None) -> dict[str, str] | None:
    """Return a cost as a table's cell, to the cent and with all its digits at hand where it has more; none without a cost."""
    if cost is None:
        return None
    text, digits = usd_display(cost), exact_usd(cost)
    return {"text": text} if digits == text else {"text": text, "digits": digits}


def count_short(value: int) -> str:
    """Return a count in three digits at the most once it is long: `9,841`, `84.1k`, `1.93B`."""
    size = abs(value)
    if size < _SHORT_FROM:
        return f"{value:,}"
    for unit, suffix in ((10**3, "k"), (10**6, "M"), (10**9, "B"), (10**12, "T")):
        scaled = Decimal(size) / unit
        short = scaled.quantize(_step(scaled), ROUND_HALF_UP)
        if short < 1000 or suffix == "T":
            return f"{'-' if value < 0 else ''}{short:,}{suffix}"
    raise AssertionError("the loop always returns")


def _step(scaled: Decimal) -> Decimal:
    if scaled < 10:
        return Decimal("0.01")
    return Decimal("0.1") if scaled < 100 else Decimal(1)


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal; a dash where the whole is nothing."""
    if whole == 0:
        return NONE
    share = Decimal(100) * part / whole
    if 0 < share < Decimal("0.1"):
        return "<0.1%"
    return f"{share.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def moment(when: datetime, zone: ZoneInfo) -> str:
    """Return a moment to the minute: `16 Nov 2026, 14:03`."""
    return f"{when.astimezone(zone):%-d %b %Y, %H:%M}"


def precise_moment(when: datetime, zone: ZoneInfo) -> str:
    """Return a moment to the millisecond: `16 Nov 2026, 14:03:22.118`."""
    local = when.astimezone(zone)
    return f"{local:%-d %b %Y, %H:%M:%S}.{local.microsecond // 1000:03d}"


def near_moment(when: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return a moment with no more of its date than it takes: `14:05`, `yesterday 14:05`, `14 Nov, 14:05`."""
    local, today = when.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if local.date() == today - _DAY:
        return f"yesterday {local:%H:%M}"
    return f"{local:%-d %b, %H:%M}" if local.year == today.year else f"{local:%-d %b %Y}"


def day(when: datetime, zone: ZoneInfo) -> str:
    """Return a moment's day: `16 Nov 2026`."""
    return f"{when.astimezone(zone):%-d %b %Y}"


def ago(when: datetime, now: datetime) -> str:
    """Return how long ago a moment is: `just now`, `3 min ago`, `2 h ago`, `5 days ago`."""
    passed = now - when
    return "just now" if passed < _MINUTE else f"{duration(passed)} ago"


def ahead(when: datetime, now: datetime) -> str:
    """Return how far ahead a moment lies: `now`, `in 12 min`."""
    left = when - now
    return "now" if left <= timedelta() else f"in {duration(left)}"


def duration(length: timedelta) -> str:
    """Return a length of time in its largest unit: `23 s`, `12 min`, `3 h`, `5 days`."""
    for unit, name, nearly in ((_DAY, "day", 0.99), (_HOUR, "h", 0.99), (_MINUTE, "min", 1)):
        if length >= unit * nearly:
            whole = round(length / unit)
            return f"{whole} {name}{'s' if name == 'day' and whole != 1 else ''}"
    return f"{max(1, round(length.total_seconds()))} s"


def plural(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 event`, `2,041 events`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def period_text(period: Period, span: Span, zone: ZoneInfo) -> str:
    """Return a period's name, or its dates where it has none."""
    return period.label or span_text(span, zone)


def span_text(span: Span, zone: ZoneInfo) -> str:
    """Return a span's dates, both inclusive where it is made of whole days: `3 to 16 Nov 2026`."""
    first, end = span.start.astimezone(zone), span.end.astimezone(zone)
    if not all(each == midnight(each.date(), zone) for each in (first, end)):
        return f"{moment(span.start, zone)} to {moment(span.end, zone)}"
    last = end.date() - _DAY
    return days_text(first.date(), last)


def bucket_label(start: datetime, interval: Interval, zone: ZoneInfo, *, many_days: bool = True) -> str:
    """Return a bucket's name on the axis; an hour says its day only where there is more than one."""
    local = start.astimezone(zone)
    match interval:
        case Interval.HOUR:
            return f"{local:%-d %b %H:%M}" if many_days else f"{local:%H:%M}"
        case Interval.MONTH:
            return f"{local:%b %Y}"
        case Interval.WEEK:
            return f"Week of {local:%-d %b}"
        case _:
            return f"{local:%-d %b}"
