"""The providers there are: those that come with Finora and those that other packages bring."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from finora.errors import BadRequest
from finora.providers.cursor import CURSOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finora.providers.base import Provider

_GROUP = "finora.providers"


class UnknownProvider(BadRequest):
    """There is no provider of that name."""

    code = "unknown_provider"
    status = 422
    title = "Unknown provider"


def all_providers() -> Mapping[str, Provider]:
    """Return the providers by name, Finora's own first."""
    found: dict[str, Provider] = {CURSOR.key: CURSOR}
    for entry in entry_points(group=_GROUP):
        if entry.name not in found:
            found[entry.name] = cast("Provider", entry.load())
    return found


def provider_named(providers: Mapping[str, Provider], name: str) -> Provider:
    """Return a provider by name.

    Raises:
        UnknownProvider: There is none.
    """
    try:
        return providers[name]
    except KeyError:
        raise UnknownProvider(f"There is no provider “{name}”. There are: {', '.join(providers)}.") from None
