"""The API as an ASGI application: the door, the limits, the faults, and then the endpoint."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from finora.simulator.asking import Ask, Endpoint, read_body
from finora.simulator.breakage import CutShort, Dropped
from finora.simulator.disturbances import Disturbance
from finora.simulator.keys import Access, Key
from finora.simulator.responses import ApiError, answer, shape_a, shape_b
from finora.simulator.routes import (
    audit_logs,
    daily_usage,
    groups,
    members,
    organization,
    spend,
    usage_events,
)
from finora.simulator.simulation import Simulation

HTML_GATEWAY: Final = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
ENDPOINTS: Final = (
    *usage_events.ENDPOINTS,
    *members.ENDPOINTS,
    *daily_usage.ENDPOINTS,
    *spend.ENDPOINTS,
    *groups.ENDPOINTS,
    *audit_logs.ENDPOINTS,
    *organization.ENDPOINTS,
)
WRITES: Final = (
    "/teams/user-spend-limit",
    "/teams/user-spend-limits",
    "/teams/remove-member",
    "/teams/groups",
    "/teams/groups/{id}",
    "/teams/groups/{id}/members",
    "/teams/directory-groups",
    "/teams/directory-groups/{id}",
    "/teams/directory-groups/{id}/members/bulk-add",
    "/teams/directory-groups/{id}/members/bulk-remove",
)


def create_app(simulation: Simulation) -> Starlette:
    """The simulated API. Nothing of the truth behind it can be reached through it."""
    routes = [Route(e.path, _serve(simulation, e), methods=[e.method]) for e in ENDPOINTS]
    routes += [Route(path, _refuse_write, methods=["POST", "PATCH", "PUT", "DELETE"]) for path in WRITES]
    return Starlette(routes=routes, exception_handlers={HTTPException: _http_error})


async def _refuse_write(_: Request) -> Response:
    return shape_b(405, "Method Not Allowed", "The simulated team cannot be changed through its API")


async def _http_error(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        return shape_b(405, "Method Not Allowed", "Method not allowed")
    return shape_b(404, "Not Found", "Resource not found")


def _serve(simulation: Simulation, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        raw = await request.body()
        simulation.answering += endpoint.paged
        simulation.most_at_once = max(simulation.most_at_once, simulation.answering)
        try:
            response = await _answer(simulation, endpoint, request, raw)
        except ApiError as refusal:
            response = refusal.response
        finally:
            simulation.answering -= endpoint.paged
        status = 0 if isinstance(response, Dropped) else response.status_code
        simulation.requests[endpoint.path, status] += 1
        return response

    return handle


async def _answer(simulation: Simulation, endpoint: Endpoint, request: Request, raw: bytes) -> Response:
    key = _admit(simulation, endpoint, request)
    disturbance = simulation.disturbances.befalls(endpoint.path, paged=endpoint.paged)
    if disturbance is not None and (broken := await _broken(simulation, disturbance)):
        return broken
    ask = Ask(
        simulation=simulation,
        team=key.team,
        now_ms=simulation.clock.now_ms(),
        body=read_body(raw),
        query=request.query_params,
        path=request.path_params,
        disturbance=disturbance,
    )
    body = endpoint.answer(ask)
    if disturbance is Disturbance.TRUNCATED:
        return CutShort(msgspec.json.encode(body), close=simulation.admitted % 2 == 0)
    return answer(body)


def _admit(simulation: Simulation, endpoint: Endpoint, request: Request) -> Key:
    """The key that may do this now, or a refusal."""
    key = simulation.ring.find(request.headers.get("authorization"))
    wanted = "Team" if endpoint.access is Access.TEAM else "Organization"
    faults = simulation.faults
    if key is not None:
        simulation.admitted += 1
    revoked = faults.revoked_at and simulation.admitted >= faults.revoked_at
    if key is None or key.access is not endpoint.access or revoked:
        raise ApiError(shape_a(401, f"Invalid {wanted} API Key"))
    unscoped = faults.unscoped_at and simulation.admitted >= faults.unscoped_at
    if unscoped or not key.allows(endpoint.scope):
        status = simulation.behaviour.scope_status
        raise ApiError(shape_a(status, f"{wanted} API key missing required scope: {endpoint.scope}"))
    behaviour = simulation.behaviour
    allowed = behaviour.events_per_minute if endpoint.paged else behaviour.others_per_minute
    if not simulation.limit.admit(key.team, endpoint.path, allowed, simulation.clock.now_ms()):
        raise ApiError(_rate_limited(simulation, plain=True))
    return key


def _rate_limited(simulation: Simulation, *, plain: bool = False) -> Response:
    """429. `Retry-After` is in seconds of the caller's own clock, which the simulation may outrun."""
    speed = max(simulation.clock.speed, 1.0)
    wait = max(round(simulation.behaviour.retry_after_s / speed), 1)
    headers = {"Retry-After": str(wait)}
    if not plain and simulation.faults.retry_after_missing:
        headers = {}
    elif not plain and simulation.faults.retry_after_date:
        headers = {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=wait), usegmt=True)}
    return shape_a(429, "Rate limit exceeded", headers)


async def _broken(simulation: Simulation, disturbance: Disturbance) -> Response | None:
    """The answer to a request that never reached its endpoint; None when it does after all."""
    match disturbance:
        case Disturbance.RATE_LIMITED:
            return _rate_limited(simulation)
        case Disturbance.ERROR:
            return shape_b(500, "Internal Server Error", "An unexpected error occurred")
        case Disturbance.GATEWAY:
            return Response(HTML_GATEWAY, 502, media_type="text/html")
        case Disturbance.DROPPED:
            return Dropped()
        case Disturbance.SLOW:
            await asyncio.sleep(simulation.faults.slow_ms / 1_000)
    return None
