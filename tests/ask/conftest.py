"""A company to ask about: people, teams and models as they are called, at one Friday afternoon."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from support.questions import Understands

if TYPE_CHECKING:
    from finora.ask.stretch import Calendar


@pytest.fixture(scope="session")
def understands() -> Understands:
    """Understands questions of the company, in Berlin on Friday, 20 November 2026, 16:00."""
    return Understands(datetime(2026, 11, 20, 15, tzinfo=UTC), ZoneInfo("Europe/Berlin"), date(2026, 1, 5))


@pytest.fixture(scope="session")
def calendar(understands: Understands) -> Calendar:
    """Return that afternoon."""
    return understands.calendar
