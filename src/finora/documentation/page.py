"""A page of the documentation, and the sections that its headings divide it into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from finora.documentation.markdown import parsed, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_NO_WORD = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = str.maketrans("", "", "'\N{RIGHT SINGLE QUOTATION MARK}")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a section that makes sense by itself: a paragraph, an item of a list, a row of a table, a command.

    Attributes:
        source: Its Markdown.
        words: The same without marks.
        head: The Markdown that has to stand above it: of a table's row the table's head.
    """

    source: str
    words: str
    head: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands between a heading and the next.

    Attributes:
        page: The page's name.
        title: The page's title.
        path: Its heading, after those that it stands below; empty for what comes before the page's first.
        anchor: Where it begins on its page; empty for the page's top.
        blocks: What it says.
    """

    page: str
    title: str
    path: tuple[str, ...]
    anchor: str
    blocks: tuple[Block, ...]

    @property
    def heading(self) -> str:
        """Its heading; the page's title where it has none."""
        return self.path[-1] if self.path else self.title

    @property
    def name(self) -> str:
        """The page's title and the headings down to its own."""
        return " › ".join((self.title, *self.path))  # noqa: RUF001 - the sign between a heading and what stands below it

    @property
    def href(self) -> str:
        """Its address."""
        return f"/docs/{self.page}" + (f"#{self.anchor}" if self.anchor else "")

    @property
    def words(self) -> str:
        """All that it says, without marks."""
        return " ".join(block.words for block in self.blocks)


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        name: Its place in addresses, and its file's.
        part: The part of the contents that it belongs to.
        text: Its Markdown, with all tables filled in.
    """

    name: str
    part: str
    text: str

    @property
    def href(self) -> str:
        """Its address; with `.md` behind, that of its Markdown."""
        return f"/docs/{self.name}"

    @cached_property
    def title(self) -> str:
        """Its first heading."""
        return plain(self.tokens[1:2])

    @cached_property
    def summary(self) -> str:
        """Its first paragraph: what one finds on it."""
        return plain(self.tokens[4:5])

    @cached_property
    def tokens(self) -> list[Token]:
        """Its Markdown, parsed."""
        return parsed(self.text)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Its sections, in their order."""
        return tuple(_sections(self))


def anchor_of(heading: str) -> str:
    """Return the anchor of a heading: its words in small letters, joined by hyphens."""
    return _NO_WORD.sub("-", heading.lower().translate(_APOSTROPHES)).strip("-")


def _sections(page: Page) -> Iterator[Section]:
    lines = page.text.splitlines()
    path: tuple[str, ...] = ()
    blocks: list[Block] = []
    tokens = page.tokens[3:]
    for first, last in _spans(tokens):
        opening = tokens[first]
        if opening.type != "heading_open":
            blocks += _blocks(lines, tokens[first : last + 1])
            continue
        yield Section(page.name, page.title, path, anchor_of(path[-1]) if path else "", tuple(blocks))
        depth = int(opening.tag[1:]) - 2
        path, blocks = (*path[:depth], plain(tokens[first : last + 1])), []
    yield Section(page.name, page.title, path, anchor_of(path[-1]) if path else "", tuple(blocks))


def _spans(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last token of each block that stands in no other."""
    first = 0
    for place, token in enumerate(tokens):
        if token.level == 0 and token.nesting >= 0:
            first = place
        if token.level == 0 and token.nesting <= 0:
            yield first, place


def _blocks(lines: Sequence[str], tokens: Sequence[Token]) -> Iterator[Block]:
    """Yield the parts of a block of a page: the items of a list and the rows of a table are parts of their own."""
    kind = tokens[0].type
    inner = {
        "bullet_list_open": "list_item_open",
        "ordered_list_open": "list_item_open",
        "table_open": "tr_open",
    }.get(kind)
    if inner is None:
        yield Block(_source(lines, tokens[0]), plain(tokens))
        return
    starts = [place for place, token in enumerate(tokens) if token.type == inner and token.level in {1, 2}]
    parts = [tokens[start:end] for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True)]
    if kind != "table_open":
        yield from (Block(_source(lines, part[0]), plain(part)) for part in parts)
        return
    begin = (tokens[0].map or [0])[0]
    head = "\n".join(lines[begin : begin + 2])
    yield from (Block(_source(lines, part[0]), plain(part), head) for part in parts[1:])


def _source(lines: Sequence[str], token: Token) -> str:
    start, end = token.map or (0, 0)
    return "\n".join(lines[start:end]).rstrip()
