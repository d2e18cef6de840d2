"""No link of the documentation, and no link of the product into it, may lead nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import finora
from finora.documentation import Page, anchor_of, page_named, pages
from finora.documentation.contents import CONTENTS

SOURCE = Path(finora.__file__).parent
REPOSITORY = SOURCE.parents[1]
INTO_DOCS = re.compile(r"/docs(?:/([a-z-]+)(?:\.md)?(?:#([a-z0-9-]+))?)?(?=[\"'`)?<\s]|$)")


def anchors(page: Page) -> set[str]:
    return {section.anchor for section in page.sections if section.anchor}


def targets(page: Page) -> list[str]:
    links = [
        str(child.attrs["href"])
        for token in page.tokens
        for child in token.children or ()
        if child.type == "link_open"
    ]
    assert all(links)
    return links


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_page_and_a_heading_of_it(page: Page) -> None:
    for target in targets(page):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        if path.startswith("/docs/"):
            found = anchors(page_named(path.removeprefix("/docs/")))
            assert not anchor or anchor in found, target
        elif not path:
            assert anchor in anchors(page), target
        else:
            assert path in {"/", "/api/openapi.json", "/llms.txt"}, target


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_has_a_title_a_summary_and_headings_of_their_own(page: Page) -> None:
    headings = [section.heading for section in page.sections if section.path]
    assert page.title
    assert page.tokens[0].tag == "h1"
    assert 20 < len(page.summary) < 220, page.summary
    assert len({anchor_of(each) for each in headings}) == len(headings)
    assert [token.tag for token in page.tokens].count("h1") == 2  # it opens and it closes


def test_every_file_is_in_the_contents() -> None:
    listed = [name for part in CONTENTS for name in part.names]
    assert sorted(listed) == sorted(path.stem for path in (SOURCE / "help").glob("*.md"))


def places() -> list[Path]:
    code = [*SOURCE.rglob("*.py"), *(SOURCE / "web" / "templates").rglob("*.html")]
    return [*code, REPOSITORY / "README.md"]


@pytest.mark.parametrize("path", [each for each in places() if "/docs/" in each.read_text("utf-8")], ids=str)
def test_links_of_the_product_into_its_documentation_resolve(path: Path) -> None:
    for name, anchor in INTO_DOCS.findall(path.read_text("utf-8")):
        if name and (SOURCE / "help" / f"{name}.md").exists():
            assert not anchor or anchor in anchors(page_named(name)), f"{name}#{anchor}"
        else:
            assert not anchor, f"{name}#{anchor}"
