"""The templates' environment: escaping always, and a misspelled name is an error, not an empty place."""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Undefined
from jinja2.utils import missing

from finora.web.address.navigation import PLACES
from finora.web.site.shortcuts import GROUPS


class Absent(StrictUndefined):
    """What a template finds where there is nothing.

    Members that a mapping lacks are optional, as rows and cells of a table have many, and so is a macro's call block.
    Any other name that does not exist is a mistake, found when the page is rendered.
    """

    __slots__ = ()

    def __new__(cls, hint: str | None = None, obj: Any = missing, name: str | None = None, *_: Any) -> Any:  # noqa: ANN401 - Jinja's own signature
        """Return what fits the place."""
        if isinstance(obj, Mapping) or name == "caller":
            return Undefined(hint, obj, name)
        return super().__new__(cls)


def make_environment(asset: Callable[[str], str]) -> Environment:
    """Return the environment of all pages.

    Args:
        asset: Gives the address of a file of the front end by its logical name.
    """
    environment = Environment(
        loader=PackageLoader("finora.web", "templates"),
        autoescape=True,
        undefined=Absent,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["asset"] = asset
    environment.globals["places"] = PLACES
    environment.globals["shortcuts"] = GROUPS
    return environment
