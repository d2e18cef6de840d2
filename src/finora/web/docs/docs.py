"""`/docs`: the documentation, for everybody who reaches this Finora; it says nothing of what is in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import PlainTextResponse, Response

from finora.documentation import (
    Documentation,
    Page,
    PageNotFound,
    Section,
    answer_as_markdown,
    llms_txt,
    page_named,
    pages,
)
from finora.documentation.contents import CONTENTS
from finora.errors import FinoraError
from finora.web.docs.rendering import Renderer
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit

HERE = "/docs"
_LONGEST = 400
_MARKDOWN = "text/markdown; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Beside:
    """The pages before and after one, in the order of the contents."""

    before: Page | None
    after: Page | None


class Docs:
    """The pages of the documentation."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._documentation = Documentation()
        self._renderer = Renderer(site.templates)

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", HERE, self.contents),
            Route("GET", f"{HERE}/{{name}}.md", self.markdown),
            Route("GET", f"{HERE}/{{name}}", self.page),
            Route("GET", "/llms.txt", self.index),
        )

    def contents(self, request: Request) -> Response:
        """Show all pages, or what was found of `q`."""
        typed = request.query_params.get("q", "").strip()[:_LONGEST]
        if not typed:
            return self._shown(
                request, "docs.html", Heading(title="Documentation", open=True), parts=_parts()
            )
        hits = self._documentation.search(typed)
        found = f"{len(hits)} found" if hits else "Nothing found"
        heading = Heading(title=f"Documentation: {typed}", announce=found, open=True)
        return self._shown(request, "docs_found.html", heading, typed=typed, hits=hits)

    def page(self, request: Request, name: str) -> Response:
        """Show a page."""
        page = page_named(name)
        return self._shown(
            request,
            "docs_page.html",
            Heading(title=page.title, open=True),
            page_of_docs=page,
            rendered=self._renderer.rendered(page),
            sections=_headings(page),
            parts=_parts(),
            beside=_beside(page),
        )

    def markdown(self, request: Request, name: str) -> Response:
        """Answer with a page's Markdown; with `ask`, with what the documentation says to that question."""
        asked = request.query_params.get("ask", "").strip()[:_LONGEST]
        try:
            page = page_named(name)
        except PageNotFound as problem:
            return PlainTextResponse(f"{problem.message}\n", problem.status, media_type=_MARKDOWN)
        text = answer_as_markdown(self._documentation.ask(asked, page=name)) if asked else page.text
        return PlainTextResponse(text, media_type=_MARKDOWN)

    def index(self, _request: Request) -> Response:
        """Answer with the index for language models."""
        return PlainTextResponse(llms_txt())

    def _shown(self, request: Request, template: str, heading: Heading, **content: Any) -> Response:  # noqa: ANN401 - what each template asks for
        try:
            visit: Visit | None = self._site.visit(request)
        except FinoraError:
            visit = None  # a session that has ended must not shut anybody out of what is open to all
        if visit is None:
            return self._site.door(request, template, heading, **content)
        return self._site.page(visit, template, heading, **content)


def _parts() -> list[tuple[str, list[Page]]]:
    return [(part.title, [page_named(name) for name in part.names]) for part in CONTENTS]


def _headings(page: Page) -> list[Section]:
    """Return the sections that the page's own contents list."""
    return [each for each in page.sections if len(each.path) == 1]


def _beside(page: Page) -> _Beside:
    shelf = pages()
    place = shelf.index(page)
    return _Beside(
        before=shelf[place - 1] if place else None,
        after=shelf[place + 1] if place + 1 < len(shelf) else None,
    )
