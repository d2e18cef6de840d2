"""What kind of work an event was: proven, told by the day's counts, or honestly unknown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.providers.cursor.event_type import Activity, with_types
from finora.providers.cursor.normalise import PAGE_SCHEMA, normalise
from finora.providers.cursor.payloads import decode_page
from finora.spend.event import TypeBasis
from support.cursor_pages import TS, Fields, page, usage_event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

DAY_MS = 86_400_000
DAY = TS // DAY_MS
ANA = "ana@acme.test"

Row = dict[str, Any]


def typed(pages: Sequence[Sequence[Fields]], **counts: int) -> list[Row]:
    """Return the events of pages with their types, given Ana's counts of that day."""
    batches = [normalise(decode_page(page(*events))).events for events in pages]
    activity = {(ANA, DAY): Activity(**counts)} if counts else {}
    return [
        dict(row) for row in with_types(pa.Table.from_batches(batches, PAGE_SCHEMA), activity).to_pylist()
    ]


def one(event: Fields, **counts: int) -> tuple[str, TypeBasis, bool]:
    """Return an event's type, its basis and whether it is apportioned."""
    (row,) = typed([[event]], **counts)
    return row["event_type"], TypeBasis(row["basis"]), row["apportioned"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"automationId": "a1"}, "automation"),
        ({"automationId": "a1", "cloudAgentId": "bc-1", "isHeadless": True}, "automation"),
        ({"cloudAgentId": "bc-1"}, "cloud_agent"),
        ({"cloudAgentId": "bc-1", "serviceAccountId": "sa_1"}, "cloud_agent"),
        ({"isHeadless": True}, "background"),
        ({"serviceAccountId": "sa_1"}, "background"),
    ],
)
def test_ids_prove_a_type_whatever_the_counts_say(fields: Fields, expected: str) -> None:
    event = usage_event(**fields)
    assert one(event) == (expected, TypeBasis.STRUCTURAL, False)
    assert one(event, agent=5, chat=5) == (expected, TypeBasis.STRUCTURAL, False)


def test_a_type_that_cursor_reports_is_taken_as_it_is() -> None:
    assert one(usage_event(isFreeBugbot=True), chat=3) == ("bugbot", TypeBasis.REPORTED, False)
    assert one(usage_event(isFreeBugbot=False), chat=3) == ("chat", TypeBasis.ACTIVITY, False)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"agent": 4, "inline_edit": 9}, "agent"),
        ({"chat": 1, "bugbot": 2}, "chat"),
        ({"inline_edit": 3}, None),
        ({}, None),
    ],
)
def test_a_conversation_is_what_the_counts_leave(counts: dict[str, int], expected: str | None) -> None:
    known = (expected, TypeBasis.ACTIVITY, False)
    assert one(usage_event(), **counts) == (known if expected else ("unknown", TypeBasis.UNKNOWN, False))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"inline_edit": 4, "agent": 9}, "inline_edit"),
        ({"bugbot": 1, "chat": 2}, "bugbot"),
        ({"agent": 3}, "agent"),
        ({}, None),
    ],
)
def test_a_single_shot_is_what_the_counts_leave(counts: dict[str, int], expected: str | None) -> None:
    known = (expected, TypeBasis.ACTIVITY, False)
    event = usage_event(conversationId=...)
    assert one(event, **counts) == (known if expected else ("unknown", TypeBasis.UNKNOWN, False))


def test_an_apportioned_type_says_so() -> None:
    assert one(usage_event(), agent=2, chat=1) == ("agent", TypeBasis.ACTIVITY, True)


def test_a_review_without_a_client_is_bugbots_and_takes_its_share_of_the_count() -> None:
    review = usage_event(isHeadless=True, conversationId=...)
    edit = usage_event(conversationId=..., timestamp=str(TS - 1))
    types = {
        row["ts"]: (row["event_type"], row["basis"])
        for row in typed([[review, edit]], inline_edit=3, bugbot=1)
    }
    assert types == {TS: ("bugbot", TypeBasis.ACTIVITY), TS - 1: ("inline_edit", TypeBasis.ACTIVITY)}
    assert one(review, inline_edit=3)[0] == "background"
    assert one(review | {"serviceAccountId": "sa_1"}, bugbot=3)[0] == "background"


def test_a_reported_type_is_never_called_apportioned() -> None:
    (row,) = typed([[usage_event(isFreeBugbot=True)]], agent=2, chat=1)
    assert (row["event_type"], row["apportioned"]) == ("bugbot", False)


def test_counts_of_another_day_or_person_tell_nothing() -> None:
    late = usage_event(timestamp=str((DAY + 1) * DAY_MS))
    assert one(late, agent=2) == ("unknown", TypeBasis.UNKNOWN, False)
    assert one(usage_event(userEmail="bo@acme.test"), agent=2) == ("unknown", TypeBasis.UNKNOWN, False)
    assert one(usage_event(userEmail=...), agent=2) == ("unknown", TypeBasis.UNKNOWN, False)


events = st.lists(
    st.builds(
        lambda offset, conversation, model, tokens: usage_event(
            timestamp=str(DAY * DAY_MS + offset),
            conversationId=conversation or ...,
            model=model,
            tokenUsage={"inputTokens": tokens},
        ),
        st.integers(0, 5),
        st.sampled_from(["", "c1", "c2", "c3", "c4", "c5"]),
        st.sampled_from(["auto", "gpt-5"]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=30,
)
counts = st.fixed_dictionaries(
    {name: st.integers(0, 9) for name in ("agent", "chat", "inline_edit", "bugbot")}
)


@given(events, counts, st.randoms(use_true_random=False), st.integers(1, 30))
def test_types_are_the_same_however_pages_and_equal_times_are_ordered(
    rows: list[Fields],
    day: dict[str, int],
    dice: Random,
    size: int,
) -> None:
    """Types that change with the order of a page would change a chart at every refresh."""
    shuffled = list(rows)
    dice.shuffle(shuffled)
    pages = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]

    def counted(found: list[Row]) -> Counter[str]:
        return Counter(repr({name: value for name, value in row.items() if name != "cost"}) for row in found)

    assert counted(typed(pages, **day)) == counted(typed([rows], **day))


@given(events, st.integers(1, 40), st.integers(1, 40))
def test_apportioned_events_follow_the_ratio_of_the_counts_to_within_one_conversation(
    rows: list[Fields], agent: int, chat: int
) -> None:
    talks = [row for row in rows if "conversationId" in row]
    found = typed([talks], agent=agent, chat=chat) if talks else []
    by_conversation = Counter(row["conversation"] for row in found)
    given_out = Counter(row["event_type"] for row in found)
    for name, count in (("agent", agent), ("chat", chat)):
        share = len(found) * count / (agent + chat)
        assert abs(given_out[name] - share) <= max(by_conversation.values(), default=0)
    assert all(row["apportioned"] for row in found)
    assert len({(row["conversation"], row["event_type"]) for row in found}) == len(by_conversation)
