"""Cursor's events in Finora's terms: every recorded line, money to the nano, and what is held aside."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.providers.cursor.event_type import with_types
from finora.providers.cursor.kind import billing_class
from finora.providers.cursor.normalise import PAGE_SCHEMA, normalise
from finora.providers.cursor.payloads import decode_page
from finora.spend.event import EVENT_SCHEMA, BillingClass, TypeBasis
from support.cursor_pages import page, recorded, usage_event

O, I, N, K, F, U = (  # noqa: E741 - the table below is read by column
    BillingClass.ON_DEMAND,
    BillingClass.INCLUDED,
    BillingClass.NOT_CHARGED,
    BillingClass.BYOK,
    BillingClass.FREE,
    BillingClass.UNKNOWN,
)

# By line of the recorded file: price in cents as the reference's section 16 has it, class, chargeable, type.
LINES: dict[int, tuple[str | None, BillingClass, bool, str]] = {
    1: ("15.02659", O, True, "unknown"),
    2: ("36.77815", O, True, "unknown"),
    3: ("26.283375", O, True, "unknown"),
    4: ("30.821075", O, True, "unknown"),
    5: ("0.50783", I, False, "unknown"),
    6: ("0.50783", I, False, "unknown"),
    7: ("66.31335", I, False, "unknown"),
    8: ("0", I, False, "unknown"),
    9: ("5.0929", O, True, "unknown"),
    10: ("0.79017", I, False, "unknown"),
    11: ("8.8406", O, True, "unknown"),
    12: ("262.3455", O, True, "unknown"),
    13: ("64.495525", O, True, "unknown"),
    14: ("0.160525", O, True, "unknown"),
    15: ("0", N, False, "unknown"),
    16: ("0", N, False, "unknown"),
    17: ("1.6383", K, True, "unknown"),
    18: ("0", F, False, "unknown"),
    19: ("34.660375", O, True, "automation"),
    20: ("6.49443", O, True, "automation"),
    21: ("116.7557", O, True, "cloud_agent"),
    22: ("13.04606", O, True, "unknown"),
    23: ("1.347405", O, True, "unknown"),
    24: ("4", I, False, "unknown"),
    25: ("8", O, True, "unknown"),
    26: ("8.832", O, True, "unknown"),
    27: ("11.859455", O, True, "unknown"),
    28: ("6.02624", O, True, "unknown"),
    29: ("7.165065", O, True, "unknown"),
    30: (None, O, True, "unknown"),
}


def typed(*events: object) -> list[dict[str, Any]]:
    """Return events as the store gets them."""
    normal = normalise(decode_page(page(*events)))
    assert normal.held == ()
    table = with_types(pa.Table.from_batches([normal.events], PAGE_SCHEMA), {})
    assert table.schema.names == EVENT_SCHEMA.names
    return [dict(row) for row in table.to_pylist()]


def exact_nanos(cents: object) -> int:
    """Return cents as nano-USD by decimal arithmetic alone."""
    return int((Decimal(str(cents)) * 10_000_000).to_integral_value(ROUND_HALF_EVEN))


@pytest.mark.parametrize("line", LINES)
def test_each_recorded_event_has_its_price_class_and_type(line: int) -> None:
    cents, billing, chargeable, event_type = LINES[line]
    (event,) = typed(recorded()[line - 1])
    assert event["cost"] == (None if cents is None else exact_nanos(cents))
    assert (event["billing"], event["chargeable"], event["event_type"]) == (billing, chargeable, event_type)
    proven = event_type != "unknown"
    assert event["basis"] == (TypeBasis.STRUCTURAL if proven else TypeBasis.UNKNOWN)
    raw = json.loads(recorded()[line - 1])
    tokens = raw.get("tokenUsage", {})
    assert event["ts"] == int(raw["timestamp"])
    assert event["person"] == raw.get("userEmail")
    assert event["fee"] == exact_nanos(raw.get("cursorTokenFee", 0))
    assert event["cache_read_tokens"] == tokens.get("cacheReadTokens", 0)
    assert event["requests"] == round(Decimal(str(raw["requestsCosts"])) * 1_000_000)


def test_the_recorded_events_together_are_the_sum_of_their_prices() -> None:
    rows = typed(*recorded()[:27])
    expected = [json.loads(line, parse_float=str)["chargedCents"] for line in recorded()[:27]]
    assert sum(row["cost"] for row in rows) == sum(map(exact_nanos, expected))


def test_the_token_fee_is_part_of_the_price_and_never_added_to_it() -> None:
    (event,) = typed(recorded()[0])
    assert event["cost"] == event["list_cost"] - event["discount"] + event["fee"]


def test_a_discount_is_what_was_taken_off_the_list_cost() -> None:
    (event,) = typed(recorded()[12])
    assert (event["list_cost"], event["discount"]) == (638_657_500, 63_865_750)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Usage-based", O),
        ("usage based", O),
        ("On-Demand", O),
        ("Included in Business", I),
        ("Included in Pro Plus", I),
        ("Custom Subscription", I),
        ("Errored, Not Charged", N),
        ("Errored, No Charge", N),
        ("User API Key", K),
        ("Free", F),
        ("free credit", F),
        ("USAGE_EVENT_KIND_USAGE_BASED", O),
        ("USAGE_EVENT_KIND_INCLUDED_IN_BUSINESS", I),
        ("USAGE_EVENT_KIND_ABORTED_NOT_CHARGED", N),
        ("USAGE_EVENT_KIND_USER_API_KEY", K),
        ("USAGE_EVENT_KIND_FREE_CREDIT", F),
        ("Prepaid Credits", U),
        ("", U),
    ],
)
def test_billing_labels_are_read_by_what_they_say(kind: str, expected: BillingClass) -> None:
    assert billing_class(kind) is expected


def test_an_unheard_of_label_is_counted_by_what_cursor_says_of_the_event() -> None:
    charged, covered = typed(
        usage_event(kind="Prepaid Credits"), usage_event(kind="Prepaid Credits", isChargeable=False)
    )
    assert (charged["billing"], charged["chargeable"], covered["chargeable"]) == (U, True, False)
    assert charged["cost"] == covered["cost"] == 125_000_250


def test_whether_an_event_is_billed_is_told_by_its_label_where_cursor_does_not_say() -> None:
    rows = typed(
        *(usage_event(kind=kind, isChargeable=...) for kind in ("Usage-based", "Free", "User API Key"))
    )
    assert [row["chargeable"] for row in rows] == [True, False, False]


published = st.integers(0, 10**12).map(lambda nano: Decimal(nano) / 10_000_000)


@given(st.lists(published, min_size=1, max_size=8))
def test_prices_are_exact_to_the_nano_however_they_are_written(prices: list[Decimal]) -> None:
    """A price off by a nano here is an invoice that never reconciles."""
    events = [
        json.dumps(usage_event(chargedCents="@", tokenUsage={"totalCents": 0})).replace('"@"', form).encode()
        for price in prices
        for form in (f"{price:f}", f'"{price:f}"', repr(float(price)))
    ]
    expected = [exact_nanos(price) for price in prices for _form in range(3)]
    assert [row["cost"] for row in typed(*events)] == expected


@given(st.integers(0, 10**10), st.sampled_from([3e-16, -3e-16, 1.1e-16]))
def test_float_noise_does_not_move_a_price(steps: int, noise: float) -> None:
    cents = steps * 0.000025
    (event,) = typed(usage_event(chargedCents=cents * (1 + noise)))
    assert event["cost"] == steps * 250


amounts = st.none() | st.integers(0, 900_000) | st.integers(0, 10**10).map(lambda steps: steps * 0.000025)
counts = st.integers(0, 2_000_000_000)
figures = st.fixed_dictionaries(
    {
        "chargedCents": amounts,
        "cursorTokenFee": amounts,
        "requestsCosts": amounts,
        "tokenUsage": st.none()
        | st.fixed_dictionaries(
            {"totalCents": amounts, "discountPercentOff": st.none() | st.integers(0, 100)},
            optional={
                "inputTokens": counts,
                "outputTokens": counts,
                "cacheWriteTokens": counts,
                "cacheReadTokens": counts,
            },
        ),
    }
)


@given(st.lists(figures, min_size=1, max_size=6))
def test_each_figure_of_each_event_is_its_own_whatever_else_is_on_the_page(
    changes: list[dict[str, Any]],
) -> None:
    """All amounts of a page are rounded as one column; one taken for its neighbour would be somebody else's money."""
    for sent, row in zip(changes, typed(*(usage_event(**each) for each in changes)), strict=True):
        used = sent["tokenUsage"] or {}
        list_cost, percent = exact_nanos(used.get("totalCents") or 0), used.get("discountPercentOff") or 0
        assert row["cost"] == (None if sent["chargedCents"] is None else exact_nanos(sent["chargedCents"]))
        assert (row["fee"], row["list_cost"]) == (exact_nanos(sent["cursorTokenFee"] or 0), list_cost)
        assert row["discount"] == (list_cost * percent + 50) // 100
        assert row["requests"] == round((sent["requestsCosts"] or 0) * 1e6)
        for ours, theirs in (
            ("input", "input"),
            ("output", "output"),
            ("cache_write", "cacheWrite"),
            ("cache_read", "cacheRead"),
        ):
            assert row[f"{ours}_tokens"] == used.get(f"{theirs}Tokens", 0)


