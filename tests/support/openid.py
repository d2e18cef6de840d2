"""A real OpenID Connect provider beside the tests: the npm package `oidc-provider`, run by the Node that builds the pages."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import httpx

from finora.cli.listening import listen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "openid"
CLIENT, CLIENT_SECRET = "finora", "a secret of the tests"


@contextmanager
def provider(redirect_uri: str) -> Iterator[str]:
    """Run the provider on a free port; yield its issuer."""
    node = _build().find_node()
    _install(node.npm)
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    with subprocess.Popen(  # noqa: S603 - our own script
        [node.node, "provider.mjs", str(port), redirect_uri],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _install(npm: tuple[str, ...]) -> None:
    """Install the pinned packages where they are not yet; npm keeps a copy of the lock beside them."""
    installed = FOLDER / "node_modules" / ".package-lock.json"
    lock = FOLDER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=FOLDER, check=True, capture_output=True)  # noqa: S603 - npm of the build
        installed.touch()


def _build() -> ModuleType:
    """Return the build's own module, which knows where Node is; it lies at the root and is no package."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules.get("hatch_build") or importlib.util.module_from_spec(spec)
    if "hatch_build" not in sys.modules:
        sys.modules["hatch_build"] = module
        spec.loader.exec_module(module)
    return module


def consent(url: str, login: str) -> str:
    """Sign in at the provider as a person would, agree, and return where it sends the browser back to."""
    issuer = url.partition("/auth")[0]
    with httpx.Client(trust_env=False) as browser:
        answer = browser.get(url)
        while True:
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if not target.startswith(issuer):
                    return target
                answer = browser.get(target)
                continue
            form = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
            assert form is not None, answer.text
            assert prompt is not None
            fields = {"prompt": prompt[1], "login": login, "password": "any"}
            answer = browser.post(urljoin(str(answer.url), form[1]), data=fields)
