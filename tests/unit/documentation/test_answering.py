"""A question must find the passage that answers it, and nothing must be answered that the pages do not say."""

from __future__ import annotations

from finora.documentation import Documentation, Page, answer_as_markdown

SHELF = (
    Page(
        "baking",
        "Kitchen",
        "# Baking\n\nAbout bread.\n\n## Flour\n\nSift the flour twice.\n\n## Ovens\n\nHeat the oven.\n",
    ),
    Page(
        "cooking",
        "Kitchen",
        "# Cooking\n\nAbout soup.\n\n## Ovens\n\nHeat the oven.\n\n## Rice\n\n- wash\n- boil\n",
    ),
)
BOOK = Documentation(SHELF)


def test_the_section_that_speaks_of_what_was_asked_comes_first() -> None:
    answer = BOOK.ask("How often do I have to sift flour?")
    assert answer.hits[0].section.href == "/docs/baking#flour"
    assert "Sift the flour twice." in answer_as_markdown(answer)


def test_word_forms_and_typing_errors_find_the_same() -> None:
    assert BOOK.ask("sifting").hits[0].section.anchor == "flour"
    assert BOOK.ask("How should one sfit the fluor?").hits[0].section.anchor == "flour"


def test_of_two_that_fit_the_page_that_was_asked_goes_first() -> None:
    first = {page: BOOK.ask("ovens", page=page).hits[0].section.page for page in ("baking", "cooking")}
    assert first == {"baking": "baking", "cooking": "cooking"}


def test_what_the_pages_do_not_say_is_not_answered() -> None:
    answer = BOOK.ask("Who invented the bicycle, and why an oven?")
    assert not answer.hits
    told = answer_as_markdown(answer)
    assert "does not answer this" in told
    assert "/docs/baking#ovens" in told
