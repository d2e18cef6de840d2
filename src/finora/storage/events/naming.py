"""What a name that nobody described yet is called in answers: a person, a model, a kind of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finora.spend.model_name import ModelRules

_EVENT_TYPE_LABELS = {
    "chat": "Chat",
    "agent": "Agent",
    "inline_edit": "Inline edit",
    "bugbot": "Bugbot",
    "cloud_agent": "Cloud agent",
    "automation": "Automation",
    "background": "Background",
    "tab": "Tab",
}


def described(rules: ModelRules, table: str, key: str) -> tuple[str, ...]:
    """Return the row of a new name in its table, without the number: key, label and what else the table has."""
    if table == "models":
        model = rules.describe(key)
        return key, model.label, model.vendor, model.vendor_label, model.family, model.family_label
    if table == "persons":
        return key, key, "none", "No team"
    if table == "event_types":
        return key, _EVENT_TYPE_LABELS.get(key, key)
    return key, key
