"""Forms as they arrive: texts by name, read once, never larger than a form of ours can be."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from finora.errors import BadRequest

_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a form that was sent."""

    pairs: tuple[tuple[str, str], ...] = ()

    def text(self, name: str) -> str:
        """Return a field's text, empty where it was not sent."""
        return next(self.texts(name), "")

    def texts(self, name: str) -> Iterator[str]:
        """Yield the texts of a field that may be sent more than once."""
        return (value for key, value in self.pairs if key == name)

    def is_on(self, name: str) -> bool:
        """Return whether a box was ticked, or a question answered with yes."""
        return self.text(name) == "true"


async def _sent(request: Request) -> Fields:
    size = request.headers.get("content-length", "")
    if not size.isdecimal() or int(size) > _LARGEST:
        raise BadRequest("This form is larger than any of Finora's.")
    form = await request.form(max_files=0, max_fields=200)
    return Fields(tuple((name, value) for name, value in form.multi_items() if isinstance(value, str)))


Sent = Annotated[Fields, Depends(_sent)]
"""The fields of the form that a handler answers."""
