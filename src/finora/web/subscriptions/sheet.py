"""AI Subscriptions → Import: a file is looked at line by line before anything of it comes in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from finora.accounts import Permission
from finora.subscriptions import Flaw, Imported, InvalidImport, import_table
from finora.subscriptions.table import COLUMNS
from finora.web.figures.formats import NONE, plural
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.subscriptions.form import sentence
from finora.web.wire.forms import Fields

IMPORT = "/subscriptions/import"
_FLAW_COLUMNS = [
    {"key": "line", "label": "Line", "numeric": False},
    {"key": "field", "label": "Field", "keep": True},
    {"key": "problem", "label": "What is wrong", "keep": True},
    {"key": "text", "label": "The line"},
]
_LONGEST_LINE = 120
_EXAMPLE = "name,sku,seats,price_per_seat,billing_cycle,start_date,tags"


@dataclass(frozen=True, slots=True)
class SentTable:
    """A form with lines of CSV, from a file or as text; the file counts where there is one."""

    fields: Fields
    content: bytes


async def _sent_table(request: Request) -> SentTable:
    # The request as a whole is limited already; see finora.api.body_limit.
    async with request.form(max_files=1, max_fields=20) as form:
        texts = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))
        fields, file = Fields(texts), form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
    return SentTable(fields, content or fields.text("lines").encode())


Table = Annotated[SentTable, Depends(_sent_table)]


class SubscriptionImport:
    """The page."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", IMPORT, self.show),
            Route("POST", IMPORT, self.take),
        )

    def show(self, request: Request) -> Response:
        """Show the form."""
        visit = self._site.visit(request)
        visit.principal.require(Permission.MANAGE_SUBSCRIPTIONS)
        return self._page(visit)

    def take(self, request: Request, table: Table) -> Response:
        """Look at a file, or take it in where that was asked for and nothing is wrong with it."""
        site, visit = self._site, self._site.visit_that_changes(request, table.fields)
        rehearse = table.fields.text("act") != "import"
        try:
            done = import_table(
                site.workspace.subscriptions,
                visit.principal,
                table.content,
                rehearse=rehearse,
                address=visit.address,
            )
        except InvalidImport as problem:
            return self._page(visit, table, flaws=problem.flaws)
        if rehearse:
            return self._page(visit, table, would=done)
        return site.go("/subscriptions", "subscriptions_imported", _said(done))

    def _page(
        self,
        visit: Visit,
        table: SentTable | None = None,
        *,
        flaws: Sequence[Flaw] = (),
        would: Imported | None = None,
    ) -> Response:
        lines = table.content.decode("utf-8-sig", errors="replace") if table else ""
        return self._site.page(
            visit,
            "subscription_import.html",
            Heading(title="Import subscriptions", active="subscriptions"),
            status=422 if flaws else 200,
            lines=lines,
            flaw_rows=_flaw_rows(flaws, lines.splitlines()),
            flaw_columns=_FLAW_COLUMNS,
            flaws_text=plural(len(flaws), "problem"),
            would=_said(would) if would else "",
            columns=COLUMNS,
            example=_EXAMPLE,
        )


def _flaw_rows(flaws: Iterable[Flaw], lines: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for number, flaw in enumerate(flaws):
        line = flaw.line or 0
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        rows.append(
            {
                "id": str(number),
                "cells": {
                    "line": f"{line}" if line else NONE,
                    "field": flaw.field,
                    "problem": sentence(flaw.problem),
                    "text": text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…",
                },
            }
        )
    return rows


def _said(done: Imported) -> str:
    return f"{done.created:,} new, {done.updated:,} changed, {done.unchanged:,} as they were"
