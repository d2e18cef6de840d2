"""The simulated API without a network: an httpx transport for tests, and a reader that keeps money exact."""

import asyncio
import json
import threading
from decimal import Decimal
from typing import Any, Final

import httpx

from finora.simulator.clock import DAY_MS
from finora.simulator.pricing import NANO_PER_CENT
from finora.simulator.server import create_app
from finora.simulator.simulation import Simulation

Json = dict[str, Any]

WINDOW_MS: Final = 30 * DAY_MS
EVENTS_PATH: Final = "/teams/filtered-usage-events"


class InProcessTransport(httpx.BaseTransport):
    """Lets a plain `httpx.Client` talk to a simulation in the same process, one request at a time.

    Dropped connections and bodies cut short surface as ConnectionResetError, not as httpx errors; where that
    matters use `serve_in_thread`.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._transport = httpx.ASGITransport(create_app(simulation))
        self._turn = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        with self._turn:
            return asyncio.run(self._handle(request))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        request.read()
        response = await self._transport.handle_async_request(request)
        content = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=content)


class Reader:
    """Asks the first team of a simulation with `key` and reads numbers as exact decimals. It never retries."""

    def __init__(self, simulation: Simulation, key: str | None = None) -> None:
        self.simulation = simulation
        self.http = httpx.Client(
            transport=InProcessTransport(simulation),
            base_url="http://simulator",
            auth=(simulation.key if key is None else key, ""),
        )

    def get(self, path: str, **query: str | int) -> Json:
        """The decoded answer of a successful GET."""
        return decoded(self.http.get(path, params=query))

    def post(self, path: str, **body: object) -> Json:
        """The decoded answer of a successful POST."""
        return decoded(self.http.post(path, json=body))

    def page(self, first_ms: int, last_ms: int, **more: object) -> Json:
        """One page of events with first <= timestamp <= last."""
        return self.post(EVENTS_PATH, startDate=first_ms, endDate=last_ms, **more)

    def window(self, first_ms: int, last_ms: int, **more: object) -> list[Json]:
        """All events of one window, newest first, in pages of 1000 unless told otherwise."""
        events: list[Json] = []
        number = 0
        while True:
            number += 1
            answer = self.page(first_ms, last_ms, **{"page": number, "pageSize": 1_000} | more)
            events += answer["usageEvents"]
            if number >= answer["pagination"]["numPages"]:
                return events

    def everything(self, **more: object) -> list[Json]:
        """All events up to now, newest first."""
        last, start = self.simulation.clock.now_ms(), self.simulation.teams[0].company.start_ms
        events: list[Json] = []
        while last >= start:
            first = max(start, last - WINDOW_MS)
            events += self.window(first, last, **more)
            last = first - 1
        return events


def decoded(response: httpx.Response) -> Json:
    """The JSON of a successful answer, with exact decimals.

    Raises:
        httpx.HTTPStatusError: the answer is a refusal.
    """
    response.raise_for_status()
    body: Json = json.loads(response.content, parse_float=Decimal)
    return body


def nano(cents: Decimal | int | str) -> int:
    """Published cents as integer nano-USD, rounded to the nearest."""
    return int((Decimal(cents) * NANO_PER_CENT).to_integral_value())
