"""Questions as people write them must be answered from the section that has the answer, with its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from finora.documentation import Documentation, answer_as_markdown, pages

BOOK = Documentation()
LINES = Path(__file__).with_name("questions.txt").read_text("utf-8").splitlines()
QUESTIONS = [line.split(" => ") for line in LINES if line and not line.startswith("#")]


def test_there_are_enough_questions_to_say_something() -> None:
    assert len(QUESTIONS) >= 90
    asked_about = {expected.split("#")[0] for _question, expected in QUESTIONS}
    assert asked_about == {page.name for page in pages()} - {"cli"} | {"none"}


@pytest.mark.parametrize(("question", "expected"), QUESTIONS, ids=lambda each: each)
def test_the_section_with_the_answer_comes_first(question: str, expected: str) -> None:
    answer = BOOK.ask(question)
    told = answer_as_markdown(answer)
    if expected == "none":
        assert not answer.hits, [hit.section.href for hit in answer.hits]
        assert told.startswith("The documentation does not answer this.")
        return
    assert answer.hits, [section.href for section in answer.nearest]
    first = answer.hits[0].section
    assert first.href.removeprefix("/docs/") in expected.split(" | ")
    assert told.startswith(f"## {first.name}\n")
    assert f"]({first.href})" in told


@pytest.mark.parametrize(("question", "expected"), QUESTIONS, ids=lambda each: each)
def test_an_answer_is_short_enough_to_be_read(question: str, expected: str) -> None:
    assert len(answer_as_markdown(BOOK.ask(question))) < 8_000, expected


def test_of_a_long_table_the_row_that_was_asked_for_is_in_the_answer() -> None:
    told = answer_as_markdown(BOOK.ask("what does FINORA_SMTP_SECURITY do?"))
    assert "| Variable | Meaning | Default |\n| --- | --- | --- |" in told
    assert "`FINORA_SMTP_SECURITY`" in told


def test_a_list_and_a_command_stay_whole_in_an_answer() -> None:
    told = answer_as_markdown(BOOK.ask("I lost secret.key"))
    assert "1. Put `secret.key` back from a backup" in told
    assert "```sh\nfinora vault forget\n```" in told
