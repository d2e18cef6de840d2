"""What can be read besides the answers of tools: the documentation and the catalogue, the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from finora.documentation import page_named, pages
from finora.errors import NotFound
from finora.mcp.catalog import described, in_lines
from finora.values.text import quoted

_DOCS = "finora://docs/"
_CATALOG = "finora://catalog"


class NothingToRead(NotFound):
    """There is no such resource."""

    title = "There is no such resource"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """Something that can be read."""

    uri: str
    name: str
    title: str
    description: str
    kind: str = "text/markdown"


def readables() -> list[Readable]:
    """Return everything that can be read, the catalogue first, then the documentation in the order one reads it."""
    catalog = Readable(
        uri=_CATALOG,
        name="catalog",
        title="Catalogue",
        description="Every metric, dimension, operator, interval and name of a period, with definitions.",
        kind="text/plain",
    )
    return [
        catalog,
        *(
            Readable(uri=f"{_DOCS}{page.name}", name=page.name, title=page.title, description=page.summary)
            for page in pages()
        ),
    ]


def contents(uri: str) -> tuple[str, str]:
    """Return a text to read and its media type.

    Raises:
        NothingToRead: There is none at the address.
    """
    if uri == _CATALOG:
        return in_lines(described()), "text/plain"
    if uri in {each.uri for each in readables()}:
        return page_named(uri.removeprefix(_DOCS)).text, "text/markdown"
    raise NothingToRead(f"{quoted(uri)} is none of the resources; list them to see which there are.")
