"""Reaching Finora: the running server where there is one, else the data directory through the very same API."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import httpx

from finora.cli.demo_folder import asking_demo, running_demo
from finora.cli.listening import listen
from finora.cli.operator import Operator, answering, is_held, operator_at
from finora.errors import ConfigurationError, FinoraError
from finora.settings import load_settings
from finora.storage.data_dir import LOCK, DataDirInUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from finora.settings import Settings

_TIMEOUT = httpx.Timeout(120.0, connect=5.0)
_PATIENCE_SECONDS = 5.0


class Refused(FinoraError):
    """The API answered with a problem; its message is meant for the reader."""

    code = "refused"
    title: ClassVar[str] = "That did not work"

    def __init__(self, message: str, **extra: Any) -> None:  # noqa: ANN401 - members of a JSON document
        super().__init__(message, **extra)
        self.code_of_problem = str(extra.get("code", ""))


class NoDataYet(ConfigurationError):
    """A command that only reads was given a data directory that nothing was ever kept in."""

    title: ClassVar[str] = "There is no data yet"


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
def reach(*, to_read: bool = False) -> Iterator[Reach]:
    """Yield the API.

    Args:
        to_read: Whether nothing will be changed; no data directory is then made where there is none.

    Raises:
        NoDataYet: There is nothing to read.
        ConfigurationError, StorageError: There is no server, and the data directory cannot be opened.
    """
    with reached(to_read=to_read) as operator, ExitStack() as stack:
        client = httpx.Client(
            base_url=operator.url,
            timeout=_TIMEOUT,
            headers={"Authorization": f"Bearer {operator.token}"},
            trust_env=False,
        )
        try:
            yield Reach(stack.enter_context(client))
        except httpx.HTTPError as problem:
            raise Refused(
                f"Finora stopped answering ({type(problem).__name__}). Look whether “finora serve” still runs and what it "
                "says, then try again."
            ) from problem


@contextmanager
def reached(*, to_read: bool = False) -> Iterator[Operator]:
    """Yield where Finora is and what to prove oneself with: elsewhere if `FINORA_URL` says so, else on this machine.

    Raises:
        NoDataYet: It is only to be read from, and there is nothing.
        ConfigurationError, StorageError: There is no server, and the data directory cannot be opened.
    """
    settings = load_settings()
    if settings.url and not settings.token:
        raise ConfigurationError(
            "FINORA_URL is set; set FINORA_TOKEN (or FINORA_TOKEN_FILE) to an API token of that Finora as well. It is issued "
            "there under Settings → Account."
        )
    with ExitStack() as stack:
        if settings.url:
            yield Operator(settings.url, settings.token)
        else:
            if to_read and _is_empty(settings):
                raise NoDataYet(_nothing_in(settings))
            yield _found_or_opened(settings, stack)


def _is_empty(settings: Settings) -> bool:
    """Return whether a data directory is not there or was never used, and nobody is about to."""
    from finora.workspace import unfit  # noqa: PLC0415 - slow to import

    if settings.database_url or settings.events_url or any(unfit(settings)):
        return False  # whoever opens it says what is wrong
    try:
        there = {each.name for each in settings.data_dir.iterdir()}
    except FileNotFoundError:
        return True
    except OSError:
        return False  # as above
    return not there or (there == {LOCK} and not is_held(settings.data_dir))


def _nothing_in(settings: Settings) -> str:
    demo = running_demo()
    asked = f" The demo that runs here is asked with: {asking_demo('query', '--by', 'team')}" if demo else ""
    return (
        f"Nothing is kept in {settings.data_dir}, which was left as it is. Start Finora with: finora serve. If its data is "
        f"elsewhere, set FINORA_DATA_DIR to that folder.{asked}"
    )


def _found_or_opened(settings: Settings, stack: ExitStack) -> Operator:
    """Return the server's operator; else open the data directory, until the stack is closed.

    Another command, or a server that is about to start, may hold the directory for a moment.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        operator = answering(settings.data_dir)
        if operator is not None:
            return operator
        try:
            return stack.enter_context(_opened(settings))
        except DataDirInUse:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@contextmanager
def _opened(settings: Settings) -> Iterator[Operator]:
    """Open the data directory, and serve it to this command alone for as long as it takes."""
    import uvicorn  # noqa: PLC0415 - slow to import, and not needed where a server runs

    from finora.app import create_app  # noqa: PLC0415 - as above
    from finora.workspace import open_workspace  # noqa: PLC0415 - as above

    with open_workspace(settings) as workspace, closing(listen("127.0.0.1", 0)) as listener:
        operator = operator_at(f"http://127.0.0.1:{listener.getsockname()[1]}")
        app = create_app(workspace, operator.token)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        workspace.schedule.start()
        try:
            yield operator
        finally:
            server.should_exit = True
            thread.join(timeout=10)
