"""Questions that Finora can answer, for the box as one types and for questions that were not understood."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz.fuzz import token_set_ratio
from rapidfuzz.process import extract

from finora.ask.words import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finora.ask.understanding import Puzzle
    from finora.ask.vocabulary import Vocabulary

MOST = 8

GENERAL = (
    "How much did we spend this month?",
    "How much did we spend this week compared with last week?",
    "Why did spend change this week?",
    "Which model costs the most this month?",
    "Which models drove the change this month?",
    "Spend by event type this month",
    "How much went to chat vs agent this month?",
    "Daily spend over the last 30 days",
    "Monthly spend this year",
    "Which day was the most expensive this month?",
    "At which hour of day do we spend the most?",
    "How much do we spend on weekends?",
    "What share of spend is Max Mode?",
    "Average spend per day this month",
    "Average cost per event this month",
    "How many events were there yesterday?",
    "How many models did we use this month?",
    "How many tokens did we use this week?",
    "How much usage was included in the plan this month?",
    "Spend by vendor last month",
)
FOR_ALL = (
    "Who spent the most this week?",
    "Top 5 people by spend this month",
    "Which engineer used the most tokens this month?",
    "Spend by team this month",
    "How many people were active this week?",
    "Average spend per engineer this month",
    "Who spent more than $100 this month?",
    "What do our subscriptions cost?",
    "Which seats are idle?",
    "Which subscriptions renew next?",
    "What is our total cost including subscriptions this month?",
)
FOR_ONE = (
    "How much did I spend this week?",
    "Which model do I use most?",
    "My daily spend this month",
    "How many tokens did I use this month?",
)


def pool(vocabulary: Vocabulary, *, own: bool) -> list[str]:
    """Return the questions there are to suggest; whoever sees their own usage only is offered no others' names."""
    found = [*GENERAL, *(FOR_ONE if own else (*FOR_ALL, *FOR_ONE))]
    found += [f"How much did we spend on {each} this month?" for each in vocabulary.model_labels[:12]]
    found += [f"How much did {each} spend this month?" for each in vocabulary.team_labels[:20]]
    if not own:
        found += [f"How much did {each.label} spend this month?" for each in vocabulary.people[:500]]
    return found


def completions(begun: str, questions: list[str]) -> list[str]:
    """Return questions that go on as one began, then those with all its words, then those that are near."""
    wanted = folded(begun).strip()
    if len(wanted) < 2:
        return questions[:MOST]
    starting = [each for each in questions if folded(each).startswith(wanted)]
    words = re.findall(r"\w+", wanted)
    holding = [
        each for each in questions if all(re.search(rf"\b{re.escape(word)}", folded(each)) for word in words)
    ]
    near = [each for each, _score, _place in _near(wanted, questions)]
    return list(dict.fromkeys([*starting, *holding, *(near if len(wanted) > 5 else [])]))[:MOST]


def nearest(question: str, puzzle: Puzzle, questions: list[str]) -> list[str]:
    """Return what could have been meant: the question with each option for its ambiguous word, else the nearest there are."""
    if puzzle.options and puzzle.word:
        pattern = re.compile(rf"(?<!\w){re.escape(puzzle.word)}(?!\w)", re.IGNORECASE)
        options = [_replaced(pattern, question, option) for option in puzzle.options]
        changed = [each for each in options if each != question]
        if changed:
            return changed[:MOST]
    if puzzle.options:
        return list(puzzle.options)
    near = [each for each, _score, _place in _near(folded(question), questions)]
    return list(dict.fromkeys([*near, *questions]))[:4]


def _near(wanted: str, questions: Iterable[str]) -> list[tuple[str, float, int]]:
    found: list[tuple[str, float, int]] = extract(
        wanted, list(questions), scorer=token_set_ratio, processor=folded, score_cutoff=45, limit=4
    )
    return found


def _replaced(pattern: re.Pattern[str], question: str, option: str) -> str:
    return pattern.sub(lambda _match: option, question, count=1)
