"""The REST API: JSON over the services, problem documents for errors."""

from finora.api import accounts, ask, connections, health, query, subscriptions

ROUTERS = (connections.router, query.router, ask.router, subscriptions.router, accounts.router, health.router)

__all__ = ["ROUTERS"]
