"""Cursor's pages: whatever shape an event comes in, it is counted or held aside, and never lost."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.providers.cursor.normalise import Normalised, normalise
from finora.providers.cursor.payloads import decode_page
from support.cursor_pages import TS, Fields, page, usage_event


def read(*events: object) -> Normalised:
    """Return what becomes of a page's events."""
    return normalise(decode_page(page(*events)))


def only(*events: object) -> dict[str, Any]:
    """Return the one event that is counted, none being held."""
    normal = read(*events)
    assert normal.held == ()
    (row,) = normal.events.to_pylist()
    return dict(row)


def without(fields: Fields, *names: str) -> Fields:
    """Return fields but for some."""
    return {name: value for name, value in fields.items() if name not in names}


def test_a_time_counts_as_text_number_or_whole_float() -> None:
    assert {only(usage_event(timestamp=ts))["ts"] for ts in (str(TS), TS, float(TS))} == {TS}


def test_amounts_and_tokens_written_as_text_count_the_same() -> None:
    tokens = {
        "inputTokens": "10",
        "outputTokens": "20",
        "cacheWriteTokens": "30",
        "cacheReadTokens": "40",
        "totalCents": "12.5",
    }
    written = usage_event(
        chargedCents="12.500025", cursorTokenFee="0.000025", requestsCosts="1.5", tokenUsage=tokens
    )
    assert only(written) == only(usage_event())


def test_null_means_absent() -> None:
    optional = ("userEmail", "conversationId", "requestsCosts", "tokenUsage", "cursorTokenFee", "maxMode")
    nulls = usage_event(**dict.fromkeys(optional), cloudAgentId=None, automationId=None)
    absent = usage_event(**dict.fromkeys(optional, ...))
    assert only(nulls) == only(absent)
    assert only(absent)["person"] is None


def test_token_classes_left_out_are_zero() -> None:
    event = only(usage_event(tokenUsage={"inputTokens": 5, "outputTokens": None, "totalCents": 1}))
    assert (event["input_tokens"], event["output_tokens"], event["cache_read_tokens"]) == (5, 0, 0)


def test_fields_finora_does_not_know_are_kept_word_for_word() -> None:
    event = usage_event(hostingType="CLOUD", novel={"a": [1, None]}, tokenUsage={"reasoningTokens": 7})
    assert json.loads(only(event)["extra"]) == {
        "hostingType": "CLOUD",
        "novel": {"a": [1, None]},
        "tokenUsage.reasoningTokens": 7,
    }


def test_one_odd_event_does_not_change_how_its_neighbours_read() -> None:
    plain = usage_event(timestamp=str(TS - 1))
    rows = read(usage_event(novel=1), plain).events.to_pylist()
    assert rows[1] == only(plain)


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("conversationId", "conversation"),
        ("cloudAgentId", "cloud_agent"),
        ("automationId", "automation"),
        ("serviceAccountId", "service_account"),
        ("model", "model"),
    ],
)
def test_ids_may_be_numbers_and_the_event_counts_all_the_same(field: str, column: str) -> None:
    assert only(usage_event(**{field: 4711}))[column] == "4711"


@pytest.mark.parametrize("nothing", ["", "null", "undefined"])
def test_an_id_that_says_nothing_is_none(nothing: str) -> None:
    event = only(usage_event(conversationId=nothing, serviceAccountId=nothing, cloudAgentId=nothing))
    assert (event["conversation"], event["service_account"], event["cloud_agent"]) == (None, None, None)


def test_addresses_of_one_person_are_one_whatever_their_case_and_spaces() -> None:
    rows = read(
        usage_event(userEmail=" Ana@Acme.test"),
        usage_event(userEmail="ana@acme.test"),
        usage_event(userEmail="  "),
    ).events.to_pylist()
    assert [row["person"] for row in rows] == ["ana@acme.test", "ana@acme.test", None]


def test_a_price_without_a_model_counts() -> None:
    assert only(usage_event(model=...))["cost"] == 125_000_250
    assert only(usage_event(model=None))["cost"] == 125_000_250


def test_events_of_2025_count_by_their_label_and_have_no_price() -> None:
    event = only(
        without(usage_event(), "kind", "chargedCents", "isChargeable", "isHeadless")
        | {"kindLabel": "Usage-based", "isFreeBugbot": False}
    )
    assert (event["kind"], event["cost"], event["chargeable"]) == ("Usage-based", None, True)


def test_a_present_label_beats_the_old_one() -> None:
    event = only(usage_event(kindLabel="Free"))
    assert event["kind"] == "Usage-based"
    assert json.loads(event["extra"]) == {"kindLabel": "Free"}


