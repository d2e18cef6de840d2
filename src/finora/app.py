"""The application: API, pages and what assistants ask, over one workspace."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

import finora
from finora import api
from finora.api.body_limit import BodyLimit
from finora.api.fair_turns import FairTurns
from finora.api.problems import (
    DESCRIBED,
    Unforeseen,
    Unreadable,
    WrongMethod,
    problem,
    refusal_of,
    unreadable,
)
from finora.api.time_limit import TimeLimit
from finora.errors import FinoraError
from finora.gate import Gate
from finora.mcp import Mcp
from finora.web import SecurityHeaders, Web
from finora.web.wire.below_path import BelowPath, put_before
from finora.web.wire.headers import write_security_headers
from finora.web.wire.host_check import HostCheck, own_names

if TYPE_CHECKING:
    from starlette.responses import Response

    from finora.workspace import Workspace

_LOG = logging.getLogger(__name__)


def create_app(workspace: Workspace, operator_token: str = "") -> FastAPI:
    """Return the application over a workspace.

    Args:
        workspace: What it serves.
        operator_token: With which commands on this machine prove themselves; none where nobody may.
    """
    app = FastAPI(
        title="Finora",
        version=finora.__version__,
        description="What a company spends on AI tools, to the event and to the cent.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        # Behind a proxy, an address that Starlette makes up leads elsewhere, with whatever token was sent along.
        redirect_slashes=False,
        redoc_url=None,
    )
    gate = Gate(workspace, operator_token)
    app.state.workspace, app.state.gate = workspace, gate
    for router in api.ROUTERS:
        app.include_router(router, responses=DESCRIBED)
    app.include_router(Mcp(workspace, gate).router)
    web = Web(workspace, gate)
    app.include_router(web.router)
    app.mount("/static", web.static)
    settings = workspace.settings
    app.add_middleware(BodyLimit)
    app.add_middleware(FairTurns, credential=gate.credential, whose=gate.whose)
    app.add_middleware(TimeLimit, seconds=settings.query_seconds, file_seconds=settings.export_seconds)
    app.add_middleware(HostCheck, names=own_names(settings))
    trusted = [str(network) for network in settings.trusted_proxies]
    if trusted:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=trusted)
    app.add_middleware(SecurityHeaders, secure=gate.secure)
    if path := settings.base_path:
        app.add_middleware(BelowPath, path=path)
    _handle_errors(app, web, gate)
    return app


def _handle_errors(app: FastAPI, web: Web, gate: Gate) -> None:
    """Answer errors as problem documents in the API and as pages elsewhere."""

    def told(request: Request, error: Exception) -> Response:
        known = cast("FinoraError", error)
        return problem(known) if _is_api(request) else web.render_error(request, known)

    def invalid(request: Request, error: Exception) -> Response:
        if _is_api(request):
            return problem(unreadable(cast("RequestValidationError", error)))
        return web.render_error(
            request, Unreadable("The form could not be read. Go back, reload the page and try again.")
        )

    def by_status(request: Request, error: Exception) -> Response:
        known = refusal_of(cast("HTTPException", error))
        if not _is_api(request):
            return web.render_error(request, known)
        response = problem(known)
        if isinstance(known, WrongMethod):
            response.headers["Allow"] = _methods(request)
        return response

    def unexpected(request: Request, error: Exception) -> Response:
        _LOG.error("Unforeseen error at %s %s", request.method, request.url.path, exc_info=error)
        # What answers such errors stands outside of all middleware.
        if not _is_api(request):
            page = web.render_unexpected(request)
            page.body = put_before(gate.workspace.settings.base_path, bytes(page.body))
            page.headers["content-length"] = str(len(page.body))
            return page
        response = problem(Unforeseen("Finora's log has the details. Nothing was lost."))
        write_security_headers(response.headers, secure=gate.secure)
        return response

    app.add_exception_handler(FinoraError, told)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, by_status)
    app.add_exception_handler(Exception, unexpected)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/mcp", "/healthz", "/readyz", "/metrics"))


def _methods(request: Request) -> str:
    """Return which methods an address takes; each route alone knows its own only."""
    path, methods = request.url.path, set[str]()
    for each in iter_route_contexts(request.app.routes):
        if each.methods and each.path_regex.match(path):
            methods |= each.methods
    return ", ".join(sorted(methods))
