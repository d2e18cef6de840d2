"""Formats of files that commands write, and what is said of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from finora.errors import BadRequest
from finora.values.text import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

EVENTS = ("csv", "jsonl", "parquet")
"""Formats of `finora export`."""
AUDIT_LOG = ("csv", "json")
"""Formats of `finora audit`."""


class NoSuchFormat(BadRequest):
    """A file was wanted in a format that it is not written in."""

    title: ClassVar[str] = "There is no such format"


def checked_format(wanted: str, formats: Sequence[str]) -> str:
    """Return a format if it is one of those there are.

    Raises:
        NoSuchFormat: It is not.
    """
    if wanted not in formats:
        raise NoSuchFormat(
            f"{quoted(wanted)} is none of the formats of this file; there are {', '.join(formats)}."
        )
    return wanted
