"""The modules that declare tables, by name, because storage knows no domain."""

from __future__ import annotations

from importlib import import_module

MODELS = (
    "finora.accounts.models",
    "finora.vault.models",
    "finora.people.models",
    "finora.connections.models",
    "finora.subscriptions.models",
    "finora.sync.models",
)


def load_models() -> None:
    """Import all tables into the metadata of `Base`, to compare it with a database."""
    for module in MODELS:
        import_module(module)
