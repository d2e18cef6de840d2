"""Keyboard shortcuts: the list of them, and the switch that turns single keys off."""

from collections.abc import Iterable

from fastapi import Request
from starlette.responses import Response

from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site
from finora.web.wire import cookies
from finora.web.wire.forms import Sent

HERE = "/shortcuts"


class ShortcutsPage:
    """The page of shortcuts, which `?` shows as a dialog."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (Route("GET", HERE, self.show), Route("POST", HERE, self.switch))

    def show(self, request: Request) -> Response:
        """Show the list."""
        visit = self._site.visit(request)
        return self._site.page(visit, "shortcuts.html", Heading(title="Keyboard shortcuts"))

    def switch(self, request: Request, form: Sent) -> Response:
        """Turn single keys on or off in this browser, as who speaks to a computer must be able to."""
        self._site.visit_that_changes(request, form)
        on = form.text("single_keys") != "off"
        response = self._site.go(HERE, "single_keys_on" if on else "single_keys_off")
        cookies.remember_single_keys(response, on=on, secure=self._site.gate.secure)
        return response
