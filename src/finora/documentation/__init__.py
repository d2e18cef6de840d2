"""The documentation inside the product: its pages, and what finds and answers from them.

Pages are Markdown in `finora/help`, in the order of `contents`. Faces show them: the browser at `/docs`, assistants as
resources, and `?ask=` as excerpts. Nothing is read before it is asked for.
"""

from finora.documentation.answer import Answer, answer_as_markdown
from finora.documentation.documentation import Documentation
from finora.documentation.index import Hit
from finora.documentation.llms import llms_txt
from finora.documentation.page import Page, Section, anchor_of
from finora.documentation.shelf import PageNotFound, page_named, pages

__all__ = [
    "Answer",
    "Documentation",
    "Hit",
    "Page",
    "PageNotFound",
    "Section",
    "anchor_of",
    "answer_as_markdown",
    "llms_txt",
    "page_named",
    "pages",
]
