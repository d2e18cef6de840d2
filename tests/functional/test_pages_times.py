"""The period and the comparison one chose go along from page to page, and addresses alone decide what a page shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from finora.simulator import small
from support.pages import Page, Visitor, visited

if TYPE_CHECKING:
    from collections.abc import Iterator

CHOSEN = "period=last_month&compare=year"


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visited(small(), tmp_path_factory.mktemp("data")) as visitor:
        yield visitor


def ways(page: Page) -> dict[str, str]:
    """Return where the navigation leads, by the name of each place."""
    found = re.findall(r'<a id="nav-(\w+)" href="([^"]+)"', page.source)
    return {name: href.replace("&amp;", "&") for name, href in found}


@pytest.mark.parametrize("path", ["/", "/explore", "/events", "/people", "/teams", "/patterns"])
def test_the_times_of_a_page_go_along_to_the_others(owner: Visitor, path: str) -> None:
    """Else who looks at last month's people would see the last 28 days' models."""
    found = ways(owner.open(f"{path}?{CHOSEN}"))
    assert found["explore"] == f"/explore?{CHOSEN}"
    assert found["people"] == f"/people?{CHOSEN}"
    assert found["settings"] == "/settings"


def test_they_are_remembered_over_pages_that_have_none(owner: Visitor) -> None:
    owner.open("/explore?from=2026-10-01&to=2026-10-05&compare=none&by=person&f=is,model,auto")
    assert ways(owner.open("/settings/audit"))["overview"] == "/?from=2026-10-01&to=2026-10-05&compare=none"


def test_a_link_shows_what_it_says_whatever_was_chosen_before(owner: Visitor) -> None:
    """Else two people who open one link would see different figures."""
    plain = owner.open("/explore")
    owner.open(f"/explore?{CHOSEN}")
    again = owner.open("/explore")
    assert again.charts == plain.charts
    assert ways(again)["people"] == "/people"


@pytest.mark.parametrize(
    "text", ["period%3Dnever%26compare%3Dx", "%00", "f=is,model,x", "period=7d&" * 400, "é"]
)
def test_a_cookie_that_somebody_wrote_themselves_does_no_harm(owner: Visitor, text: str) -> None:
    answer = owner.http.get(
        "/settings/audit", headers={b"Cookie": f"{_session(owner)}; finora_period={text}".encode()}
    )
    assert answer.status_code == 200
    assert re.search(r'id="nav-explore" href="/explore(\?period=7d)?"', answer.text)


EDGES = (
    "from=1970-01-01&to=1970-01-02",
    "from=2200-12-30&to=2200-12-31",
    "from=1970-01-01&to=2200-12-31",
    "period=9999d",
    "period=9999w",
    "period=9999mo",
)
PAGES = ("/", "/explore", "/events", "/people", "/teams", "/patterns", "/teams/none")
DOCUMENTS = ("/people.csv", "/people.json", "/teams.csv", "/teams.json")
ROUTES = ("/api/v1/people", "/api/v1/teams", "/api/v1/events")


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("path", [*PAGES, *DOCUMENTS, *ROUTES])
def test_a_period_at_the_edge_of_time_is_answered_or_refused_and_no_error_of_ours(
    owner: Visitor, path: str, edge: str
) -> None:
    """There is nothing before 1970 to step back to, or to compare with; Finora's own links lead to what it compares with."""
    compare = "" if path.endswith("/events") else "&compare=previous"
    answer = owner.http.get(f"{path}?{edge}{compare}")
    assert answer.status_code in {200, 400}, answer.text[:300]
    if path in DOCUMENTS:
        assert answer.status_code == 200


def _session(owner: Visitor) -> str:
    return "; ".join(
        f"{each.name}={each.value}" for each in owner.http.cookies.jar if "period" not in each.name
    )
