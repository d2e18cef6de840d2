"""What is given out for a backup fills neither memory nor disk, and writes nothing where it should not."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import tracemalloc
from typing import TYPE_CHECKING, NamedTuple

import pytest

from finora.storage.backup import RestoreRefused, restore_backup

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Usage(NamedTuple):
    """What the system says of a disk."""

    total: int
    used: int
    free: int


HUGE = 50_000_000_000


def made(file: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(file, "w:gz") as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return file


def member(
    name: str, content: bytes = b"{}", kind: bytes = tarfile.REGTYPE, to: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(content), kind, to
    return info, content


def refused(file: Path, folder: Path) -> str:
    with pytest.raises(RestoreRefused) as refusal:
        restore_backup(file, folder)
    assert [each.name for each in folder.iterdir() if each.suffix != ".lock"] == [], "nothing stays behind"
    return refusal.value.message


def headers(*infos: tarfile.TarInfo) -> bytes:
    return b"".join(info.tobuf(tarfile.GNU_FORMAT) for info in infos)


def test_a_file_that_says_it_is_larger_than_the_disk_is_refused_before_it_is_written(tmp_path: Path) -> None:
    """A few kilobytes, packed, can stand for terabytes."""
    info = tarfile.TarInfo("events.duckdb")
    info.size = HUGE * 1000
    file = tmp_path / "bomb"
    file.write_bytes(gzip.compress(headers(info) + bytes(1_000_000)))
    assert "does not fit" in refused(file, tmp_path / "data")


def test_a_disk_that_is_nearly_full_is_not_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(HUGE, HUGE - 60_000_000, 60_000_000))
    file = made(tmp_path / "bomb", member("ledger.sqlite", bytes(20_000_000)))
    assert "20 MB, and only 10 MB" in refused(file, tmp_path / "data")


@pytest.mark.parametrize(
    "kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK]
)
def test_a_header_that_says_it_is_huge_does_not_fill_the_memory(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, 200_000_000
    file = tmp_path / "bomb"
    with gzip.open(file, "wb", compresslevel=1) as packed:
        packed.write(headers(info))
        for _ in range(200):
            packed.write(bytes(1_000_000))
    tracemalloc.start()
    try:
        assert "no backup of Finora" in refused(file, tmp_path / "data")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "wrong",
    [
        [member("../evil")],
        [member("/evil")],
        [member("evil")],
        [member("manifest.json"), member("manifest.json")],
        [member("ledger.sqlite", b"", tarfile.SYMTYPE, "/etc/passwd")],
        [member("ledger.sqlite", b"", tarfile.LNKTYPE, "manifest.json")],
        [member("events.duckdb", b"", tarfile.FIFOTYPE)],
        [member("manifest.json", b"[" * 1_000_001)],
        [member("manifest.json", b"[" * 100_000)],
        [member("manifest.json", b"{}")],
    ],
    ids=["up", "absolute", "foreign", "twice", "link", "hard link", "pipe", "long list", "deep", "empty"],
)
def test_what_no_backup_holds_is_refused(tmp_path: Path, wrong: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    assert "no backup of Finora" in refused(made(tmp_path / "bomb", *wrong), tmp_path / "data")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("pack", [lambda content: content, gzip.compress], ids=["plain", "packed"])
def test_rubbish_is_refused(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    for content in (b"", b"rubbish" * 1000, bytes(10_000)):
        (tmp_path / "bomb").write_bytes(pack(content))
        assert "no backup of Finora" in refused(tmp_path / "bomb", tmp_path / "data")
