"""Payments ahead as a calendar file (iCalendar, RFC 5545), for whoever plans cash or must cancel in time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from finora.subscriptions import Renewal
from finora.values.money import usd_display
from finora.web.figures.formats import plural

_OCTETS = 75
_DAY = timedelta(days=1)


def calendar_file(payments: Iterable[Renewal], now: datetime, public_url: str) -> str:
    """Return payments as all-day events, each with its amount and the way to its subscription.

    Args:
        payments: What is paid on which day; the same payment is the same event in every file.
        now: When the file is made, in UTC.
        public_url: Where Finora is found.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Finora//AI Subscriptions//EN"]
    for each in payments:
        lines += _event(each, now, public_url)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(payment: Renewal, now: datetime, public_url: str) -> Sequence[str]:
    subscription, day = payment.subscription, payment.day
    terms = subscription.contract.terms_on(day)
    price = f"{usd_display(terms.price)} a {'year' if terms.cycle.months > 1 else 'month'}"
    seats = plural(terms.seats, "seat")
    return (
        "BEGIN:VEVENT",
        f"UID:{subscription.id}-{day:%Y%m%d}@finora",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + _DAY:%Y%m%d}",
        f"SUMMARY:{_escaped(f'{subscription.name} renews: {usd_display(payment.amount)}')}",
        f"DESCRIPTION:{_escaped(f'{seats} at {price}')}",
        f"URL:{public_url}/subscriptions/{subscription.id}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text


def _folded(line: str) -> Iterator[str]:
    """Yield a line in parts of 75 octets at most, never cut within a character; all but the first begin with a space."""
    part = ""
    for sign in line:
        if len(f"{part}{sign}".encode()) > _OCTETS:
            yield part
            part = " "
        part += sign
    yield part
