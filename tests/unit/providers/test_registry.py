"""The providers there are."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from finora.providers import registry
from finora.providers.cursor import CURSOR
from finora.providers.registry import UnknownProvider, all_providers, provider_named


def test_cursor_comes_first_and_no_other_package_can_take_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that called itself “cursor” would be handed the customers' keys."""
    theirs = EntryPoint("cursor", "collections:OrderedDict", "finora.providers")
    other = EntryPoint("other", "finora.providers.cursor:CURSOR", "finora.providers")
    monkeypatch.setattr(registry, "entry_points", lambda **_group: [theirs, other])
    found = all_providers()
    assert list(found) == ["cursor", "other"]
    assert found["cursor"] is CURSOR


def test_an_unknown_provider_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownProvider, match=r"no provider “copilot”.*cursor"):
        provider_named(all_providers(), "copilot")
