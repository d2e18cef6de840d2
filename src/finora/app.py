"""The application: API and pages over one workspace."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

import finora
from finora import api
from finora.api.problems import invalid_request, problem, problem_of
from finora.errors import FinoraError
from finora.gate import Gate
from finora.web import SecurityHeaders, Web

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
        redoc_url=None,
    )
    gate = Gate(workspace, operator_token)
    app.state.workspace, app.state.gate = workspace, gate
    for router in api.ROUTERS:
        app.include_router(router)
    web = Web(workspace, gate)
    app.include_router(web.router)
    app.mount("/static", web.static)
    app.add_middleware(SecurityHeaders, secure=gate.secure)
    _handle_errors(app, web)
    return app


def _handle_errors(app: FastAPI, web: Web) -> None:
    """Answer errors as problem documents in the API and as pages elsewhere."""

    def told(request: Request, error: Exception) -> Response:
        known = cast("FinoraError", error)
        return problem(known) if _is_api(request) else web.render_error(request, known)

    def invalid(request: Request, error: Exception) -> Response:
        if _is_api(request):
            return invalid_request(cast("RequestValidationError", error))
        return web.render_error(
            request, _Unreadable("The form could not be read. Go back, reload the page and try again.")
        )

    def by_status(request: Request, error: Exception) -> Response:
        refusal = cast("HTTPException", error)
        known = _BY_STATUS.get(refusal.status_code, _NotAnswered)
        if _is_api(request):
            detail = str(refusal.detail)
            return problem_of(refusal.status_code, known.code, known.title, detail, headers=refusal.headers)
        return web.render_error(request, known(known.title + "."))

    def unexpected(request: Request, error: Exception) -> Response:
        _LOG.error("Unforeseen error at %s %s", request.method, request.url.path, exc_info=error)
        if _is_api(request):
            return problem_of(500, "internal", "Something went wrong", "Finora's log has the details.")
        return web.render_unexpected(request)

    app.add_exception_handler(FinoraError, told)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, by_status)
    app.add_exception_handler(Exception, unexpected)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/healthz", "/readyz", "/metrics"))


class _Unreadable(FinoraError):
    code = "invalid_request"
    status = 422
    title = "The form could not be read"


class _NoSuchPage(FinoraError):
    code = "not_found"
    status = 404
    title = "There is no such page"


class _WrongMethod(FinoraError):
    code = "method_not_allowed"
    status = 405
    title = "This address does not take such a request"


class _NotAnswered(FinoraError):
    code = "not_answered"
    status = 400
    title = "The request cannot be answered"


_BY_STATUS: dict[int, type[FinoraError]] = {404: _NoSuchPage, 405: _WrongMethod}
