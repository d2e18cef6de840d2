"""The REST API: JSON over the services, problem documents for errors."""

from finora.api import accounts, connections, health, query

ROUTERS = (connections.router, query.router, accounts.router, health.router)

__all__ = ["ROUTERS"]
