"""A pinned dependency with a known weakness is found, and a check that checked nothing does not look like a clean one."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[3]


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("advisories", ROOT / "scripts" / "advisories.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["advisories"] = module
    spec.loader.exec_module(module)
    return module


CHECK: Any = _loaded()


def advisory(*events: dict[str, str], versions: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - members of an OSV document
    return {
        "id": "PYSEC-2026-1",
        "aliases": ["CVE-2026-1"],
        "modified": "2026-01-02T00:00:00Z",
        "summary": "Bad\n  things",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "Some.Package"},
                "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
                "versions": list(versions),
            }
        ],
    } | fields


def is_found(version: str, *known: dict[str, Any]) -> bool:
    return bool(CHECK.findings({CHECK.Pin("some-package", version)}, known))


def test_pins_are_read_with_markers_extras_and_hashes() -> None:
    text = (
        "# a comment==1\n"
        "Some_Package[extra]==1.2.3 ; python_version < '4' \\\n"
        "    --hash=sha256:aa==1 \\\n"
        "    # via other==2\n"
        "plain==2.0rc1\n"
    )
    assert CHECK.pins_of(text) == {CHECK.Pin("some-package", "1.2.3"), CHECK.Pin("plain", "2.0rc1")}


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ("0.9", False),
        ("1.0", True),
        ("1.9", True),
        ("2.0", False),
        ("3.0", True),
        ("3.4", True),
        ("3.5", False),
    ],
)
def test_a_version_between_introduction_and_fix_is_affected(version: str, *, affected: bool) -> None:
    ranges = ({"introduced": "3.0"}, {"last_affected": "3.4"}, {"fixed": "2.0"}, {"introduced": "1.0"})
    assert is_found(version, advisory(*ranges)) == affected


@given(st.tuples(*[st.integers(0, 30)] * 3), st.tuples(*[st.integers(0, 30)] * 3))
def test_from_the_beginning_until_the_fix_means_each_version_below_it(
    version: tuple[int, int, int], fixed: tuple[int, int, int]
) -> None:
    """Versions are compared as numbers: 1.10 comes after 1.9."""
    texts = [".".join(map(str, each)) for each in (version, fixed)]
    found = is_found(texts[0], advisory({"introduced": "0"}, {"fixed": texts[1]}))
    assert found == (version < fixed)


def test_a_version_that_is_only_listed_is_affected() -> None:
    assert is_found("1.0", advisory(versions=("1.0.0", "not a version")))
    assert not is_found("1.1", advisory(versions=("1.0.0", "not a version")))


def test_what_was_withdrawn_or_is_about_something_else_is_not_found(tmp_path: Path) -> None:
    everything = {"introduced": "0"}
    (tmp_path / "a.json").write_text(json.dumps(advisory(everything, withdrawn="2026-01-03T00:00:00Z")))
    (tmp_path / "b.yaml").write_text(yaml.safe_dump({"config": "of a linter"}))
    assert list(CHECK.advisories_in(tmp_path)) == []
    other = advisory(everything)
    other["affected"][0]["package"] = {"ecosystem": "npm", "name": "some-package"}
    assert not is_found("1.0", other)


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_the_command_names_what_is_affected_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("some-package==1.5\nother==1\n")
    text = advisory({"introduced": "1"}, {"fixed": "2"})
    (tmp_path / "vulns").mkdir()
    (tmp_path / "vulns" / f"x.{form}").write_text(
        json.dumps(text) if form == "json" else yaml.safe_dump(text)
    )
    assert CHECK.main([str(tmp_path), str(lock)]) == 1
    said = capsys.readouterr().out
    assert "some-package 1.5  PYSEC-2026-1, CVE-2026-1  fixed in: 2" in said
    assert "Bad things" in said
    lock.write_text("some-package==2\n")
    assert CHECK.main([str(tmp_path), str(lock)]) == 0
    assert "1 pins, 1 advisories, the newest of 2026-01-02: 0 findings." in capsys.readouterr().out


def test_a_check_that_checked_nothing_does_not_look_clean(tmp_path: Path) -> None:
    assert CHECK.main([]) == 2
    assert CHECK.main([str(tmp_path / "missing")]) == 2
    assert CHECK.main([str(tmp_path)]) == 2


def test_our_locks_are_read_whole() -> None:
    for lock in CHECK.LOCKS:
        text = lock.read_text()
        assert len(CHECK.pins_of(text)) == sum(
            1 for line in text.splitlines() if "==" in line and line[0] not in " #"
        )
