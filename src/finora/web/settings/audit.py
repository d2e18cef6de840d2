"""Settings → Audit log: every security-relevant act, newest first; and as a file."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from finora.accounts import AuditRecord
from finora.accounts.audit_file import FORMATS, written
from finora.web.address.links import address
from finora.web.figures.formats import NONE, precise_moment
from finora.web.settings.act_details import details_text
from finora.web.settings.tabs import settings_tabs
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site

HERE = "/settings/audit"
_A_PAGE = 100


class AuditPage:
    """The audit log."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", HERE, self.show),
            Route("GET", f"{HERE}.csv", self.as_csv),
            Route("GET", f"{HERE}.json", self.as_json),
        )

    def show(self, request: Request) -> Response:
        """Show a page of the log; `before` is the entry it begins after, `act` and `actor` narrow it."""
        site, visit = self._site, self._site.visit(request)
        asked = request.query_params
        before, act, actor = asked.get("before", ""), asked.get("act", ""), asked.get("actor", "")
        found = site.workspace.accounts.audit_entries(
            visit.principal,
            before=int(before) if before.isdecimal() and len(before) < 19 else None,
            limit=_A_PAGE + 1,
            act=act or None,
            by=actor or None,
        )
        entries = found[:_A_PAGE]
        names = {each.id: each.name for each in site.workspace.connections.all()}
        narrowing = [(name, value) for name, value in (("act", act), ("actor", actor)) if value]
        older = [*narrowing, ("before", str(entries[-1].id))] if len(found) > _A_PAGE else None
        return site.page(
            visit,
            "audit.html",
            Heading(title="Settings", active="settings"),
            tabs=settings_tabs(visit.principal, HERE),
            rows=[self._row(entry, names) for entry in entries],
            narrowed=narrowing,
            everything=HERE,
            newest=address(HERE, narrowing) if before else None,
            older=address(HERE, older) if older else None,
            files=[{"label": form.upper(), "href": address(f"{HERE}.{form}", narrowing)} for form in FORMATS],
        )

    def as_csv(self, request: Request) -> Response:
        """Return all that the page would show, page after page, as CSV."""
        return self._file(request, "csv")

    def as_json(self, request: Request) -> Response:
        """Return the same as JSON."""
        return self._file(request, "json")

    def _file(self, request: Request, form: str) -> Response:
        visit, asked = self._site.visit(request), request.query_params
        pages = self._site.workspace.accounts.all_audit_entries(
            visit.principal,
            act=asked.get("act") or None,
            by=asked.get("actor") or None,
            address=visit.address,
        )
        name = f"finora-audit-{self._site.now():%Y-%m-%d}.{form}"
        return StreamingResponse(
            written(pages, form),
            media_type=FORMATS[form],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _row(self, entry: AuditRecord, names: Mapping[str, str]) -> dict[str, Any]:
        actor: object = entry.actor or "somebody not signed in"
        if entry.actor_id:
            actor = {"text": entry.actor, "href": address(HERE, [("actor", entry.actor_id)])}
        return {
            "id": f"entry-{entry.id}",
            "cells": {
                "at": precise_moment(entry.at, self._site.zone),
                "actor": actor,
                "act": {"text": act_text(entry.act), "href": address(HERE, [("act", entry.act)])},
                "subject": entry.subject or NONE,
                "details": details_text(entry.details, names),
                "address": entry.address or NONE,
            },
        }


def act_text(act: str) -> str:
    """Return an act in words: `connection.key_rotated` is “Connection key rotated”."""
    return act.replace(".", " ").replace("_", " ").capitalize()
