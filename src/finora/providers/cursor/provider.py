"""Cursor as a provider."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from finora.providers.base import CredentialField, Habits
from finora.providers.cursor.account import CursorAccount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finora.providers.base import Line


class Cursor:
    """Cursor's Admin API for teams."""

    key = "cursor"
    label = "Cursor"
    credential_fields = (
        CredentialField(
            name="api_key",
            label="Admin API Key",
            hint="Made by a team administrator in Cursor's dashboard under API Keys.",
        ),
    )
    habits = Habits(
        longest_window=timedelta(days=30), settling=timedelta(hours=48), revising=timedelta(days=35)
    )
    revoke_hint = "Revoke the old key in Cursor's dashboard under API Keys."

    def open(self, credentials: Mapping[str, str], line: Line) -> CursorAccount:
        """Return the team that a key opens; nothing is sent yet."""
        return CursorAccount(credentials["api_key"], line)
