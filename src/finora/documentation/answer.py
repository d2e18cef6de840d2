"""What the documentation says to a question, as Markdown: excerpts, each with its source."""

from collections.abc import Iterator
from dataclasses import dataclass

from finora.documentation.index import Hit
from finora.documentation.page import Block, Section
from finora.documentation.wording import is_name, telling_words

_LONGEST = 1_600
"""How many characters an excerpt may have; what speaks least of the question is left out."""
_BEGINNING = 6
_NAME = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found.

    Attributes:
        question: What was asked.
        hits: The sections that answer it, best first; none where nothing does.
        nearest: Where nothing does, the sections that come nearest.
    """

    question: str
    hits: tuple[Hit, ...]
    nearest: tuple[Section, ...]


def answer_as_markdown(answer: Answer) -> str:
    """Return an answer as Markdown."""
    lines = list(_answered(answer)) if answer.hits else list(_unanswered(answer))
    return "\n\n".join(lines) + "\n"


def _answered(answer: Answer) -> Iterator[str]:
    for hit in answer.hits:
        section = hit.section
        yield f"## {section.name}"
        if text := _excerpt(section, answer.question):
            yield text
        yield f"Source: [{section.name}]({section.href})"


def _unanswered(answer: Answer) -> Iterator[str]:
    yield "The documentation does not answer this."
    if answer.nearest:
        yield "Nearest to it:"
        yield "\n".join(f"- [{section.name}]({section.href})" for section in answer.nearest)
    yield "All pages: [/llms.txt](/llms.txt)"


def _excerpt(section: Section, question: str) -> str:
    """Return what a section says, of a long one the parts that speak most of the question, in their order."""
    words = telling_words(question)
    worth = [_worth(block, words) for block in section.blocks]
    rows = [each for each, block in zip(worth, section.blocks, strict=True) if block.head]
    # Of a table those rows are enough that speak most of the question, unless none does more than another.
    least = max(rows, default=0) if len(set(rows)) > 1 else 0
    left, chosen = _LONGEST, set[int]()
    for place in sorted(range(len(worth)), key=lambda each: (-worth[each], each)):
        block = section.blocks[place]
        if (chosen and len(block.source) > left) or (block.head and worth[place] < least):
            continue
        chosen.add(place)
        left -= len(block.source)
    return _joined([block for place, block in enumerate(section.blocks) if place in chosen])


def _worth(block: Block, words: list[str]) -> int:
    """Return how many of the words a block has, by their beginnings; a name counts for more, and only whole."""
    text = block.words.casefold()
    return sum(_NAME * (word in text) if is_name(word) else word[:_BEGINNING] in text for word in words)


def _joined(blocks: list[Block]) -> str:
    """Return blocks as one text; rows of a table stand below its head, items of a list below each other."""
    text, before = "", None
    for block in blocks:
        if block.head:
            joint = "\n" if before and before.head == block.head else f"\n\n{block.head}\n"
        else:
            joint = "\n" if before and _is_item(before) and _is_item(block) else "\n\n"
        text += joint + block.source
        before = block
    return text.strip("\n")


def _is_item(block: Block) -> bool:
    return block.source.lstrip()[:2] in {"- ", "* "} or block.source.lstrip().split(".", 1)[0].isdigit()
