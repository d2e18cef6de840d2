"""Texts that a database refuses are told by their field before it is asked, and alike for all databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, event, inspect
from sqlalchemy.orm import Session

from finora.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Mapper


class TextUnfit(BadRequest):
    """A text cannot be stored, or be looked for, as it is; `errors` names the fields."""

    status = 422
    title = "This text cannot be stored"


class WritingSession(Session):
    """A session that refuses texts which cannot be stored."""


@event.listens_for(WritingSession, "before_flush")
def refuse_unfit_texts(session: Session, *_more: object) -> None:
    """Look at each text about to be written.

    Raises:
        TextUnfit: One has a character that PostgreSQL cannot keep or that is none, or is longer than its column.
    """
    problems = [
        {"field": name, "problem": problem}
        for row in (*session.new, *session.dirty)
        for name, problem in _problems(row)
    ]
    if problems:
        said = "; ".join(f"{each['field']}: {each['problem']}" for each in problems)
        raise TextUnfit(f"{said}.", errors=problems)


def unfit() -> TextUnfit:
    """Return the error for a text that the database itself refused, whose field is not known."""
    return TextUnfit(
        "The request has a text that cannot be stored or looked for: it is too long, or has a NUL character."
    )


def _problems(row: object) -> Iterator[tuple[str, str]]:
    mapper: Mapper[object] = inspect(type(row))
    for column in mapper.columns:
        value = getattr(row, mapper.get_property_by_column(column).key)
        if not isinstance(value, str) or not isinstance(column.type, String):
            continue
        if "\x00" in value:
            yield column.name, "has a NUL character, which cannot be stored"
        elif any("\ud800" <= character <= "\udfff" for character in value):
            yield column.name, "has half a character, which cannot be stored"
        elif column.type.length is not None and len(value) > column.type.length:
            yield column.name, f"has {len(value):,} characters; at most {column.type.length:,} can be stored"
