"""Pages: what is long is given a little at a time, with a cursor for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

from msgspec import Meta

from finora.mcp.tool import InvalidArguments

if TYPE_CHECKING:
    from collections.abc import Sequence

Cursor = Annotated[
    str, Meta(description="`next` of the page before, with otherwise the same arguments.", max_length=200)
]

_MOST_DIGITS = 7
_T = TypeVar("_T")


def page_of(items: Sequence[_T], cursor: str, limit: int) -> tuple[Sequence[_T], str | None]:
    """Return a page of a list that is whole, and the next page's cursor; none at the end.

    Raises:
        InvalidArguments: The cursor is none.
    """
    (start,) = numbers(cursor, 1)
    end = start + limit
    return items[start:end], str(end) if end < len(items) else None


def numbers(cursor: str, count: int) -> tuple[int, ...]:
    """Return the numbers in a cursor, zeros without one.

    Raises:
        InvalidArguments: They are not so many.
    """
    if not cursor:
        return (0,) * count
    parts = cursor.split(".")
    if len(parts) != count or not all(
        part.isascii() and part.isdecimal() and len(part) <= _MOST_DIGITS for part in parts
    ):
        raise InvalidArguments(
            "The cursor is none that this tool gave. Leave it out to begin at the first page."
        )
    return tuple(int(part) for part in parts)


def more(following: str | None) -> str:
    """Return how to get the rest, in words; nothing where there is none."""
    return f' More follow: ask again with cursor "{following}".' if following else ""
