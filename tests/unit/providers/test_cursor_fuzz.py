"""Whatever bytes a provider sends, decoding raises nothing but the declared errors and stores no amount that was not sent."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from finora.providers.cursor.normalise import normalise
from finora.providers.cursor.payloads import UsagePage, decode_page
from support.cursor_pages import page, recorded, usage_event

NANO = Decimal(10_000_000)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from([*usage_event(), "isFreeBugbot", "kindLabel", "unheardOf"])
token_names = st.sampled_from([*usage_event()["tokenUsage"], "discountPercentOff", "other"])
strange_events = st.one_of(
    json_values,
    st.builds(
        lambda changed, tokens: usage_event(**changed) | ({"tokenUsage": tokens} if tokens else {}),
        st.dictionaries(names, json_values, max_size=4),
        st.dictionaries(token_names, json_values, max_size=4),
    ),
)
cents = st.one_of(
    st.decimals(0, 9_999_999, places=6).map(float),
    st.integers(0, 900_000),
    st.floats(0, 900_000, allow_nan=False),
    st.sampled_from([8.831999999999999, 0.1 + 0.2, 1e-9, 0.00000005, 4503599627.370497]),
)


def decoded(body: bytes) -> UsagePage | None:
    """Return a page; none where it raises what it declares."""
    try:
        return decode_page(body)
    except (msgspec.ValidationError, msgspec.DecodeError):
        return None


def assert_accounted_for(found: UsagePage) -> None:
    """Make sure that every row of a page is stored or held aside, and nothing else is."""
    normal = normalise(found)
    assert normal.events.num_rows + len(normal.held) == found.rows


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    found = decoded(body)
    if found is not None:
        assert_accounted_for(found)


@settings(max_examples=300)
@given(st.lists(strange_events, max_size=4))
def test_any_events_on_a_page(events: list[Any]) -> None:
    found = decoded(page(*(json.dumps(each).encode() for each in events)))
    if found is not None:
        assert found.rows == len(events)
        assert_accounted_for(found)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(recorded()), min_size=1, max_size=3), st.data())
def test_recorded_pages_with_bytes_changed(lines: list[bytes], data: st.DataObject) -> None:
    body = bytearray(page(*lines))
    for _change in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(body) - 1))
        match data.draw(st.sampled_from(["set", "cut", "insert", "repeat"])):
            case "set":
                body[place] = data.draw(st.integers(0, 255))
            case "cut":
                del body[place : place + data.draw(st.integers(1, 40))]
            case "insert":
                body[place:place] = data.draw(st.binary(max_size=6))
            case _:
                body[place:place] = body[place : place + 30]
        if not body:
            return
    found = decoded(bytes(body))
    if found is not None:
        assert_accounted_for(found)


@settings(max_examples=300)
@given(cents, st.booleans())
def test_an_amount_is_stored_as_it_was_sent_to_the_nearest_nano(
    amount: float,
    as_text: bool,  # noqa: FBT001 - hypothesis hands it over
) -> None:
    written = json.dumps(amount)
    event = usage_event(chargedCents=written if as_text else amount, cursorTokenFee=...)
    normal = normalise(decode_page(page(json.dumps(event).encode())))
    if normal.held:
        assert amount > 1_000_000
        return
    exact = Decimal(written) * NANO
    allowed = {int(exact.quantize(Decimal(1), rounding)) for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN)}
    assert normal.events["cost"].to_pylist()[0] in allowed
