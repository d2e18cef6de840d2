"""Deterministic simulation: one seed drives a simulated Cursor, the machine that Finora runs on, and when each fails."""

from support.chaos.story import Told, tell

__all__ = ["Told", "tell"]
