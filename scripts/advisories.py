"""Look our pinned dependencies up in a copy of an advisory database, without a network.

Usage: python scripts/advisories.py FOLDER [LOCK …]

FOLDER holds advisories in the OSV format, as YAML or JSON, such as a checkout of the Python Packaging Advisory Database.
The locks are ours (requirements*.lock) unless others are named. Exit code 1 means that a pin is
affected, 2 that the folder holds no advisories and nothing was checked.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
LOCKS = tuple(sorted(ROOT.glob("requirements*.lock")))

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Osv = dict[str, Any]


@dataclass(frozen=True, order=True)
class Pin:
    """A package and the version of it that we use; the name in its one canonical spelling."""

    name: str
    version: str


@dataclass(frozen=True)
class Finding:
    """A pin that an advisory affects."""

    pin: Pin
    advisory: str
    aliases: tuple[str, ...]
    fixed: tuple[str, ...]
    summary: str


def pins_of(text: str) -> set[Pin]:
    """Return the pins of a requirements file, whatever markers and hashes stand behind them."""
    return {Pin(canonicalize_name(name), version) for name, version in _PIN.findall(text)}


def advisories_in(folder: Path) -> Iterator[_Osv]:
    """Yield the advisories below a folder that were not withdrawn; files of other kinds are passed over."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".json":
            found = json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix in {".yaml", ".yml"}:
            found = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe loader, in C
        else:
            continue
        if (
            isinstance(found, dict)
            and found.get("id")
            and found.get("affected")
            and not found.get("withdrawn")
        ):
            yield found


def findings(pins: Iterable[Pin], advisories: Iterable[_Osv]) -> list[Finding]:
    """Return which pins are affected by which advisories, by name."""
    by_name: dict[str, set[Pin]] = {}
    for pin in pins:
        by_name.setdefault(pin.name, set()).add(pin)
    found = [
        Finding(
            pin,
            advisory["id"],
            tuple(advisory.get("aliases") or ()),
            tuple(sorted(set(_fixes(affected)))),
            " ".join((advisory.get("summary") or advisory.get("details") or "").split()),
        )
        for advisory in advisories
        for affected in advisory["affected"]
        if affected.get("package", {}).get("ecosystem") == "PyPI"
        for pin in by_name.get(canonicalize_name(affected["package"]["name"]), ())
        if _is_affected(Version(pin.version), affected)
    ]
    return sorted(found, key=lambda each: (each.pin, each.advisory))


def _is_affected(version: Version, affected: _Osv) -> bool:
    """Return whether a version is listed or lies in a range; see “Evaluation” in the OSV schema."""
    listed = any(_same(version, each) for each in affected.get("versions") or ())
    return listed or any(
        _is_within(version, each["events"])
        for each in affected.get("ranges") or ()
        if each["type"] == "ECOSYSTEM"
    )


def _same(version: Version, text: str) -> bool:
    try:
        return Version(text) == version
    except InvalidVersion:
        return False


def _is_within(version: Version, events: Sequence[dict[str, str]]) -> bool:
    """Return whether a version lies in a range, whose events may stand in any order."""
    kinds = {"introduced": 0, "fixed": 1, "last_affected": 2}
    marks = sorted(
        (Version("0") if text == "0" else Version(text), kinds[kind])
        for event in events
        for kind, text in event.items()
        if kind in kinds
    )
    inside = False
    for mark, kind in marks:
        if kind == 0 and version >= mark:
            inside = True
        elif (kind == 1 and version >= mark) or (kind == 2 and version > mark):
            inside = False
    return inside


def _fixes(affected: _Osv) -> Iterator[str]:
    for each in affected.get("ranges") or ():
        if each["type"] == "ECOSYSTEM":
            yield from (event["fixed"] for event in each["events"] if "fixed" in event)


def main(words: Sequence[str]) -> int:
    """Check the locks against a folder, print what was found, and return the exit code."""
    if not words or not Path(words[0]).is_dir():
        print(__doc__)
        return 2
    folder, locks = Path(words[0]), [Path(word) for word in words[1:]] or LOCKS
    pins = {pin for lock in locks for pin in pins_of(lock.read_text(encoding="utf-8"))}
    advisories = list(advisories_in(folder))
    if not advisories or not pins:
        print(f"Nothing was checked: {len(advisories)} advisories below {folder}, {len(pins)} pins.")
        return 2
    found = findings(pins, advisories)
    for each in found:
        names = ", ".join((each.advisory, *each.aliases))
        print(
            f"{each.pin.name} {each.pin.version}  {names}  fixed in: {', '.join(each.fixed) or 'nothing yet'}"
        )
        print(f"    {each.summary[:150]}")
    newest = max(str(each.get("modified", "")) for each in advisories)[:10]
    print(
        f"{len(pins)} pins, {len(advisories)} advisories, the newest of {newest}: "
        f"{len(found)} {'finding' if len(found) == 1 else 'findings'}."
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
