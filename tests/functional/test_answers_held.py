"""Who has an answer already gets it again only if it may have changed, and is never left with one that did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from finora.accounts import Role
from finora.entity_tag import entity_tag, unchanged
from finora.storage.events.duckdb.reader import Snapshot
from support.running import Running, Who
from support.simulated import company, pass_time, simulation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

QUERY = "/api/v1/query"
SUBSCRIPTION = {
    "name": "Cursor Business", "sku": "cursor-business", "seats": 3, "price_per_seat": "40.00",
    "billing_cycle": "monthly", "start_date": "2026-11-01", "renewal_date": "2026-12-01",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question over one face: a body for `/query`, or the address of a file."""

    what: dict[str, Any] | str

    def __str__(self) -> str:
        return self.what if isinstance(self.what, str) else " ".join(map(str, self.what.values()))

    def by(self, client: httpx.Client, held: str | None = None) -> httpx.Response:
        headers = {} if held is None else {"If-None-Match": held}
        if isinstance(self.what, str):
            return client.get(self.what, headers=headers)
        return client.post(QUERY, json=self.what, headers=headers)


ASKED = [
    Asked({"metrics": ["spend", "events"], "dimensions": ["person"], "period": "7d", "compare": "previous"}),
    Asked({"metrics": ["spend"], "dimensions": ["team"], "period": {"start": "2026-11-01", "end": "2026-11-08"}}),
    Asked({"metrics": ["people"], "dimensions": ["model"], "period": "today", "interval": "hour"}),
    Asked({"metrics": ["spend"], "dimensions": ["connection"], "period": "all", "limit": 1}),
    Asked({"metrics": ["total_cost"], "period": "mtd", "compare": "year", "interval": "day"}),
    Asked({"metrics": ["spend"], "period": {"start": "2026-11-01", "end": "2026-11-08"}, "timezone": "Asia/Kolkata"}),
    Asked("/explore.json?period=7d&by=person"),
    Asked("/explore.csv?period=last_week&by=model"),
    Asked("/explore.csv?period=last_week&by=model&table=periods"),
]  # fmt: skip


@pytest.fixture
def finora(serve: Callable[..., Running]) -> Running:
    served = serve(simulation(company(7), company(8)))
    served.connect("Acme")
    served.connect("Beta", team=1)
    return served


