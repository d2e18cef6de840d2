"""Build the web interface as an installation does.

Usage: python scripts/frontend.py [--check | --find-node]

--check also installs what its type check and tests need, and runs them. --find-node only says, by its exit code, whether
there is a Node.js to build with.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hatch_build import build_frontend, find_node, node_on_path  # noqa: E402  # the hook lies at the root, where hatchling wants it


def main(arguments: list[str]) -> int:
    """Build, say how long it took, and check when asked to."""
    if "--find-node" in arguments:
        return 0 if node_on_path() else 1
    checking = "--check" in arguments
    started = time.monotonic()
    if build_frontend(ROOT, development=checking):
        print(f"web interface built in {time.monotonic() - started:.1f} s")
    return check() if checking else 0


def check() -> int:
    """The exit code of the type check and the tests."""
    frontend = ROOT / "frontend"
    node = find_node().node
    steps = (["node_modules/typescript/bin/tsc", "--noEmit"], ["test/run.mjs"])
    for step in steps:
        code = subprocess.run([node, *step], cwd=frontend, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
