"""The components' markup: what a strict policy, a screen reader and a hostile name may find in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from jinja2 import Environment, FileSystemLoader

from finora.web.address.navigation import PLACES
from finora.web.site.shortcuts import GROUPS

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "src" / "finora" / "web" / "templates"
COMPONENTS = sorted(path.stem for path in (TEMPLATES / "components").glob("*.html"))
HOSTILE = "\"'><xss onclick=steal()>{{ 7 * 7 }}</script>&amp;"
VIEWER = {"name": "Ada Lovelace", "email": "ada@example.com", "role": "owner"}
REFERENCES = (
    "for",
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "popovertarget",
    "commandfor",
    "list",
)
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Element(NamedTuple):
    tag: str
    attributes: dict[str, str]


class Markup(HTMLParser):
    """All elements of a document, its text, and whether every element was closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> names an attribute twice: {names}"
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.text += data

    def with_tag(self, tag: str) -> list[Element]:
        return [each for each in self.elements if each.tag == tag]

    def values(self, attribute: str) -> list[str]:
        return [each.attributes[attribute] for each in self.elements if attribute in each.attributes]


@pytest.fixture(scope="module")
def templates() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.globals["asset"] = lambda name: f"/static/{name}"
    environment.globals["places"] = PLACES
    environment.globals["shortcuts"] = GROUPS
    return environment


@pytest.fixture(scope="module")
def gallery(templates: Environment) -> Markup:
    html = templates.get_template("gallery.html").render(
        theme="system",
        csrf="token",
        page={"title": "Gallery", "active": "explore"},
        viewer=VIEWER,
        notices=[
            {
                "level": "bad",
                "title": "Key refused",
                "text": "Update it",
                "href": "/settings",
                "action": "Update",
            }
        ],
        freshness={"text": "Data through 14:05", "title": "Acme"},
    )
    return Markup(html)


def render(templates: Environment, component: str, call: str, **values: object) -> Markup:
    name = re.split(r"\W", call.removeprefix("call "))[0]
    body = f"{{% {call} %}}inside{{% endcall %}}" if call.startswith("call ") else f"{{{{ {call} }}}}"
    source = f'{{% from "components/{component}.html" import {name} %}}{body}'
    return Markup(templates.from_string(source).render(hostile=HOSTILE, **values))


def test_nothing_in_a_page_needs_an_exception_from_the_policy(gallery: Markup) -> None:
    for element in gallery.elements:
        assert "style" not in element.attributes, element
        assert not [name for name in element.attributes if name.startswith(("on", "hx-on"))], element
        if element.tag == "script":
            assert element.attributes.get("src"), "inline scripts are refused"
    assert not gallery.with_tag("style")
    for attribute in ("href", "src", "action", "hx-get"):
        for address in gallery.values(attribute):
            assert address == "" or address[0] in "/?#", f"{address} leaves the origin"


def test_htmx_neither_injects_styles_nor_redraws_charts(gallery: Markup) -> None:
    (config,) = [
        each.attributes for each in gallery.with_tag("meta") if each.attributes.get("name") == "htmx-config"
    ]
    settings = json.loads(config["content"])
    assert settings["includeIndicatorCSS"] is False
    assert settings["morphSkipChildren"] == "spend-chart"
    # A trigger's condition in brackets, and values that start with js:, would need eval.
    assert not [each for each in gallery.values("hx-trigger") if "[" in each]
    assert not [each for each in gallery.values("hx-vals") if each.startswith("js:")]


def test_every_element_is_closed_and_every_id_is_one_of_a_kind(gallery: Markup) -> None:
    assert gallery.open == []
    assert [each for each, count in Counter(gallery.values("id")).items() if count > 1] == []


def test_labels_hints_and_buttons_point_at_something_that_is_there(gallery: Markup) -> None:
    ids = set(gallery.values("id"))
    for attribute in REFERENCES:
        for value in gallery.values(attribute):
            assert set(value.split()) <= ids, f"{attribute}={value}"


def test_every_control_has_a_name_that_can_be_read_out(gallery: Markup) -> None:
    labelled = set(gallery.values("for"))
    for element in gallery.elements:
        if element.tag in {"input", "select", "textarea"} and element.attributes.get("type") != "hidden":
            named = element.attributes.get("id") in labelled or element.attributes.get("aria-label")
            assert named, element


def test_a_page_has_its_landmarks_and_one_first_heading(gallery: Markup) -> None:
    tags = Counter(each.tag for each in gallery.elements)
    assert (tags["h1"], tags["main"], tags["aside"]) == (1, 1, 1)
    assert ("html", {"lang": "en", "data-theme": "system"}) in gallery.elements
    assert "/" in gallery.values("href")
    assert "#main" in gallery.values("href"), "the skip link"


