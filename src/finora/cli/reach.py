"""Reaching Finora: the running server where there is one, else the data directory through the very same API."""

from __future__ import annotations

import socket
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import httpx

from finora.cli.operator import Operator, announced, running
from finora.errors import FinoraError
from finora.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from finora.settings import Settings

_TIMEOUT = httpx.Timeout(120.0, connect=5.0)


class Refused(FinoraError):
    """The API answered with a problem; its message is meant for the reader."""

    code = "refused"
    title: ClassVar[str] = "That did not work"

    def __init__(self, message: str, **extra: Any) -> None:  # noqa: ANN401 - members of a JSON document
        super().__init__(message, **extra)
        self.code_of_problem = str(extra.get("code", ""))


class Reach:
    """The API, from a command."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, path: str, parameters: Mapping[str, str] | list[tuple[str, str]] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Return the answer to a GET."""
        return self._answer(self._client.get(path, params=httpx.QueryParams(parameters)))  # type: ignore[arg-type]

    def send(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Return the answer to a request that changes something."""
        return self._answer(self._client.request(method, path, json=body))

    def upload(self, path: str, content: bytes, kind: str) -> Any:  # noqa: ANN401 - JSON
        """Return the answer to a file that is sent."""
        return self._answer(self._client.post(path, content=content, headers={"Content-Type": kind}))

    @contextmanager
    def stream(self, path: str, parameters: list[tuple[str, str]]) -> Iterator[Iterator[bytes]]:
        """Yield the parts of a long answer."""
        with self._client.stream("GET", path, params=httpx.QueryParams(parameters)) as response:  # type: ignore[arg-type]
            if response.status_code >= 400:
                response.read()
                self._answer(response)
            yield response.iter_bytes()

    def _answer(self, response: httpx.Response) -> Any:  # noqa: ANN401 - JSON
        if response.status_code == 204:
            return None
        try:
            body = response.json()
        except ValueError:
            raise Refused(f"The server answered {response.status_code} without a reason.") from None
        if response.status_code >= 400:
            raise Refused(str(body.get("detail")), code=body.get("code"))
        return body


@contextmanager
def reach() -> Iterator[Reach]:
    """Yield the API.

    Raises:
        ConfigurationError, StorageError: There is no server, and the data directory cannot be opened.
    """
    settings = load_settings()
    operator = running(settings.data_dir) if settings.data_dir.is_dir() else None
    with ExitStack() as closing:
        if operator is None or not _answers(operator):
            transport, operator = closing.enter_context(_opened(settings))
        else:
            transport = httpx.HTTPTransport()
        client = httpx.Client(
            base_url=operator.url,
            transport=transport,
            timeout=_TIMEOUT,
            headers={"Authorization": f"Bearer {operator.token}"},
            trust_env=False,
        )
        yield Reach(closing.enter_context(client))


def _answers(operator: Operator) -> bool:
    try:
        with httpx.Client(trust_env=False, timeout=2.0) as client:
            return client.get(f"{operator.url}/healthz").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[httpx.BaseTransport, Operator]]:
    """Open the data directory, and serve it on a private socket for as long as the command takes."""
    import uvicorn  # noqa: PLC0415 - slow to import, and not needed where a server runs

    from finora.app import create_app  # noqa: PLC0415 - as above
    from finora.workspace import open_workspace  # noqa: PLC0415 - as above

    with open_workspace(settings) as workspace, tempfile.TemporaryDirectory(prefix="finora-") as folder:
        path = str(Path(folder) / "api.sock")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        with announced(Path(folder), "http://localhost") as operator:
            app = create_app(workspace, operator.token)
            server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            workspace.schedule.start()
            try:
                yield httpx.HTTPTransport(uds=path), operator
            finally:
                server.should_exit = True
                thread.join(timeout=10)
                listener.close()
