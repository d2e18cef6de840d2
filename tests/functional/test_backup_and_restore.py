"""A backup made while Finora runs is a consistent pair, proves itself, and holds no key unless asked to."""

from __future__ import annotations

import json
import stat
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from finora.simulator import serve_in_thread
from support.terminal import Terminal, of_today

if TYPE_CHECKING:
    from pathlib import Path

TOTALS = ("query", "-m", "events", "-m", "spend", "-m", "usage_value", "--period", "all", "--json")


def totals(finora: Terminal) -> dict[str, object]:
    found: dict[str, object] = json.loads(finora.well(*TOTALS))["totals"]
    return found


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Terminal, Path, dict[str, object]]:
    """A Finora, its backup made while it served, and its totals."""
    place = tmp_path_factory.mktemp("backup")
    file, simulated = place / "finora.backup", of_today()
    with serve_in_thread(simulated) as cursor:
        finora = Terminal(place / "data").having(CURSOR_BASE_URL=cursor.base_url)
        finora.well("connect", "cursor", "--key-stdin", given=simulated.key)
        with finora.serving():
            outcome = finora("backup", str(file))
            assert outcome.code == 0, outcome
            assert "master key is not in it" in outcome.said
            assert finora("backup", str(file)).code == 1  # nothing is overwritten
            known = totals(finora)
        assert known["events"] == simulated.truth.total().events
    return finora, file, known


def restored(finora: Terminal, file: Path, folder: Path) -> Terminal:
    other = replace(finora, data_dir=folder)
    other.well("restore", str(file))
    return other


def test_what_is_restored_is_what_was_backed_up(
    backed_up: tuple[Terminal, Path, dict[str, object]], tmp_path: Path
) -> None:
    finora, file, known = backed_up
    other = replace(finora, data_dir=tmp_path / "data")
    outcome = other("restore", str(file))
    assert outcome.code == 0, outcome
    assert "master key was not in the backup" in outcome.said
    assert "key to them is missing" in other("connections").said  # and no new one is made in its place
    key = tmp_path / "data" / "secret.key"
    key.write_bytes((finora.data_dir / "secret.key").read_bytes())
    key.chmod(0o600)
    assert totals(other) == known
    other.well("doctor")
    assert other("restore", str(file)).code == 1  # nothing is overwritten


def test_nobody_else_may_read_a_backup_and_it_holds_no_master_key(
    backed_up: tuple[Terminal, Path, dict[str, object]],
) -> None:
    finora, file, _known = backed_up
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as archive:
        assert "secret.key" not in archive.getnames()
        content = b"".join(part.read() for name in archive.getnames() if (part := archive.extractfile(name)))
    assert (finora.data_dir / "secret.key").read_bytes().strip() not in content
    assert sorted(each.name for each in file.parent.iterdir()) == ["data", "finora.backup"]


def test_a_backup_with_the_key_is_all_that_is_needed(
    backed_up: tuple[Terminal, Path, dict[str, object]], tmp_path: Path
) -> None:
    finora, _file, known = backed_up
    outcome = finora("backup", str(tmp_path / "whole.backup"), "--with-key")  # no server runs by now
    assert outcome.code == 0, outcome
    assert "holds the master key" in outcome.said
    assert totals(restored(finora, tmp_path / "whole.backup", tmp_path / "data")) == known


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_damaged_backup_is_told_and_restores_nothing(
    backed_up: tuple[Terminal, Path, dict[str, object]], tmp_path: Path, share: float
) -> None:
    finora, file, _known = backed_up
    content = bytearray(file.read_bytes())
    place = int(share * (len(content) - 40))
    content[place : place + 40] = bytes(byte ^ 0x5A for byte in content[place : place + 40])
    (tmp_path / "damaged").write_bytes(content)
    other = replace(finora, data_dir=tmp_path / "data")
    outcome = other("restore", str(tmp_path / "damaged"))
    assert outcome.code == 1
    assert "Traceback" not in outcome.err
    assert [each.name for each in (tmp_path / "data").iterdir() if each.suffix != ".lock"] == []