def test_every_icon_and_asset_that_a_template_names_is_built(gallery: Markup) -> None:
    icons = json.loads((ROOT / "frontend" / "src" / "icons.json").read_text())
    used = {address.partition("#")[2] for address in gallery.values("href") if "icons.svg#" in address}
    assert used
    assert used <= icons.keys()
    built = {"app.js", "app.css", "icons.svg", "favicon.svg", "inter-latin-wght-normal.woff2"}
    addresses = gallery.values("href") + gallery.values("src")
    assert {
        each.removeprefix("/static/").partition("#")[0] for each in addresses if each.startswith("/static/")
    } == built


def test_the_gallery_shows_every_component() -> None:
    pages = [TEMPLATES / "layout.html", TEMPLATES / "gallery.html", *(TEMPLATES / "gallery").glob("*.html")]
    shown = "".join(page.read_text() for page in pages)
    assert [name for name in COMPONENTS if f'"components/{name}.html"' not in shown] == []


TABLE = """data_table("rows", hostile, [{"key": "name", "label": hostile, "sort": {"href": hostile}, "definition": hostile},
 {"key": "spend", "label": hostile, "numeric": true, "hint": hostile}],
 [{"id": "one", "href": hostile, "title": hostile, "series": hostile, "colour": 0, "share": 50,
   "cells": {"name": hostile, "spend": {"text": hostile, "exact": hostile, "note": hostile, "href": hostile}}},
  {"id": "two", "cells": {"name": {"text": hostile}, "spend": {"change": {"text": hostile, "direction": "up", "tone": "bad", "words": hostile, "exact": hostile}}}}],
 totals={"name": hostile, "spend": hostile})"""
CHART = """spend_chart({"type": "bars", "unit": "usd", "summary": hostile, "previous": none,
 "buckets": [{"start": hostile, "label": hostile, "href": hostile, "partial": false, "missing": false}],
 "series": [{"key": hostile, "label": hostile, "colour": 0, "href": hostile, "values": ["1.00"]}]}, label=hostile)"""
OPTIONS = '[{"value": hostile, "label": hostile, "href": hostile, "title": hostile, "count": hostile, "current": true, "icon": "sun"}]'
CALLS = [
    ("ask_box", "ask_box(hostile, hostile)"),
    ("button", "button(hostile, name=hostile, value=hostile, title=hostile)"),
    ("button", "button(hostile, icon='trash', hide_label=true, dialog=hostile)"),
    ("button", "link_button(hostile, hostile, title=hostile)"),
    ("button", "copy_button(hostile, label=hostile, done=hostile)"),
    (
        "causes",
        "causes([{'colour': 0, 'label': hostile, 'amount': hostile, 'text': hostile, 'events': hostile, 'examples': [{'href': hostile, 'text': hostile}]}], none)",
    ),
    ("causes", "cause_bar([{'x': 0, 'width': 50, 'colour': hostile}])"),
    ("change", "change(hostile, 'up', 'bad', hostile, hostile, amount=hostile)"),
    ("chart", CHART),
    ("chart", 'legend([{"key": hostile, "label": hostile, "colour": 0, "href": hostile}])'),
    ("chip", "call chips(hostile)"),
    ("chip", "chip(hostile, hostile, hostile, remove=hostile, edit=hostile, id=hostile)"),
    ("code", "code_block(hostile, label=hostile)"),
    ("data_table", TABLE),
    ("definition", "definition(hostile, hostile, 'one')"),
    ("dialog", "call dialog('one', hostile, hostile)"),
    ("dialog", "dialog_buttons('one', hostile, cancel=hostile)"),
    ("empty", "empty(hostile, hostile, hostile, hostile)"),
    (
        "field",
        "field('one', hostile, value=hostile, hint=hostile, error=hostile, placeholder=hostile, prefix=hostile, suffix=hostile, list=hostile)",
    ),
    ("field", f"select('one', hostile, {OPTIONS}, value=hostile, hint=hostile, error=hostile)"),
    ("field", "textarea('one', hostile, value=hostile, hint=hostile)"),
    ("field", "checkbox('one', hostile, value=hostile, hint=hostile)"),
    ("field", "search(hostile, hostile, hostile, hostile, hostile, [(hostile, hostile)])"),
    ("icon", "icon('key', label=hostile)"),
    ("menu", "call menu(hostile, 'one', value=hostile)"),
    ("menu", "menu_item(hostile, href=hostile, hint=hostile, key=hostile)"),
    ("menu", "menu_item(hostile, name=hostile, value=hostile)"),
    ("menu", "menu_heading(hostile)"),
    ("money", "money(hostile, hostile, estimated=true)"),
    ("notice", "notice(hostile, hostile, 'bad', hostile, hostile)"),
    ("pagination", "pagination(hostile, hostile, hostile, hostile)"),
    (
        "palette",
        "palette_list([{'label': hostile, 'href': hostile, 'hint': hostile, 'kind': hostile, 'icon': 'user'}], hostile)",
    ),
    ("panel", "call panel(hostile, 'one', subtitle=hostile, actions=hostile)"),
    ("progress", "progress('one', hostile, 1, 2, hostile, [(hostile, hostile)], hostile, hostile, hostile)"),
    ("segmented", f"segmented(hostile, {OPTIONS})"),
    (
        "shortcuts",
        "shortcut_groups([{'title': hostile, 'shortcuts': [{'what': hostile, 'pressed': [hostile], 'then': true}]}])",
    ),
    ("sparkline", "sparkline([1, none, 2], hostile)"),
    ("state", "badge(hostile, title=hostile)"),
    ("state", "state(hostile, title=hostile)"),
    ("tabs", f"tabs(hostile, {OPTIONS})"),
    ("theme", "theme_switch(hostile, hostile)"),
    ("tile", "call tiles(hostile)"),
    (
        "tile",
        "tile('one', hostile, hostile, hostile, hostile, note=hostile, definition=hostile, change={'text': hostile, 'direction': 'up', 'tone': 'bad', 'words': hostile, 'exact': hostile})",
    ),
]


