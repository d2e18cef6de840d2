"""A Finora that answers real HTTP, with a cast of people who may do more or less, before a Cursor that answers real HTTP."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn
from argon2 import PasswordHasher

from finora.accounts import OPERATOR, Role, Scope
from finora.accounts.passwords import Passwords
from finora.app import create_app
from finora.cli.listening import listen
from finora.gate import SESSION_COOKIE
from finora.settings import Settings
from finora.simulator import serve_in_thread
from finora.workspace import Edges, open_workspace
from support.simulated import SimulatedTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from finora.simulator import Simulation
    from finora.workspace import Workspace

PASSWORD = "correct horse 7 battery"
OPERATOR_TOKEN = "operator-token-of-the-tests"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Who(StrEnum):
    """Who asks."""

    NOBODY = "nobody"
    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"
    READ_TOKEN = "read_token"
    """A token of the owner that may only read."""
    WRITE_TOKEN = "write_token"
    """A token of the owner that may read and keep subscriptions."""
    OPERATOR = "operator"


CAST = {
    Role.OWNER: ("olivia@acme.test", "Olivia"),
    Role.ADMIN: ("adam@acme.test", "Adam"),
    Role.MEMBER: ("mia@acme.test", "Mia"),
    # Vic's address is one of the simulated small company's, so that there is usage of their own.
    Role.VIEWER: ("priya.natarajan@lumenworks.test", "Vic"),
}


@dataclass
class Running:
    """A served workspace, and clients of its API by who asks.

    `heard` holds every answer that these clients got, whole: what a browser or a script would have seen.
    """

    url: str
    app: FastAPI
    workspace: Workspace
    simulated: Simulation
    provider_url: str
    folder: Path
    _tokens: dict[Who, str]
    _closing: ExitStack
    heard: list[httpx.Response] = field(default_factory=list)
    _clients: dict[Who, httpx.Client] = field(default_factory=dict)

    def as_(self, who: Who) -> httpx.Client:
        """Return a client that asks as somebody, with their API token."""
        if who not in self._clients:
            token = self._tokens.get(who)
            self._clients[who] = self.client({"Authorization": f"Bearer {token}"} if token else {})
        return self._clients[who]

    @property
    def admin(self) -> httpx.Client:
        """A client that asks as Adam."""
        return self.as_(Who.ADMIN)

    @property
    def member(self) -> httpx.Client:
        """A client that asks as Mia."""
        return self.as_(Who.MEMBER)

    @property
    def viewer(self) -> httpx.Client:
        """A client that asks as Vic."""
        return self.as_(Who.VIEWER)

    def client(
        self, headers: dict[str, str] | None = None, cookies: dict[str, str] | None = None
    ) -> httpx.Client:
        """Return a client with headers and cookies of its own."""
        client = httpx.Client(
            base_url=self.url,
            headers=headers,
            cookies=cookies,
            timeout=30,
            trust_env=False,
            event_hooks={"response": [self._hear]},
        )
        return self._closing.enter_context(client)

    def browser(self, role: Role) -> httpx.Client:
        """Return a client that is signed in by cookie."""
        email, _name = CAST[role]
        signed_in = self.workspace.accounts.sign_in(email, PASSWORD, address="127.0.0.1")
        return self.client(cookies={SESSION_COOKIE: signed_in.token})

    def connect(self, name: str = "Acme", *, team: int = 0) -> dict[str, Any]:
        """Connect a simulated team and read all of it; return the connection."""
        body = {
            "provider": "cursor",
            "name": name,
            "credentials": {"api_key": self.simulated.keys[team].admin},
            "confirm": True,
        }
        made = self.admin.post("/api/v1/connections", json=body)
        assert made.status_code == 201, made.text
        self.sync()
        connection: dict[str, Any] = self.admin.get(f"/api/v1/connections/{made.json()['id']}").json()
        return connection

    def sync(self) -> None:
        """Run what is due or asked for, to its end."""
        for run in self.workspace.schedule.run_due():
            assert run.state == "completed", run.error

    def ask(self, who: Who = Who.MEMBER, **body: object) -> dict[str, Any]:
        """Return the answer to a query."""
        answer = self.as_(who).post("/api/v1/query", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _hear(self, response: httpx.Response) -> None:
        response.read()
        self.heard.append(response)


def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something that happens by itself has happened."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it has not happened in time"
        time.sleep(0.02)


@contextmanager
def served(app: ASGIApp, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve an application on any free port; yield its address."""
    listener = listen(host, 0)
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", server_header=False, proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@contextmanager
def running(simulated: Simulation, folder: Path, **settings: Any) -> Iterator[Running]:  # noqa: ANN401 - settings by name
    """Serve a Finora in a folder, whose time is the simulation's, with the whole cast."""
    with ExitStack() as closing:
        provider = closing.enter_context(serve_in_thread(simulated))
        chosen: dict[str, Any] = {
            "data_dir": folder,
            "cursor_base_url": provider.base_url,
            "cursor_requests_per_minute": 0,
        } | settings
        edges = Edges(clock=SimulatedTime(simulated.clock), passwords=Passwords(CHEAP))
        workspace = closing.enter_context(open_workspace(Settings(**chosen), edges))
        app = create_app(workspace, OPERATOR_TOKEN)
        url = closing.enter_context(served(app))
        yield Running(
            url=url,
            app=app,
            workspace=workspace,
            simulated=simulated,
            provider_url=provider.base_url,
            folder=folder,
            _tokens=_hired(workspace),
            _closing=closing,
        )


def _hired(workspace: Workspace) -> dict[Who, str]:
    """Make the cast and return their tokens."""
    accounts, tokens = workspace.accounts, {Who.OPERATOR: OPERATOR_TOKEN}
    for role, (email, name) in CAST.items():
        account = accounts.create_user(OPERATOR, email=email, role=role, password=PASSWORD, name=name)
        issued = accounts.issue_token(OPERATOR, name="tests", scopes={Scope.ADMIN}, user_id=account.id)
        tokens[Who(role)] = issued.token
        if role is Role.OWNER:
            for who, scope in ((Who.READ_TOKEN, Scope.READ), (Who.WRITE_TOKEN, Scope.WRITE)):
                tokens[who] = accounts.issue_token(
                    OPERATOR, name=who, scopes={scope}, user_id=account.id
                ).token
    return tokens
