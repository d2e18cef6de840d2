"""The documentation as browsers, scripts and assistants meet it: for everybody, whole, searchable, and never an error."""

from __future__ import annotations

import html
import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finora.app import create_app
from finora.documentation import Documentation, page_named, pages
from finora.simulator import small
from support.pages import Page, Visitor, visited

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

NAMES = [page.name for page in pages()]
MARKDOWN = "text/markdown; charset=utf-8"


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visited(small(), tmp_path_factory.mktemp("data"), connected=False) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def stranger(owner: Visitor) -> httpx.Client:
    return Visitor(owner.workspace).http


@pytest.mark.parametrize("name", NAMES)
def test_a_page_reads_the_same_signed_in_and_not(owner: Visitor, stranger: httpx.Client, name: str) -> None:
    inside, outside = owner.open(f"/docs/{name}"), Page(stranger.get(f"/docs/{name}"))
    assert inside.status == outside.status == 200
    assert article(inside.source) == article(outside.source)
    assert 'id="nav-overview"' in inside.source
    assert 'id="nav-overview"' not in outside.source
    assert 'href="/sign-in"' in outside.source


def article(source: str) -> str:
    found = re.search(r'<article class="docs-text".*?</article>', source, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize("name", NAMES)
def test_every_heading_has_an_anchor_and_is_in_the_page_s_contents(stranger: httpx.Client, name: str) -> None:
    source = stranger.get(f"/docs/{name}").text
    for section in page_named(name).sections:
        if section.path:
            assert f'id="{section.anchor}"' in article(source)
        if len(section.path) == 1:
            assert (
                f'<a href="#{section.anchor}">{html.escape(section.heading, quote=False)}'
                in source.replace("&#39;", "'")
            )


@pytest.mark.parametrize("name", NAMES)
def test_every_command_can_be_copied_and_no_mark_is_left_over(stranger: httpx.Client, name: str) -> None:
    shown = article(stranger.get(f"/docs/{name}").text)
    fences = sum(token.type == "fence" for token in page_named(name).tokens)
    assert shown.count("data-copy=") == fences
    without_code = re.sub(r"<(code|pre)\b.*?</\1>", "", shown, flags=re.DOTALL)
    assert "**" not in without_code
    assert "{{" not in without_code
    assert "](/" not in without_code


def test_pages_follow_each_other(stranger: httpx.Client) -> None:
    at, seen = "/docs/getting-started", []
    while at:
        seen.append(at.removeprefix("/docs/"))
        found = re.search(r'<a rel="next" href="([^"]+)"', stranger.get(at).text)
        at = found[1] if found else ""
    assert seen == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_markdown_as_well(stranger: httpx.Client, name: str) -> None:
    answer = stranger.get(f"/docs/{name}.md")
    assert answer.headers["content-type"] == MARKDOWN
    assert answer.text == page_named(name).text


def test_the_index_for_assistants_has_the_form_of_llmstxt_and_leads_to_every_page(
    stranger: httpx.Client,
) -> None:
    answer = stranger.get("/llms.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    title, quote, *_ = answer.text.split("\n\n")
    assert title == "# Finora"
    assert quote.startswith("> ")
    after = answer.text[answer.text.index("\n## ") :]
    lines = [line for line in after.splitlines() if line and not line.startswith("## ")]
    links = [re.fullmatch(r"- \[[^\]]+\]\((/docs/[a-z-]+\.md)\): \S.*", line) for line in lines]
    assert all(links), lines
    assert [link[1] for link in links if link] == [f"/docs/{name}.md" for name in NAMES]


def test_every_route_of_the_api_is_told(owner: Visitor) -> None:
    told = page_named("api").text
    described = create_app(owner.workspace).openapi()["paths"]
    routes = {f"`{method.upper()} {path}`" for path, methods in described.items() for method in methods}
    assert {route for route in routes if route not in told} == set()
    listed = set(re.findall(r"^\| (`[A-Z]+ /[^`]*`)", told, re.MULTILINE))
    assert listed == routes


def test_the_search_shows_where_the_words_stand(stranger: httpx.Client) -> None:
    source = stranger.get("/docs", params={"q": "master key"}).text
    assert "/docs/troubleshooting#the-master-key-is-lost" in source
    assert "<mark>master</mark>" in source


def test_an_unfinished_word_finds_already(stranger: httpx.Client) -> None:
    assert "/docs/reconciliation" in stranger.get("/docs", params={"q": "reconcil"}).text


def test_nothing_found_says_so_and_leads_on(stranger: httpx.Client) -> None:
    source = stranger.get("/docs", params={"q": "zzzqqq <b>xxyyzz</b>"}).text
    assert "Nothing in the documentation speaks of" in source
    assert "<b>xxyyzz" not in source
    assert 'href="/docs"' in source


def test_what_looks_like_html_in_a_question_or_a_page_stays_text(stranger: httpx.Client) -> None:
    source = stranger.get("/docs", params={"q": '"><img src=x onerror=alert(1)> key'}).text
    assert "<img src=x" not in source
    asked = stranger.get("/docs/api.md", params={"ask": "<script>alert(1)</script>"})
    assert asked.headers["content-type"] == MARKDOWN
    assert "<script>" not in asked.text


def test_a_page_that_there_is_not_says_where_to_look(owner: Visitor, stranger: httpx.Client) -> None:
    assert owner.open("/docs/nothing").status == 404
    page = stranger.get("/docs/nothing")
    assert page.status_code == 404
    assert "There is no such page in the documentation" in page.text
    text = stranger.get("/docs/nothing.md")
    assert (text.status_code, text.headers["content-type"]) == (404, MARKDOWN)
    assert "/docs" in text.text


def test_a_session_that_has_ended_shuts_nobody_out(stranger: httpx.Client) -> None:
    for headers in ({"cookie": "finora_session=gone"}, {"authorization": "Bearer gone"}):
        assert stranger.get("/docs/glossary", headers=headers).status_code == 200


def test_nothing_of_the_installation_is_told_to_strangers(owner: Visitor, stranger: httpx.Client) -> None:
    """Neither settings nor users nor connections: what is open to everybody is the same in every Finora."""
    said = "".join(stranger.get(f"/docs/{name}{end}").text for name in NAMES for end in ("", ".md"))
    said += stranger.get("/docs").text + stranger.get("/llms.txt").text
    assert str(owner.workspace.settings.data_dir) not in said
    assert "owner@acme.test" not in said


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.text(max_size=500)
    | st.sampled_from(['"', "NEAR(a b)", "a* OR", "col:x", "^a", "' -- ;", "AND OR NOT", "\x00"])
)
def test_whatever_is_typed_is_answered(stranger: httpx.Client, typed: str) -> None:
    assert stranger.get("/docs", params={"q": typed}).status_code == 200
    assert stranger.get("/docs/api.md", params={"ask": typed}).status_code == 200


def test_the_index_costs_nothing_at_the_start_and_little_at_first_use() -> None:
    """Nothing is read before it is asked for; then the whole index is there in a tenth of a second."""
    pages()[0].sections  # noqa: B018 - parsing is lazy, and belongs to showing pages as well
    started = time.perf_counter()
    documentation = Documentation()
    assert time.perf_counter() - started < 0.005
    documentation.ask("How do I rotate a key?")
    first = time.perf_counter() - started
    started = time.perf_counter()
    documentation.ask("What is usage value?")
    assert time.perf_counter() - started < 0.02
    assert first < 1.0, "on a busy machine; measured 0.1 s on a quiet one"


def test_errors_lead_to_what_the_documentation_says_of_them(owner: Visitor, stranger: httpx.Client) -> None:
    expired = stranger.get("/link/none")
    assert expired.status_code == 403
    assert "/docs/access#forgotten-password" in expired.text
    unknown = owner.open("/docs/nothing")
    assert 'href="/docs"' in unknown.source


def test_whoever_has_nothing_connected_is_led_to_how_that_is_done(owner: Visitor) -> None:
    assert "/docs/connect-cursor" in owner.open("/").links
    assert "/docs/connect-cursor#where-do-i-get-the-key" in owner.open("/settings/api-keys").links


def test_pages_of_the_documentation_are_found_in_the_palette(owner: Visitor) -> None:
    found = owner.http.get(
        "/palette", params={"q": "reconciliation"}, headers={"accept": "application/json"}
    ).json()
    assert {
        "kind": "Help",
        "label": "Reconciliation",
        "href": "/docs/reconciliation",
        "icon": "book",
    } in found["results"]
