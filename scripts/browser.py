"""Find a Chromium for the browser tests, or install one with the system's package manager.

Usage: python scripts/browser.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Return the path of a Chromium, if there is one."""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> int:
    """Make sure there is a Chromium, and say where."""
    if find() is None:
        install()
    path = find()
    if path is None:
        print(
            "No Chromium was found and none could be installed. Install one, or say where it is with CHROMIUM=…",
            file=sys.stderr,
        )
        return 1
    print(f"Chromium: {path}")
    return 0


def install() -> None:
    """Install Debian's Chromium, where this is Debian and we may."""
    if shutil.which("apt-get") is None:
        return
    before = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        subprocess.run([*before, *command], check=False, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
