"""Figures of docs/performance.md are read by people who decide by them: they say what was measured, where, and whether it is kept."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest
from bench import circumstances, report
from bench.table import Measured, figure
from hypothesis import given
from hypothesis import strategies as st

from finora.simulator.models_catalog import MODELS

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (333_412.7, "333,400"),
        (9_999.7, "10,000"),
        (1_500, "1,500"),
        (48.114, "48.11"),
        (107.04, "107"),
        (0.0029634, "0.002963"),
        (0.5, "0.5"),
        (100_000_000, "100,000,000"),
        (0, "0"),
    ],
)
def test_a_figure_has_thousands_and_no_powers_of_ten(value: float, told: str) -> None:
    """An ingest of 3.334e+05 events a second was told."""
    assert figure(value) == told


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_a_figure_is_what_was_measured_to_four_digits(value: float) -> None:
    told = figure(value)
    assert "e" not in told
    assert math.isclose(float(told.replace(",", "")), value, rel_tol=5.1e-4)


@pytest.mark.parametrize(
    ("values", "at_most", "verdict"),
    [
        ((0.9, 0.95, 1.0), True, "kept"),
        ((0.9, 0.95, 1.021), True, "kept, not by every run"),
        ((0.9, 1.1, 1.2), True, "MISSED"),
        ((1.0, 1.2), False, "kept"),
        ((0.9, 1.2, 1.3), False, "kept, not by every run"),
        ((0.5, 0.9), False, "MISSED"),
    ],
)
def test_a_limit_that_only_most_runs_kept_is_not_told_as_kept(
    values: tuple[float, ...], *, at_most: bool, verdict: str
) -> None:
    assert Measured("48 hours replaced", values, "s", 1, at_most=at_most).verdict == verdict


def test_what_has_no_limit_has_no_verdict() -> None:
    assert Measured("times faster", (0.4, 0.6), "x").verdict == ""


def test_a_part_is_written_anew_and_the_others_stay(tmp_path: Path) -> None:
    place = tmp_path / "performance.md"
    report.write(
        "server", [Measured("ready after", (1.5, 1.6), "s", 2), Measured("idle", (3,), "MB")], "One.", place
    )
    report.write("ask", [Measured("understood", (30,), "ms", 20)], "Two.", place)
    report.write("server", [Measured("ready after", (2.5,), "s", 2)], "Three.", place)
    written = place.read_text("utf-8")
    assert written.count("# Performance\n") == 1
    assert "One." not in written
    summary, server, ask = written.split("\n## ")[1:]
    assert server.splitlines()[0] == "server"
    assert "Three." in server
    assert "| ready after | 2.5 s |  | ≤ 2 s | MISSED |" in server
    assert "Two." in ask
    assert "| server | ready after | 2.5 s |  | ≤ 2 s | MISSED |" in summary
    assert "| ask | understood | 30 ms |  | ≤ 20 ms | MISSED |" in summary


def test_the_document_says_how_many_models_there_are(tmp_path: Path) -> None:
    place = tmp_path / "performance.md"
    report.write("ask", [Measured("understood", (30,), "ms", 20)], "-", place)
    names = {model.name for model in MODELS}
    assert f"who work with {len(names)} models" in place.read_text("utf-8")
    assert len(names) == 40


def test_the_summary_has_what_has_a_limit_and_many_of_a_kind_as_one_line(tmp_path: Path) -> None:
    place = tmp_path / "performance.md"
    ratios = [
        Measured(f"a year, times faster: by {number}", (float(number), number + 2.0), "x", 10, at_most=False)
        for number in range(8, 15)
    ]
    report.write(
        "scale",
        [*ratios, Measured("on disk", (30.0,), "bytes"), Measured("memory", (9,), "MB", 10)],
        "-",
        place,
    )
    (summary,) = [
        part for part in place.read_text("utf-8").split("\n## ") if part.startswith("What has a limit")
    ]
    rows = [row for row in summary.splitlines() if row.startswith("| scale")]
    assert rows == [
        "| scale | a year, times faster: 7 of them, medians | | 9 x to 15 x | ≥ 10 x | 1 MISSED; 1 kept, not by every run; 5 kept |",
        "| scale | memory | 9 MB |  | ≤ 10 MB | kept |",
    ]


def test_code_that_no_commit_has_is_not_told_as_the_commits(tmp_path: Path) -> None:
    assert circumstances.commit(tmp_path) == "no commit known"

    def git(*words: str) -> str:
        who = ("-c", "user.name=Ana", "-c", "user.email=ana@acme.test")
        done = subprocess.run(  # noqa: S603 - a repository of the test's own
            ("git", *who, *words),  # noqa: S607 - the developer's git
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    git("init", "--quiet")
    for folder in ("src", "docs"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file").write_text("one", "utf-8")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    name = f"commit {git('rev-parse', '--short', 'HEAD')}"
    (tmp_path / "docs" / "file").write_text("two", "utf-8")
    assert circumstances.commit(tmp_path) == name
    (tmp_path / "src" / "file").write_text("two", "utf-8")
    assert circumstances.commit(tmp_path) == f"{name} with changes"


def test_circumstances_name_code_machine_and_load() -> None:
    told = circumstances.begin().told()
    for part in ("commit", "Python 3.", "DuckDB ", "Load average "):
        assert part in told


def test_help_is_there_before_what_only_benchmarks_need_is_installed() -> None:
    """It ended in a ModuleNotFoundError for the browser's driver."""
    forbidden = (
        "import sys; sys.modules |= dict.fromkeys(('playwright', 'dlt', 'rich', 'numpy')); "
        "sys.argv = ['bench', '--help']; import bench.__main__"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", forbidden], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "usage: python -m bench" in done.stdout
    assert "BENCH_DATA" in done.stdout