doubtful = st.one_of(
    st.fixed_dictionaries({"chargedCents": st.floats(-1e9, -1e-6) | st.floats(1_000_001, 1e9)}),
    st.fixed_dictionaries({"cursorTokenFee": st.floats(-1e9, -1e-6) | st.floats(1_000_001, 1e9)}),
    st.fixed_dictionaries({"requestsCosts": st.floats(1_000_001, 1e11)}),
    st.fixed_dictionaries(
        {
            "tokenUsage": st.one_of(
                st.fixed_dictionaries({"inputTokens": st.integers(-(10**12), -1)}),
                st.fixed_dictionaries({"cacheReadTokens": st.integers(2_000_000_001, 10**12)}),
                st.fixed_dictionaries({"totalCents": st.floats(1_000_001, 1e9)}),
                st.fixed_dictionaries({"discountPercentOff": st.floats(100.01, 1000)}),
            )
        }
    ),
)


@given(doubtful)
def test_an_implausible_event_is_summed_only_once_someone_accepted_it(changes: dict[str, object]) -> None:
    body = page(usage_event(), usage_event(**changes))
    before = normalise(decode_page(body))
    (held,) = before.held
    assert (before.events.num_rows, held.ts is not None) == (1, True)
    after = normalise(decode_page(body), frozenset({held.fingerprint}))
    assert (after.events.num_rows, after.held) == (2, ())


def test_an_accepted_event_stays_accepted_when_a_new_field_appears_or_its_time_becomes_a_number() -> None:
    odd = usage_event(chargedCents=2e6)
    (held,) = normalise(decode_page(page(odd))).held
    later = odd | {"timestamp": int(odd["timestamp"]), "hostingType": "CLOUD"}
    assert normalise(decode_page(page(later)), frozenset({held.fingerprint})).held == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"chargedCents": 1e300},
        {"cursorTokenFee": 1e18},
        {"requestsCosts": 1e300},
        {"tokenUsage": {"inputTokens": 2**62}},
        {"tokenUsage": {"totalCents": -1e200}},
        {"tokenUsage": {"discountPercentOff": 1e40}},
        {"timestamp": "4102444800000"},
    ],
)
def test_what_cannot_be_counted_in_64_bits_stays_held_even_if_someone_accepts_it(
    changes: dict[str, object],
) -> None:
    body = page(usage_event(**changes))
    (held,) = normalise(decode_page(body)).held
    assert held.ts is None
    assert normalise(decode_page(body), frozenset({held.fingerprint})).events.num_rows == 0