def test_the_dashboards_name_of_the_list_is_read() -> None:
    body = page(usage_event()).replace(b"usageEvents", b"usageEventsDisplay")
    assert normalise(decode_page(body)).events.num_rows == 1


@pytest.mark.parametrize(
    "malformed",
    [
        b"null",
        b"[]",
        b'"an event"',
        b"{}",
        usage_event(timestamp="yesterday"),
        usage_event(timestamp=None),
        usage_event(timestamp=True),
        usage_event(timestamp="1e12"),
        usage_event(timestamp=10**30),
        usage_event(timestamp=-5),
        usage_event(chargedCents="a lot"),
        usage_event(chargedCents="NaN"),
        usage_event(chargedCents="Infinity"),
        usage_event(chargedCents={"amount": 3}),
        usage_event(cursorTokenFee="nan"),
        usage_event(requestsCosts="nan"),
        usage_event(tokenUsage="many"),
        usage_event(tokenUsage={"inputTokens": 2**70}),
        usage_event(tokenUsage={"inputTokens": 1.5}),
        usage_event(tokenUsage={"totalCents": "NaN"}),
        usage_event(isChargeable="perhaps"),
        b'{"timestamp":"1795102927318","model":"m\xff"}',
        b'{"timestamp":"1795102927318","model":"m","chargedCents":1e999}',
    ],
)
def test_a_malformed_event_is_held_aside_and_the_rest_of_its_page_counts(malformed: object) -> None:
    normal = read(usage_event(), malformed, usage_event(timestamp=str(TS - 1)))
    assert normal.events["ts"].to_pylist() == [TS, TS - 1]
    (held,) = normal.held
    assert held.raw
    assert held.reason
    assert held.ts is None


def test_a_held_event_keeps_the_providers_own_record() -> None:
    odd = usage_event(chargedCents=99_999_999, novel="kept")
    (held,) = read(odd).held
    raw = json.loads(held.raw)
    assert raw["novel"] == "kept"
    assert raw["chargedCents"] == 99_999_999


@pytest.mark.parametrize("missing", ["totalUsageEventsCount", "pagination", "usageEvents"])
def test_a_page_that_does_not_say_where_it_stands_is_refused(missing: str) -> None:
    body = json.loads(page(usage_event()))
    del body[missing]
    with pytest.raises(msgspec.ValidationError, match=missing):
        decode_page(json.dumps(body).encode())


@pytest.mark.parametrize("missing", ["numPages", "currentPage", "hasNextPage"])
def test_paging_that_is_not_whole_is_refused(missing: str) -> None:
    body = json.loads(page(usage_event()))
    del body["pagination"][missing]
    with pytest.raises(msgspec.ValidationError, match=missing):
        decode_page(json.dumps(body).encode())


def test_paging_written_as_text_is_read() -> None:
    body = json.loads(page(usage_event()))
    body["totalUsageEventsCount"] = "1"
    body["pagination"] |= {"numPages": "1", "currentPage": "1", "hasNextPage": "false"}
    decoded = decode_page(json.dumps(body).encode())
    assert (decoded.total, decoded.pagination.has_next_page) == (1, False)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["NaN", "-1", "1e400", "1795102927318"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    [*usage_event(), "serviceAccountId", "cloudAgentId", "automationId", "kindLabel", "x"]
)
odd_events = st.one_of(
    plain,
    st.dictionaries(names, plain, max_size=4).map(lambda changes: usage_event(**changes)),
    st.dictionaries(names, plain, max_size=6),
)


@given(st.lists(odd_events, max_size=4))
def test_whatever_the_events_are_each_is_counted_or_held(events: list[object]) -> None:
    """An event that is neither would be money that silently is in no total."""
    rows = [json.dumps(event).encode() for event in events]
    try:
        decoded = decode_page(page(*rows))
    except msgspec.MsgspecError:
        assert any(word in row for row in rows for word in (b"NaN", b"Infinity"))  # these are not JSON
        return
    normal = normalise(decoded)
    assert decoded.rows == len(events)
    assert normal.events.num_rows + len(normal.held) == len(events)
    assert normal.events["cost"].type == "int64"


@given(
    st.binary(max_size=60)
    | st.text(max_size=60).map(str.encode)
    | plain.map(lambda v: json.dumps(v).encode())
)
def test_no_body_whatsoever_breaks_the_decoder(body: bytes) -> None:
    with contextlib.suppress(msgspec.MsgspecError):
        decode_page(body)


@pytest.mark.parametrize("depth", [100, 100_000])
def test_a_body_nested_without_end_is_refused_as_malformed(depth: int) -> None:
    nested = b'{"timestamp":"1795102927318","model":"m","x":' + b"[" * depth + b"]" * depth + b"}"
    try:
        assert decode_page(page(nested)).rows == 1
    except msgspec.MsgspecError:
        assert depth > 1000
