"""Routes as tables: each page says at one place which addresses it answers."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from fastapi import APIRouter
from starlette.responses import Response


class Route(NamedTuple):
    """A method, a path and what answers."""

    method: str
    path: str
    handler: Callable[..., Response]


class Page(Protocol):
    """A page, or a few that belong together."""

    def routes(self) -> Iterable[Route]:
        """Return its routes."""
        ...


def router_of(pages: Iterable[Page]) -> APIRouter:
    """Return the router of pages. Handlers are plain functions, so each runs in a thread of the pool."""
    router = APIRouter(include_in_schema=False)
    for page in pages:
        for route in page.routes():
            router.add_api_route(
                route.path,
                route.handler,
                methods=[route.method],
                response_model=None,
                response_class=Response,
            )
    return router
