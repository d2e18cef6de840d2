"""What all tests share: properties without deadlines, and an environment without a Finora of its own.

Sockets beyond this machine are blocked by pytest-socket (see pyproject.toml).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

settings.register_profile("ci", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thousands", settings.get_profile("ci"), max_examples=3000)
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to draw the pictures anew that pages are compared with."""
    parser.addoption(
        "--update-pictures", action="store_true", help="keep what pages look like now as how they should look"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Keep the machine's own Finora out of the tests."""
    for name in [
        name for name in os.environ if name.startswith("FINORA_") and not name.startswith("FINORA_TEST_")
    ]:
        del os.environ[name]
