"""Pages of the documentation as HTML: headings with anchors, commands that can be copied, tables that scroll by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from finora.documentation import Page, anchor_of
from finora.documentation.markdown import make_parser, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    from jinja2 import Environment
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page as HTML, without its title and its first paragraph, which the template places."""

    lead: Markup
    body: Markup


class Renderer:
    """Makes pages into HTML when they are first asked for.

    Args:
        templates: Whose component shows a command.
    """

    def __init__(self, templates: Environment) -> None:
        self._templates = templates
        self._lock = Lock()
        self._rendered: dict[str, Rendered] = {}

    def rendered(self, page: Page) -> Rendered:
        """Return a page as HTML."""
        with self._lock:
            found = self._rendered.get(page.name)
            if found is None:
                # The first three tokens are the title, the next three the paragraph below it.
                found = Rendered(self._html(page.tokens[3:6]), self._html(page.tokens[6:]))
                self._rendered[page.name] = found
        return found

    def _html(self, tokens: Sequence[Token]) -> Markup:
        return Markup(self._parser.renderer.render(tokens, self._parser.options, {}))  # noqa: S704 - made of our own files, HTML in them escaped

    @cached_property
    def _parser(self) -> MarkdownIt:
        parser = make_parser()
        parser.add_render_rule("heading_open", _heading)
        parser.add_render_rule("heading_close", _heading_end)
        parser.add_render_rule("table_open", _table)
        parser.add_render_rule("table_close", _table_end)
        parser.renderer.rules["fence"] = self._command  # type: ignore[attr-defined]  # a bound method is not bound once more
        return parser

    def _command(self, tokens: Sequence[Token], place: int, *_: object) -> str:
        block = self._templates.get_template("components/code.html").module
        return str(block.code_block(tokens[place].content.rstrip("\n")))  # type: ignore[attr-defined]


def _heading(
    _renderer: object,
    tokens: Sequence[Token],
    place: int,
    _options: Mapping[str, Any],
    _env: MutableMapping[str, Any],
) -> str:
    return f'<{tokens[place].tag} id="{anchor_of(plain(tokens[place + 1 : place + 2]))}" tabindex="-1">'


def _heading_end(
    _renderer: object,
    tokens: Sequence[Token],
    place: int,
    _options: Mapping[str, Any],
    _env: MutableMapping[str, Any],
) -> str:
    heading = plain(tokens[place - 1 : place])
    label = escape(f"Link to “{heading}”")
    return f' <a class="docs-anchor" href="#{anchor_of(heading)}" aria-label="{label}">#</a></{tokens[place].tag}>\n'


def _table(*_: object) -> str:
    return '<div class="docs-table" role="group" aria-label="Table" tabindex="0"><table>\n'


def _table_end(*_: object) -> str:
    return "</table></div>\n"
