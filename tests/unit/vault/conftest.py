from collections.abc import Iterator
from pathlib import Path

import pytest

from finora.settings import Settings
from finora.storage.ledger import Ledger, open_ledger
from finora.values.clock import SystemClock
from finora.vault import Vault, open_vault


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    with open_ledger(settings.ledger_url) as opened:
        yield opened


@pytest.fixture
def vault(settings: Settings, ledger: Ledger) -> Vault:
    return open_vault(settings, ledger, SystemClock())
