"""Questions as people write them, each with what it must be understood as; `questions.txt` holds them.

A line that begins with `>` continues the last question above that does not. The line below a question is what `said` tells
of its understanding; after `?` stands the reason for which it is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from finora.ask.understanding import Puzzle
from support.questions import Understands, said

if TYPE_CHECKING:
    from collections.abc import Iterator


class Case(NamedTuple):
    """A question, what it is understood as, and the question it continues."""

    question: str
    expected: str
    before: str | None


def cases() -> Iterator[Case]:
    lines = (Path(__file__).parent / "questions.txt").read_text(encoding="utf-8").splitlines()
    asked = [line for line in lines if line.strip() and not line.startswith("#")]
    before = None
    for question, expected in zip(asked[::2], asked[1::2], strict=True):
        continues = question.startswith("> ")
        yield Case(question.removeprefix("> "), expected.strip(), before if continues else None)
        if not continues and not expected.strip().startswith("?"):
            before = question


CASES = tuple(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.question)
def test_a_question_is_understood_as_meant(understands: Understands, case: Case) -> None:
    previous = None
    if case.before is not None:
        found = understands(case.before)
        assert not isinstance(found, Puzzle)
        previous = found.query
    assert said(understands(case.question, previous)) == case.expected


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 350
    assert sum(case.expected.startswith("?") for case in CASES) >= 30
