"""What holds for any question, whatever is typed."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.ask.chips import chips_of, query_of
from finora.ask.draft import Intent
from finora.ask.lexicon import Lexicon
from finora.ask.suggestions import GENERAL, completions, pool
from finora.ask.understanding import Puzzle, Understanding
from finora.spend.catalog import DIMENSIONS, METRICS, Dimension, Lookup
from finora.spend.query import SpendQuery
from finora.spend.request import query_from_json, query_to_json
from finora.spend.url import encode, query_from_url, query_to_url
from support.questions import Understands, said

WORDS = [
    *sorted(Lexicon().words),
    "priya",
    "claude",
    "opus",
    "platform",
    "$100",
    "5",
    "2026",
    "zebra",
    ",",
    "sam",
]


@given(st.text(max_size=700))
def test_no_text_makes_ask_fail(understands: Understands, text: str) -> None:
    assert isinstance(understands(text), Understanding | Puzzle)


@pytest.mark.parametrize("previous", [None, SpendQuery(timezone="Europe/Berlin")])
@given(question=st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_no_mixture_of_known_words_makes_ask_fail(
    understands: Understands, previous: SpendQuery | None, question: str
) -> None:
    assert isinstance(understands(question, previous), Understanding | Puzzle)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join))
def test_an_unknown_word_is_never_passed_over(understands: Understands, question: str) -> None:
    """An answer to a part of a question is an answer to a different question."""
    found = understands(f"{question} quokkas")
    assert isinstance(found, Puzzle)


@given(st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join))
def test_chips_and_addresses_read_back_into_the_very_query(understands: Understands, question: str) -> None:
    found = understands(question)
    if isinstance(found, Puzzle):
        return
    query = found.query
    assert query_of(chips_of(query, understands.vocabulary.label), query.timezone) == query
    assert query_from_json(query_to_json(query), timezone=query.timezone) == query
    defaults = SpendQuery(timezone=query.timezone)
    assert (
        query_from_url(
            parse_qsl(encode(query_to_url(query, defaults)), keep_blank_values=True), defaults
        ).query
        == query
    )


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_understood_by_its_label_and_its_name(understands: Understands, name: str) -> None:
    for words in (METRICS[name].label, name):
        found = understands(f"{words} last month")
        assert not isinstance(found, Puzzle), found
        grouped = name == "people" and found.query.dimensions == ("person",)
        assert found.query.metrics == (name,) or grouped or found.intent is Intent.SUBSCRIPTIONS


@pytest.mark.parametrize("name", DIMENSIONS)
def test_every_dimension_is_understood_by_its_label(understands: Understands, name: str) -> None:
    found = understands(f"spend by {DIMENSIONS[name].label}")
    assert not isinstance(found, Puzzle), found
    assert found.query.dimensions == (name,)


def test_a_dimension_new_to_the_catalogue_is_understood_without_touching_the_parser(
    understands: Understands, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = Dimension(
        name="cost_centre",
        label="Cost centre",
        plural="Cost centres",
        definition="Who pays.",
        column="e.person",
        lookup=Lookup("persons"),
    )
    everything = {**DIMENSIONS, "cost_centre": new}
    monkeypatch.setattr("finora.spend.query.DIMENSIONS", everything)
    asked = replace(understands, lexicon=Lexicon(METRICS, everything))
    assert (
        said(asked("which cost centre spent the most last month"))
        == "rank spend by:cost_centre 26-10-01..26-11-01"
    )
    assert said(asked("top 3 cost centres by tokens")) == "rank tokens by:cost_centre top:3"
    assert said(understands("spend by cost centre")).startswith("?")


def test_every_question_that_is_suggested_is_understood(understands: Understands) -> None:
    for own in (True, False):
        for question in pool(understands.vocabulary, own=own):
            assert isinstance(understands(question), Understanding), question


def test_suggestions_go_on_as_one_began_and_do_not_name_others_to_who_may_not_know_them(
    understands: Understands,
) -> None:
    questions = pool(understands.vocabulary, own=False)
    assert completions("how much did pri", questions)[0] == "How much did Priya Natarajan spend this month?"
    assert completions("who sp", questions)[0].startswith("Who spent")
    assert completions("", list(GENERAL))
    assert not any("Priya" in each for each in pool(understands.vocabulary, own=True))


def test_words_that_were_read_as_others_are_told(understands: Understands) -> None:
    found = understands("cluade spend this mnth")
    assert isinstance(found, Understanding)
    assert found.corrected == (("cluade", "claude"), ("mnth", "month"))
    assert found.sureness < 1


def test_a_name_of_two_people_is_asked_back(understands: Understands) -> None:
    found = understands("how much did Sam spend")
    assert isinstance(found, Puzzle)
    assert found.options == ("sam.brown@lumenworks.test", "sam.liu@lumenworks.test")
    assert isinstance(understands("how much did Sam Liu spend"), Understanding)
    assert isinstance(understands("how much did sam l spend"), Understanding)
