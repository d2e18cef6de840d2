"""The REST API: JSON over the services, problem documents for errors."""

from finora.api import (
    accounts,
    ask,
    audit,
    backup,
    connections,
    health,
    people,
    query,
    sessions,
    subscriptions,
    tokens,
)

ROUTERS = (
    connections.router,
    query.router,
    ask.router,
    subscriptions.router,
    people.router,
    accounts.router,
    tokens.router,
    sessions.router,
    audit.router,
    health.router,
    backup.router,
)

__all__ = ["ROUTERS"]
