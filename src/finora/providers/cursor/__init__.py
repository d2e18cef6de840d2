"""Cursor: usage events of a team through its Admin API."""

from finora.providers.cursor.provider import Cursor

CURSOR = Cursor()

__all__ = ["CURSOR", "Cursor"]
