"""A workspace that syncs with a simulated Cursor, in simulated time and without a network."""

from __future__ import annotations

import json
import math
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from finora.accounts.passwords import Passwords
from finora.settings import Settings
from finora.simulator import UNLIMITED, Company, InProcessTransport, ManualClock, Simulation
from finora.sync.ahead import AHEAD
from finora.workspace import Edges, open_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from finora.simulator import Behaviour, Clock, Faults
    from finora.workspace import Workspace

T = TypeVar("T")

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def ms(moment: datetime) -> int:
    """Return epoch milliseconds."""
    return round(moment.timestamp() * 1000)


class SimulatedTime:
    """A simulation's clock as Finora's: waits pass in simulated time and take none."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """Return the simulated moment."""
        return datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC)

    def sleep(self, seconds: float) -> None:
        """Move the simulation on."""
        self._clock.advance(max(math.ceil(seconds * 1000), 0))


class AtOnce(Executor):
    """Does work where and when it is given, so that all happens in one order, the same every time."""

    def submit(self, work: Callable[..., T], /, *args: Any, **more: Any) -> Future[T]:  # noqa: ANN401 - whatever it takes
        """Do it; what it raises, it raises here."""
        done: Future[T] = Future()
        done.set_result(work(*args, **more))
        return done


EVENTS = "/teams/filtered-usage-events"
MEMBERS = "/teams/members"
GROUPS = "/teams/groups"
SPEND = "/teams/spend"
DAILY = "/teams/daily-usage-data"

Body = dict[str, Any]


class Meddler(httpx.BaseTransport):
    """Stands between Finora and a simulation: sees every request, and may answer in the simulation's place.

    Attributes:
        asked: Path and body of each request so far.
        answers: By path, called with a request's body; what it returns is answered instead of the simulation's answer,
            unless it is none.
        rewrites: By path, called with the simulation's decoded answer, which it may change.
    """

    def __init__(self, simulated: Simulation) -> None:
        self._simulated = InProcessTransport(simulated)
        self.asked: list[tuple[str, Body]] = []
        self.answers: dict[str, Callable[[Body], httpx.Response | None]] = {}
        self.rewrites: dict[str, Callable[[Body, Body], None]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        path, body = request.url.path, json.loads(request.read() or b"{}")
        self.asked.append((path, body))
        answer = self.answers[path](body) if path in self.answers else None
        if answer is not None:
            return answer
        response = self._simulated.handle_request(request)
        if path in self.rewrites and response.status_code == httpx.codes.OK:
            decoded = json.loads(response.content)
            self.rewrites[path](body, decoded)
            return httpx.Response(200, json=decoded)
        return response

    def windows(self) -> list[tuple[int, int]]:
        """Return the windows of events asked for so far, by their first pages."""
        return [
            (body["startDate"], body["endDate"])
            for path, body in self.asked
            if path == EVENTS and body["page"] == 1
        ]


def company(
    seed: int = 7, *, seats: int = 4, days: int = 60, events: int = 600, after: int = 10, now: datetime = NOW
) -> Company:
    """Return a company with so many days behind now, and some after it."""
    return Company.generate(
        seed,
        seats=seats,
        start=now - timedelta(days=days),
        end=now + timedelta(days=after),
        events=events,
    )


def simulation(
    *companies: Company,
    faults: Faults | None = None,
    behaviour: Behaviour = UNLIMITED,
    now: datetime = NOW,
) -> Simulation:
    """Return a simulated Cursor whose clock stands at now."""
    chosen = companies or (company(now=now),)
    return Simulation(*chosen, clock=ManualClock(ms(now)), faults=faults, behaviour=behaviour)


@contextmanager
def workspace_for(
    simulated: Simulation, folder: Path, *, transport: httpx.BaseTransport | None = None, **settings: object
) -> Iterator[Workspace]:
    """Open a workspace in a folder whose provider and time are the simulation's; it reads one window after the other.

    Waits take no time there: where several threads wait, each moves time on for all.
    """
    with open_workspace(_settings(folder, settings), _edges(simulated, transport)) as workspace:
        yield workspace


@contextmanager
def workspace_that_reads_ahead(
    simulated: Simulation, folder: Path, *, transport: httpx.BaseTransport | None = None, **settings: object
) -> Iterator[Workspace]:
    """Open such a workspace that reads older windows ahead, in threads of their own."""
    edges = replace(_edges(simulated, transport), ahead=AHEAD)
    with open_workspace(_settings(folder, settings), edges) as workspace:
        yield workspace


@contextmanager
def workspace_of_one_thread(
    simulated: Simulation, folder: Path, *, transport: httpx.BaseTransport | None = None, **settings: object
) -> Iterator[Workspace]:
    """Open such a workspace that stores each window before it reads on."""
    edges = replace(_edges(simulated, transport), aside=AtOnce)
    with open_workspace(_settings(folder, settings), edges) as workspace:
        yield workspace


def _settings(folder: Path, settings: dict[str, object]) -> Settings:
    return Settings(data_dir=folder, **{"cursor_requests_per_minute": 0} | settings)  # type: ignore[arg-type]


def _edges(simulated: Simulation, transport: httpx.BaseTransport | None) -> Edges:
    return Edges(
        clock=SimulatedTime(simulated.clock),
        transport=transport or InProcessTransport(simulated),
        passwords=Passwords(),
        ahead=0,
    )


def connect(workspace: Workspace, simulated: Simulation, *, team: int = 0, name: str = "") -> str:
    """Connect a simulated team and return the connection's id."""
    key = simulated.keys[team].admin
    return workspace.connections.connect("cursor", name, {"api_key": key}, by="owner@acme.test").id


def pass_time(simulated: Simulation, **duration: float) -> None:
    """Let simulated time go by."""
    simulated.clock.advance(round(timedelta(**duration).total_seconds() * 1000))
