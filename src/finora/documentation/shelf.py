"""Where the pages are kept: files of the package, read once and when first asked for."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from finora.documentation.contents import CONTENTS
from finora.documentation.page import Page
from finora.documentation.reference import filled_in
from finora.errors import NotFound


class PageNotFound(NotFound):
    """The documentation has no page of that name."""

    code = "page_not_found"
    title = "There is no such page in the documentation"


def pages() -> tuple[Page, ...]:
    """Return all pages, in the order in which one reads them."""
    return tuple(_by_name().values())


def page_named(name: str) -> Page:
    """Return a page.

    Raises:
        PageNotFound: There is none of that name.
    """
    found = _by_name().get(name)
    if found is None:
        raise PageNotFound(
            "There is no such page. The contents at /docs list them all, and its search looks through them."
        )
    return found


@cache
def _by_name() -> Mapping[str, Page]:
    folder = files("finora").joinpath("help")
    return MappingProxyType(
        {
            name: Page(name, part.title, filled_in(folder.joinpath(f"{name}.md").read_text("utf-8")))
            for part in CONTENTS
            for name in part.names
        }
    )
