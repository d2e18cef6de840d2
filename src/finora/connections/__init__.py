"""Connections: provider accounts and the life of their keys."""

from finora.connections.errors import AlreadyConnected, ConnectionNotFound, DifferentTeam, InvalidKeyText
from finora.connections.models import Connection
from finora.connections.service import Connections

__all__ = [
    "AlreadyConnected",
    "Connection",
    "ConnectionNotFound",
    "Connections",
    "DifferentTeam",
    "InvalidKeyText",
]
