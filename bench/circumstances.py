"""Under which circumstances something is measured: which code, which machine, how busy."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
_CODE = ("src", "frontend", "bench", "pyproject.toml", "requirements*.lock")
"""What figures depend on. What is written about them is not part of it: each section that is written changes that."""


@dataclass(frozen=True)
class Start:
    """What was so when measuring began."""

    code: str
    load: float
    moment: float

    def told(self) -> str:
        """Return the circumstances, now that measuring has ended, as sentences."""
        minutes = (time.monotonic() - self.moment) / 60
        return (
            f"{datetime.now(UTC):%Y-%m-%d}, {self.code}. {machine()}. "
            f"Load average {self.load:.1f} before and {os.getloadavg()[0]:.1f} after; it took {max(1, round(minutes))} min."
        )


def begin() -> Start:
    """Return the circumstances as they are now."""
    return Start(code=commit(), load=os.getloadavg()[0], moment=time.monotonic())


def commit(root: Path = ROOT) -> str:
    """Return which commit is measured, and whether the code is still as it has it."""
    try:
        name = _git(root, "rev-parse", "--short", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", *_CODE)
    except (OSError, subprocess.CalledProcessError):
        return "no commit known"
    return f"commit {name} with changes" if changed else f"commit {name}"


def machine() -> str:
    """Return processors, memory, kernel, and the versions of Python and DuckDB."""
    model = _found(r"^model name\s*:\s*(.+)$", "/proc/cpuinfo")
    parts = (
        f"{os.cpu_count()} processors ({model or platform.machine()})",
        _memory(),
        f"{platform.system()} {platform.release().partition('-')[0]}",
        f"Python {platform.python_version()}",
        f"DuckDB {version('duckdb')}",
    )
    return ", ".join(part for part in parts if part)


def _memory() -> str:
    kilobytes = _found(r"^MemTotal:\s*(\d+) kB$", "/proc/meminfo")
    return f"{int(kilobytes) * 1024 / 1e9:.0f} GB" if kilobytes else ""


def _found(pattern: str, place: str) -> str:
    """Return what a file of the kernel's says; empty where there is none, or no such line."""
    try:
        text = Path(place).read_text("utf-8")
    except OSError:
        return ""
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip() if found else ""


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(("git", *words), cwd=root, check=True, capture_output=True, text=True)  # noqa: S607 - the developer's git
    return done.stdout.strip()