@pytest.fixture
def no_question(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no statement about events be run."""

    def fetch(_snapshot: Snapshot, statement: object) -> list[tuple[object, ...]]:
        raise AssertionError(f"was asked: {statement}")

    monkeypatch.setattr(Snapshot, "fetch", fetch)
    yield
    monkeypatch.undo()


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_an_answer_that_is_held_is_not_worked_out_again(
    acme: Running, asked: Asked, request: pytest.FixtureRequest
) -> None:
    first = asked.by(acme.member)
    assert first.status_code == 200
    assert first.headers["etag"].startswith('W/"')
    request.getfixturevalue("no_question")
    again = asked.by(acme.member, first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == "no-store"


def test_no_two_questions_share_a_tag(acme: Running) -> None:
    tags = {asked.by(client).headers["etag"] for asked in ASKED for client in (acme.member, acme.viewer)}
    assert len(tags) == 2 * len(ASKED)


def test_what_one_may_see_is_not_taken_for_what_another_may(acme: Running) -> None:
    """Else a viewer could learn whether the whole company's figures are still those that somebody passed on."""
    for asked in ASKED:
        of_all = asked.by(acme.member)
        own = asked.by(acme.viewer, of_all.headers["etag"])
        assert own.status_code == 200
        assert asked.by(acme.member, own.headers["etag"]).content == of_all.content


def test_who_may_no_longer_ask_is_not_told_that_nothing_changed(finora: Running) -> None:
    held = ASKED[0].by(finora.member).headers["etag"]
    assert ASKED[0].by(finora.as_(Who.NOBODY), held).status_code == 401
    assert ASKED[0].by(finora.member, held).status_code == 304


def _removed(finora: Running, name: str) -> None:
    found = {each["name"]: each["id"] for each in finora.admin.get("/api/v1/connections").json()}
    finora.admin.delete(f"/api/v1/connections/{found[name]}").raise_for_status()


def _renamed(finora: Running) -> None:
    (first, *_) = finora.admin.get("/api/v1/connections").json()
    finora.admin.patch(f"/api/v1/connections/{first['id']}", json={"name": "Apex"}).raise_for_status()


def _moved(finora: Running) -> None:
    person = finora.ask(dimensions=["person"], period="all")["rows"][0]["person"]
    team = finora.admin.post("/api/v1/teams", json={"name": "Night shift"}).raise_for_status().json()["team"]
    finora.admin.put(f"/api/v1/people/{person}/team", json={"team": team}).raise_for_status()


def _synced_later(finora: Running) -> None:
    pass_time(finora.simulated, hours=3)
    finora.sync()


STEPS: dict[str, Callable[[Running], object]] = {
    "nothing": lambda _finora: None,
    "half a minute": lambda finora: pass_time(finora.simulated, seconds=30),
    "a minute": lambda finora: pass_time(finora.simulated, minutes=1),
    "a sync": _synced_later,
    "another name": _renamed,
    "another team": _moved,
    "a subscription": lambda finora: finora.admin.post("/api/v1/subscriptions", json=SUBSCRIPTION).raise_for_status(),
    "a removed connection": lambda finora: _removed(finora, "Beta"),
    "a day": lambda finora: pass_time(finora.simulated, days=1),
    "a sync of that day": lambda finora: finora.sync(),
}  # fmt: skip


def test_whatever_happens_nobody_is_left_with_an_answer_that_is_no_longer_so(finora: Running) -> None:
    """After each of these every answer that is called unchanged is compared with what would have been answered."""
    pairs = [(client, asked) for client in (finora.member, finora.viewer) for asked in ASKED]
    for client, asked in pairs:
        asked.by(client)  # the first question about subscriptions counts as a change of the data
    held = [asked.by(client) for client, asked in pairs]
    moved: dict[str, int] = {}
    for step, happens in STEPS.items():
        happens(finora)
        whole = [asked.by(client) for client, asked in pairs]
        for (client, asked), former, now in zip(pairs, held, whole, strict=True):
            answer = asked.by(client, former.headers["etag"])
            if answer.status_code == 304:
                assert now.content == former.content, (step, str(asked))
            else:
                assert (answer.status_code, answer.content) == (200, now.content)
        moved[step] = sum(
            now.headers["etag"] != former.headers["etag"] for now, former in zip(whole, held, strict=True)
        )
        held = whole
    assert moved["nothing"] == 0
    assert all(moved[step] for step in STEPS if step not in {"nothing", "half a minute"}), moved
    assert moved["a minute"] < len(pairs), "what is over does not change as time goes by"


def test_a_tag_does_not_outlive_the_server(serve: Callable[..., Running], finora: Running) -> None:
    """What is restored, upgraded or set otherwise between two starts may answer otherwise with data that counts alike."""
    tag = ASKED[1].by(finora.member).headers["etag"]
    other = serve(simulation(company(7), company(8)), data_dir=finora.folder.parent / "other")
    other.connect("Acme")
    other.connect("Beta", team=1)
    assert ASKED[1].by(other.member, tag).status_code == 200


@pytest.mark.parametrize("path", ["/", "/explore", "/events", "/people", "/patterns"])
@pytest.mark.parametrize("cookies", [{}, {"finora_theme": "dark"}, {"finora_keys": "off"}])
def test_a_page_is_always_made_anew(acme: Running, path: str, cookies: dict[str, str]) -> None:
    """It tells how long ago something was, and follows the theme; nothing of that is in the figures."""
    browser = acme.browser(Role.MEMBER)
    browser.cookies.update(cookies)
    page = browser.get(path, headers={"If-None-Match": "*"})
    assert page.status_code == 200
    assert "etag" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    if "finora_theme" in cookies:
        assert 'data-theme="dark"' in page.text


def told(*lines: str) -> Request:
    headers = [(b"if-none-match", line.encode("latin-1", "replace")) for line in lines]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    "lines",
    [('W/"a-csv"',), ('"a-csv"',), ('"x", W/"a-csv"',), ('"x"', ' "y" ,"a-csv" '), ("*",)],
)
def test_a_tag_is_found_however_it_is_sent(lines: tuple[str, ...]) -> None:
    """Proxies that pack an answer make weak tags of strong ones, and clients send all they have."""
    answer = unchanged(told(*lines), entity_tag("a", "csv"))
    assert answer is not None
    assert answer.headers["etag"] == 'W/"a-csv"'


@given(st.lists(st.text(max_size=20), max_size=4))
def test_nothing_else_is_taken_for_a_tag(lines: list[str]) -> None:
    sent = ",".join(lines)
    if "*" not in sent:
        assert unchanged(told(*lines), entity_tag("0123456789abcdef")) is None
