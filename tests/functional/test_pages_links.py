"""Every link of every page leads somewhere, says a query that can be asked, and loses nothing of the state on its way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from finora.accounts import Role
from finora.simulator import small
from finora.web.address.links import Links
from support.pages import Visitor, add_user, visited

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGINNINGS = (
    "/",
    "/explore",
    "/explore?period=7d&by=person&f=is,model,auto&metric=tokens&chart=lines",
    "/explore?by=hour&period=yesterday&compare=none",
    "/explore?by=team&metric=people&interval=week&compare=year&sort=team",
    "/explore?filter=person&f=is_not,model,auto",
    "/explore?filter=model&operator=is_not&f=is,person,unattributed",
    "/explore?by=person,model&scale=share&chart=areas&hide=other",
    "/explore?by=person&table=periods&scale=running",
    "/patterns?period=7d",
    "/events?period=all&f=is,event_type,agent",
    "/settings/api-keys",
    "/settings/account",
)
FIGURES = {"/", "/explore", "/events", "/patterns"}
OWN_PARAMETERS = {
    "/explore": {"filter", "operator", "value"},
    "/patterns": set(),
    "/events": {"cursor", "order", "find", "event", "filter", "operator", "value"},
    "/": {"subscriptions"},
}


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visited(small(), tmp_path_factory.mktemp("data"), timezone="America/New_York") as visitor:
        yield visitor


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_every_link_leads_to_a_page_or_a_file(owner: Visitor, beginning: str) -> None:
    page = owner.open(beginning)
    assert page.status == 200
    for link in sorted({link.split("#")[0] for link in page.links if link.startswith("/")}):
        assert owner.http.get(link).status_code == 200, link


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_every_link_to_figures_reads_back_into_a_query_without_a_problem(
    owner: Visitor, beginning: str
) -> None:
    links = Links("America/New_York")
    for link in owner.open(beginning).links:
        parts = urlsplit(link)
        if parts.path in FIGURES:
            parameters = parse_qsl(parts.query, keep_blank_values=True)
            own = frozenset(OWN_PARAMETERS[parts.path])
            assert links.read(parameters, own).problems == (), link


def test_a_viewer_finds_no_link_that_is_not_for_them(owner: Visitor) -> None:
    add_user(owner.workspace, "lee.wang@lumenworks.test", Role.VIEWER)
    viewer = Visitor(owner.workspace)
    viewer.sign_in("lee.wang@lumenworks.test")
    for beginning in ("/", "/explore", "/events", "/settings/account"):
        page = viewer.open(beginning)
        assert page.status == 200, beginning
        for link in sorted({link.split("#")[0] for link in page.links if link.startswith("/")}):
            assert viewer.http.get(link).status_code == 200, link


@pytest.mark.parametrize("page", ["/explore", "/explore.csv", "/explore.json", "/events"])
def test_a_viewer_sees_nobody_else_however_they_ask(owner: Visitor, page: str) -> None:
    viewer = Visitor(owner.workspace)
    if not any(user.email == "priya.natarajan@lumenworks.test" for user in owner.workspace.accounts.users()):
        add_user(owner.workspace, "priya.natarajan@lumenworks.test", Role.VIEWER)
    viewer.sign_in("priya.natarajan@lumenworks.test")
    for question in (
        "?period=all&by=person",
        "?period=all&by=person&f=is,person,mara.okafor@lumenworks.test",
    ):
        text = viewer.http.get(page + question).text
        assert "lee.wang" not in text
        assert "Lee Wang" not in text


def test_a_conversation_s_id_can_be_cut_in_its_middle_and_is_whole_for_who_points_at_it(
    owner: Visitor,
) -> None:
    source = owner.open("/explore?by=conversation&period=all").source
    cells = re.findall(r'<span class="cut" title="([^"]*)"><span>([^<]*)</span><span>([^<]*)</span>', source)
    assert cells
    for whole, begin, end in cells:
        assert begin + end == whole == str(UUID(whole))
