"""Who may ask for what: one line for each route that Finora serves, pages, API and mounted applications alike.

A route without a line here fails the build. The requests are such that even those who may make them change nothing that
another test looks at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi.routing import iter_route_contexts

from finora.accounts import Role
from support.running import CAST, Who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from support.running import Running

Json = dict[str, Any]

EVERYBODY = frozenset(Who)
KNOWN = EVERYBODY - {Who.NOBODY}
ALL_READERS = KNOWN - {Who.VIEWER}
WRITERS = ALL_READERS - {Who.READ_TOKEN}
KEEPERS = frozenset({Who.ADMIN, Who.OWNER, Who.OPERATOR})
OWN = KNOWN - {Who.READ_TOKEN, Who.WRITE_TOKEN}
"""Those who may change their own account: tokens need the scope `admin` for that."""


class Call(NamedTuple):
    """A request, who may make it, and what they then get; all others get 403, and 401 where they are nobody.

    On pages nobody is led to the sign-in page (303) instead. `address` is what is asked for where the path itself, with
    what there is filled in, would change something; `body` is sent as JSON to the API and as a form to pages.
    """

    method: str
    path: str
    allowed: frozenset[Who]
    status: int
    body: Json | None = None
    address: str = ""

    @property
    def is_page(self) -> bool:
        """Whether a person with a browser makes it."""
        return not self.path.startswith(("/api/", "/mcp", "/healthz", "/readyz", "/metrics", "/static"))

    def expected(self, who: Who) -> int:
        """Return the status that somebody gets."""
        if who in self.allowed:
            return self.status
        return (303 if self.is_page else 401) if who is Who.NOBODY else 403


KEY = {"provider": "cursor", "credentials": {"api_key": "crsr_nobody_gave_this_out"}}
EVENT = "/api/v1/events/{event_id}"
ONE = "/api/v1/connections/{connection_id}"
FLAT = "/api/v1/subscriptions"
ONE_FLAT, NO_FLAT = f"{FLAT}/{{subscription_id}}", f"{FLAT}/none"
FOLK, OWN_PERSON = "/api/v1/people", CAST[Role.VIEWER][0]
ONE_CREW, NO_CREW = "/api/v1/teams/{team}", "/api/v1/teams/team_none"

CALLS = (
    Call("POST", "/api/v1/connections", KEEPERS, 422, KEY),
    Call("GET", "/api/v1/connections", ALL_READERS, 200),
    Call("GET", ONE, ALL_READERS, 200),
    Call("PATCH", ONE, KEEPERS, 200, {}),
    Call("DELETE", ONE, KEEPERS, 404, address="/api/v1/connections/none"),
    Call("POST", f"{ONE}/sync", KEEPERS, 400, {"start": "2026-01-01"}),
    Call("GET", f"{ONE}/syncs", ALL_READERS, 200),
    Call("GET", f"{ONE}/revisions", ALL_READERS, 200),
    Call("GET", f"{ONE}/reconciliation", ALL_READERS, 200),
    Call("GET", f"{ONE}/notices", ALL_READERS, 200),
    Call("POST", f"{ONE}/notices/{{notice_id}}/dismiss", KEEPERS, 404, address=f"{ONE}/notices/none/dismiss"),
    Call("GET", "/api/v1/syncs/{sync_id}", ALL_READERS, 200),
    Call("POST", "/api/v1/query", KNOWN, 200, {}),
    Call("POST", "/api/v1/ask", KNOWN, 200, {"question": "How much did we spend?"}),
    Call("GET", "/api/v1/ask/suggestions", KNOWN, 200),
    Call("GET", "/api/v1/events", KNOWN, 200),
    Call("GET", EVENT, KNOWN, 200),
    Call("GET", "/api/v1/export", KNOWN, 200, address="/api/v1/export?period=today"),
    Call("GET", "/api/v1/catalog", KNOWN, 200),
    Call("GET", FLAT, ALL_READERS, 200),
    Call("POST", FLAT, WRITERS, 422, {}),
    Call("GET", f"{FLAT}/skus", ALL_READERS, 200),
    Call("GET", f"{FLAT}/summary", ALL_READERS, 200),
    Call("GET", f"{FLAT}/trend", ALL_READERS, 200),
    Call("GET", f"{FLAT}/renewals", ALL_READERS, 200),
    Call("GET", f"{FLAT}/people", KNOWN, 200),
    Call("POST", f"{FLAT}/import", WRITERS, 422, {}),
    Call("GET", f"{FLAT}/export", ALL_READERS, 200),
    Call("GET", ONE_FLAT, ALL_READERS, 404, address=NO_FLAT),
    Call("PATCH", ONE_FLAT, WRITERS, 404, {}, address=NO_FLAT),
    Call("DELETE", ONE_FLAT, WRITERS, 404, address=NO_FLAT),
    Call("POST", f"{ONE_FLAT}/restore", WRITERS, 404, address=f"{NO_FLAT}/restore"),
    Call("GET", f"{ONE_FLAT}/seat-use", ALL_READERS, 404, address=f"{NO_FLAT}/seat-use"),
    Call("PUT", f"{ONE_FLAT}/seats", WRITERS, 404, {"people": []}, address=f"{NO_FLAT}/seats"),
    Call("GET", FOLK, KNOWN, 200),
    Call("GET", f"{FOLK}/{{person}}", KNOWN, 200, address=f"{FOLK}/{OWN_PERSON}"),
    Call("PUT", f"{FOLK}/{{person}}/team", KEEPERS, 404, {"team": None}, address=f"{FOLK}/nobody/team"),
    Call("GET", "/api/v1/teams", ALL_READERS, 200),
    Call("POST", "/api/v1/teams", KEEPERS, 400, {"name": ""}),
    Call("GET", ONE_CREW, ALL_READERS, 404, address=NO_CREW),
    Call("PATCH", ONE_CREW, KEEPERS, 404, {"name": "n"}, address=NO_CREW),
    Call("DELETE", ONE_CREW, KEEPERS, 404, address=NO_CREW),
    Call("POST", f"{ONE_CREW}/restore", KEEPERS, 404, address=f"{NO_CREW}/restore"),
    Call("POST", f"{ONE_CREW}/people", KEEPERS, 404, {"people": ["a@b.test"]}, address=f"{NO_CREW}/people"),
    Call("POST", "/api/v1/backup", frozenset({Who.OPERATOR}), 422, {}),
    Call(
        "DELETE",
        f"{ONE_FLAT}/terms/{{effective}}",
        WRITERS,
        404,
        address=f"{NO_FLAT}/terms/2026-01-01",
    ),
    Call("GET", "/api/v1/me", KNOWN, 200),
    Call(
        "POST", "/api/v1/users", KEEPERS, 400, {"email": "n@acme.test", "role": "member", "password": "short"}
    ),
    Call("GET", "/api/v1/users", KEEPERS, 200),
    Call("POST", "/api/v1/users/links", KEEPERS, 404, {"email": "nobody@acme.test"}),
    Call("GET", "/api/v1/tokens", OWN, 200),
    Call(
        "POST", "/api/v1/tokens", frozenset({Who.OPERATOR}), 404, {"name": "t", "email": "nobody@acme.test"}
    ),
    Call("DELETE", "/api/v1/tokens/{token_id}", OWN, 404, address="/api/v1/tokens/none"),
    Call("GET", "/api/v1/sessions", OWN, 200),
    Call("DELETE", "/api/v1/sessions", KEEPERS, 404, address="/api/v1/sessions?email=nobody@acme.test"),
    Call("DELETE", "/api/v1/sessions/{session_id}", OWN, 404, address="/api/v1/sessions/none"),
    Call("GET", "/api/v1/audit", KEEPERS, 200),
    Call("GET", "/api/v1/audit/export", KEEPERS, 200),
    Call("GET", "/healthz", EVERYBODY, 200),
    Call("GET", "/readyz", EVERYBODY, 200),
    Call("GET", "/metrics", EVERYBODY, 200),
    Call("GET", "/api/v1/operator", EVERYBODY, 200, address="/api/v1/operator?challenge=of-sixteen-letters"),
    Call("GET", "/api/openapi.json", EVERYBODY, 200),
)

SETTINGS_KEYS, ACCOUNT, USERS = "/settings/api-keys", "/settings/account", "/settings/users"
ONE_KEY, NO_KEY = f"{SETTINGS_KEYS}/{{connection_id}}", f"{SETTINGS_KEYS}/none"
PAGE_OF_FLAT, NO_PAGE = "/subscriptions/{subscription_id}", "/subscriptions/none"
ONE_USER, NO_USER = f"{USERS}/{{user_id}}", f"{USERS}/none"
ONE_PERSON = "/people/{key:path}"
ONE_TEAM, NO_TEAM = "/teams/{key}", "/teams/team_none"

PAGES = (
    Call("GET", "/setup/{token}", EVERYBODY, 403, address="/setup/none"),
    Call("POST", "/setup/{token}", EVERYBODY, 403, {}, address="/setup/none"),
    Call("GET", "/sign-in", frozenset({Who.NOBODY}), 200),
    Call("POST", "/sign-in", EVERYBODY, 401, {"email": "stranger@acme.test", "password": "x"}),
    Call("POST", "/sign-out", EVERYBODY, 303, {}),
    Call("GET", "/link/{token}", EVERYBODY, 403, address="/link/none"),
    Call("POST", "/link/{token}", EVERYBODY, 403, {}, address="/link/none"),
    Call("GET", "/forgot", EVERYBODY, 200),
    Call("POST", "/forgot", EVERYBODY, 200, {"email": "stranger@acme.test"}),
    Call("GET", "/sign-in/openid", EVERYBODY, 404),
    Call("GET", "/sign-in/openid/back", EVERYBODY, 404),
    Call("POST", f"{ACCOUNT}/identity", OWN, 404, {}),
    Call("POST", f"{ACCOUNT}/identity/remove", OWN - {Who.OPERATOR}, 303, {}),
    Call("POST", "/theme", EVERYBODY, 303, {}),
    Call("GET", "/", KNOWN, 200),
    Call("GET", "/explore", KNOWN, 200),
    Call("GET", "/explore.json", KNOWN, 200),
    Call("GET", "/explore.csv", KNOWN, 200),
    Call("GET", "/patterns", KNOWN, 200),
    Call("GET", "/events", KNOWN, 200),
    Call("GET", "/ask", KNOWN, 200),
    Call("GET", "/events/{event_id}", KNOWN, 200),
    Call("GET", "/docs", EVERYBODY, 200),
    Call("GET", "/docs/{name}", EVERYBODY, 200, address="/docs/getting-started"),
    Call("GET", "/docs/{name}.md", EVERYBODY, 200, address="/docs/getting-started.md"),
    Call("GET", "/llms.txt", EVERYBODY, 200),
    Call("GET", "/palette", KNOWN, 200),
    Call("GET", "/shortcuts", KNOWN, 200),
    Call("POST", "/shortcuts", KNOWN, 303, {"single_keys": "on"}),
    Call("GET", "/people", KNOWN, 200),
    Call("GET", "/people.json", KNOWN, 200),
    Call("GET", "/people.csv", KNOWN, 200),
    Call("GET", ONE_PERSON, KNOWN, 200, address=f"/people/{OWN_PERSON}"),
    Call("POST", ONE_PERSON, KEEPERS, 404, {"team": "none"}, address="/people/nobody"),
    Call("GET", "/teams", ALL_READERS, 200),
    Call("GET", "/teams.json", ALL_READERS, 200),
    Call("GET", "/teams.csv", ALL_READERS, 200),
    Call("POST", "/teams", KEEPERS, 422, {"name": ""}),
    Call("GET", ONE_TEAM, ALL_READERS, 200, address="/teams/none"),
    Call("POST", f"{ONE_TEAM}/rename", KEEPERS, 404, {"name": "n"}, address=f"{NO_TEAM}/rename"),
    Call("POST", f"{ONE_TEAM}/delete", KEEPERS, 404, {}, address=f"{NO_TEAM}/delete"),
    Call("POST", f"{ONE_TEAM}/restore", KEEPERS, 404, {}, address=f"{NO_TEAM}/restore"),
    Call("POST", f"{ONE_TEAM}/people", KEEPERS, 404, {"people": "a@b.test"}, address=f"{NO_TEAM}/people"),
    Call("GET", "/settings", KNOWN, 303),
    Call("GET", "/subscriptions", KNOWN, 200),
    Call("GET", "/subscriptions.csv", ALL_READERS, 200),
    Call("GET", "/subscriptions/renewals.ics", ALL_READERS, 200),
    Call("GET", "/subscriptions/people", KNOWN, 200),
    Call("GET", "/subscriptions/new", WRITERS, 200),
    Call("POST", "/subscriptions/new", WRITERS, 422, {}),
    Call("GET", "/subscriptions/import", WRITERS, 200),
    Call("POST", "/subscriptions/import", WRITERS, 422, {}),
    Call("GET", PAGE_OF_FLAT, ALL_READERS, 404, address=NO_PAGE),
    Call("GET", f"{PAGE_OF_FLAT}/edit", WRITERS, 404, address=f"{NO_PAGE}/edit"),
    *(
        Call(
            "POST",
            f"{PAGE_OF_FLAT}/{act}",
            WRITERS,
            404,
            {"person": "a@b", "effective": "2026-01-01"},
            f"{NO_PAGE}/{act}",
        )
        for act in ("delete", "edit", "restore", "seats", "seats/end", "seats/remove", "terms/withdraw")
    ),
    Call("GET", SETTINGS_KEYS, ALL_READERS, 200),
    Call("POST", SETTINGS_KEYS, KEEPERS, 422, {"provider": "cursor", "api_key": ""}),
    Call("GET", f"{ONE_KEY}/row", ALL_READERS, 200),
    Call("POST", f"{ONE_KEY}/sync", KEEPERS, 404, {}, address=f"{NO_KEY}/sync"),
    Call("GET", f"{ONE_KEY}/update", KEEPERS, 200),
    Call("POST", f"{ONE_KEY}/update", KEEPERS, 422, {"api_key": ""}),
    Call("GET", f"{ONE_KEY}/remove", KEEPERS, 200),
    Call("POST", f"{ONE_KEY}/remove", KEEPERS, 404, {}, address=f"{NO_KEY}/remove"),
    Call("POST", f"{ONE_KEY}/pause", KEEPERS, 404, {}, address=f"{NO_KEY}/pause"),
    Call("POST", f"{ONE_KEY}/name", KEEPERS, 404, {"name": "n"}, address=f"{NO_KEY}/name"),
    Call("GET", ONE_KEY, ALL_READERS, 200),
    Call("POST", f"{ONE_KEY}/held/{{held_id}}", KEEPERS, 404, {}, address=f"{NO_KEY}/held/none"),
    Call(
        "POST",
        f"{ONE_KEY}/notices/{{notice_id}}/dismiss",
        KEEPERS,
        303,
        {},
        address=f"{NO_KEY}/notices/none/dismiss",
    ),
    Call("GET", ACCOUNT, OWN, 200),
    Call("POST", ACCOUNT, OWN, 422, {"name": "", "scope": "read"}),
    Call("POST", f"{ACCOUNT}/password", OWN, 422, {"password": "a", "new_password": "b"}),
    Call("POST", f"{ACCOUNT}/sessions/others/end", OWN - {Who.OPERATOR}, 303, {}),
    Call(
        "POST", f"{ACCOUNT}/sessions/{{session_id}}/end", OWN, 404, {}, address=f"{ACCOUNT}/sessions/none/end"
    ),
    Call(
        "POST", f"{ACCOUNT}/tokens/{{token_id}}/revoke", OWN, 404, {}, address=f"{ACCOUNT}/tokens/none/revoke"
    ),
    Call("GET", USERS, KEEPERS, 200),
    Call("POST", USERS, KEEPERS, 422, {"email": "nobody", "role": "member"}),
    Call("GET", ONE_USER, KEEPERS, 200),
    Call("POST", f"{ONE_USER}/role", KEEPERS, 404, {"role": "member"}, address=f"{NO_USER}/role"),
    Call("POST", f"{ONE_USER}/disable", KEEPERS, 404, {}, address=f"{NO_USER}/disable"),
    Call("POST", f"{ONE_USER}/enable", KEEPERS, 404, {}, address=f"{NO_USER}/enable"),
    Call("POST", f"{ONE_USER}/link", KEEPERS, 404, {}, address=f"{NO_USER}/link"),
    Call("GET", "/settings/audit", KEEPERS, 200),
    Call("GET", "/settings/audit.csv", KEEPERS, 200),
    Call("GET", "/settings/audit.json", KEEPERS, 200),
)

PROTOCOLS = (Call("POST", "/mcp", KNOWN, 200, {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),)
"""What takes no session, so that no other site's page can use one."""

MOUNTED = (Call("GET", "/static", EVERYBODY, 404, address="/static/nothing"),)


def served(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Yield the method and path of every route; what names no methods, such as a mount, answers any, and counts as GET."""
    for context in iter_route_contexts(app.routes):
        for method in context.methods or ("GET",):
            if (method, context.path) != ("HEAD", "/api/openapi.json"):
                yield method, str(context.path)


def filled_in(finora: Running, call: Call) -> str:
    """Return the address of a call, with what there is in place of its path's parameters."""
    if call.address or "{" not in call.path:
        return call.address or call.path
    (connection,) = finora.member.get("/api/v1/connections").json()
    # Of the viewer's own, so that all may see it.
    event = finora.viewer.get("/api/v1/events?period=all&limit=1").json()["events"][0]
    return call.path.format(
        connection_id=connection["id"],
        sync_id=connection["sync"]["id"],
        event_id=event["id"],
        user_id=finora.workspace.accounts.users()[0].id,
    )
