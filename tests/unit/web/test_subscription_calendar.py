"""A calendar takes the renewals as they are: whole days, whole amounts, no line that breaks the format."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from finora.subscriptions import BillingCycle, Contract, Renewal, SeatRule, Subscription, Terms, figures
from finora.web.subscriptions.calendar import calendar_file

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
USD = 1_000_000_000


def subscription(
    name: str = "Cursor", cycle: BillingCycle = BillingCycle.MONTHLY, end: date | None = None
) -> Subscription:
    start = date(2026, 1, 31)
    terms = Terms(effective=start, seats=10, price=40 * USD, cycle=cycle)
    return Subscription(
        id="0" * 32,
        name=name,
        sku="cursor-business",
        contract=Contract(start=start, end=end, terms=(terms,)),
        renewal=start,
        tags=(),
        connection_id=None,
        seat_rule=SeatRule.MEMBERS,
        assigned=(),
        created_at=NOW,
        created_by="",
        changed_at=NOW,
        deleted_at=None,
    )


def test_every_payment_of_the_time_ahead_is_there_on_its_day() -> None:
    """The 31st is the last day of shorter months, and nothing is paid after the end."""
    found = figures.payments([subscription(end=date(2027, 3, 15))], TODAY, 365)
    assert [each.day for each in found] == [
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
    ]
    assert {each.amount for each in found} == {400 * USD}
    yearly = figures.payments([subscription(cycle=BillingCycle.ANNUAL)], TODAY, 800)
    assert [each.day for each in yearly] == [date(2027, 1, 31), date(2028, 1, 31)]


def test_an_event_says_what_is_paid_for_what_and_where_to_look() -> None:
    written = calendar_file(figures.payments([subscription()], TODAY, 20), NOW, "https://finora.acme.test")
    assert written.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    for line in (
        f"UID:{'0' * 32}-20261130@finora",
        "DTSTART;VALUE=DATE:20261130",
        "DTEND;VALUE=DATE:20261201",
        "SUMMARY:Cursor renews: $400.00",
        "DESCRIPTION:10 seats at $40.00 a month",
    ):
        assert f"\r\n{line}\r\n" in written
    unfolded = written.replace("\r\n ", "")
    assert f"\r\nURL:https://finora.acme.test/subscriptions/{'0' * 32}\r\n" in unfolded


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=200))
def test_no_name_breaks_the_file(name: str) -> None:
    each = Renewal(day=TODAY, subscription=subscription(name), amount=USD)
    written = calendar_file([each], NOW, "https://finora.acme.test")
    lines = written.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = written.replace("\r\n ", "").split("\r\n")
    (said,) = (line for line in whole if line.startswith("SUMMARY:"))
    kept = said.removeprefix("SUMMARY:").replace("\\;", ";").replace("\\,", ",").replace("\\\\", "\\")
    assert kept == f"{name} renews: $1.00"
