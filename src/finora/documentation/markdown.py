"""Markdown as the pages are written in: CommonMark with tables, and no HTML of one's own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token


def make_parser() -> MarkdownIt:
    """Return a parser of pages; whatever looks like HTML is text to it."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - a server that nobody asks for documentation does without

    return MarkdownIt("commonmark", {"html": False}).enable("table")


@cache
def _parser() -> MarkdownIt:
    return make_parser()


def parsed(source: str) -> list[Token]:
    """Return the tokens of a Markdown text."""
    return _parser().parse(source)


def plain(tokens: Sequence[Token]) -> str:
    """Return the words of tokens without any marks, blocks separated by a space."""
    return " ".join(filter(None, (_words(token) for token in tokens)))


def _words(token: Token) -> str:
    if token.type == "inline":
        return "".join(
            " " if each.type in {"softbreak", "hardbreak"} else each.content for each in token.children or ()
        )
    return token.content.strip() if token.type in {"fence", "code_block"} else ""