@pytest.mark.parametrize(("component", "call"), CALLS, ids=[call.split("(")[0] for _, call in CALLS])
def test_a_hostile_name_stays_text(templates: Environment, component: str, call: str) -> None:
    markup = render(templates, component, call)
    assert markup.open == []
    assert markup.with_tag("xss") == []
    assert [name for each in markup.elements for name in each.attributes if name.startswith("on")] == []
    shown = markup.text + "".join(value for each in markup.elements for value in each.attributes.values())
    assert (
        HOSTILE in shown
        or json.dumps(HOSTILE)[1:-1]
        .replace("<", r"\u003c")
        .replace(">", r"\u003e")
        .replace("&", r"\u0026")
        .replace("'", r"\u0027")
        in shown
    )


def test_every_macro_that_takes_text_is_tried_with_a_hostile_name() -> None:
    tried = {(component, re.split(r"\W", call.removeprefix("call "))[0]) for component, call in CALLS}
    inner = {("menu", "menu_line"), ("chart", "swatch"), ("field", "frame"), ("field", "described_by")}
    inner |= {("palette", "palette_link"), ("palette", "palette_dialog")}
    inner |= {("data_table", name) for name in ("cell_content", "heading", "first_cell")}
    macros = {
        (name, macro)
        for name in COMPONENTS
        for macro in re.findall(r"{%-? macro (\w+)", (TEMPLATES / "components" / f"{name}.html").read_text())
    }
    assert macros - tried == inner


def test_a_chart_gets_the_very_values_that_it_was_given(templates: Environment) -> None:
    chart = {
        "type": "bars",
        "unit": "usd",
        "buckets": [{"start": "2026-11-01", "label": "1 Nov"}],
        "series": [{"key": "o'pus", "label": '"<b>&', "colour": "other", "values": ["12.340000001"]}],
        "previous": None,
        "summary": "It's 5 < 6",
    }
    markup = render(templates, "chart", "spend_chart(chart)", chart=chart)
    (element,) = markup.with_tag("spend-chart")
    assert json.loads(element.attributes["data-chart"]) == chart
    assert element.attributes["aria-label"] == "It's 5 < 6"


def test_a_key_that_was_typed_is_never_sent_back(templates: Environment) -> None:
    markup = render(
        templates, "field", "field('api_key', 'Admin API Key', type='password', value='key_secret')"
    )
    (control,) = markup.with_tag("input")
    assert "value" not in control.attributes


def test_what_is_done_is_not_fetched_again(templates: Environment) -> None:
    polled = render(templates, "progress", "progress('sync', 'Reading', 1, 2, poll='/sync')")
    done = render(templates, "progress", "progress('sync', 'Reading', 2, 2)")
    assert polled.values("hx-get") == ["/sync"]
    # Its own queue: a poll must never cancel a click, nor wait for one.
    assert polled.values("hx-sync") == ["this:drop"]
    assert done.values("hx-get") == []


def test_a_gap_in_a_sparkline_is_left_open_and_not_drawn_as_zero(templates: Environment) -> None:
    (path,) = render(templates, "sparkline", "sparkline([1, none, 2], 'Spend')").with_tag("path")
    assert path.attributes["d"].count("M") == 2
    flat = render(templates, "sparkline", "sparkline([0, 0], 'Nothing')")
    assert flat.with_tag("path")[0].attributes["d"].count("L") == 1


def test_visitors_who_are_not_signed_in_see_no_navigation(templates: Environment) -> None:
    page = '{% extends "layout.html" %}{% block content %}<p>Welcome</p>{% endblock %}'
    context: dict[str, object] = {
        "theme": "dark",
        "csrf": "",
        "page": {"title": "Sign in", "active": None},
        "viewer": None,
        "notices": [],
        "freshness": None,
    }
    markup = Markup(templates.from_string(page).render(context))
    assert markup.with_tag("nav") == []
    assert "Welcome" in markup.text
    assert [each.tag for each in markup.elements if each.attributes.get("id") == "page"] == ["main"]
