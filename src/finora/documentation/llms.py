"""The index for language models, in the form of llmstxt.org."""

from finora.documentation.contents import CONTENTS
from finora.documentation.shelf import page_named

_INTRODUCTION = """# Finora

> Finora tells a company what it spends on AI tools, to the event and to the cent: a self-hosted, open-source web
> application that starts with Cursor.

Each page is Markdown. Put `?ask=` and a question in plain English behind any of them to get the passages that answer it,
with their sources. Figures are asked for over the API or MCP, not here."""


def llms_txt() -> str:
    """Return the index: what Finora is, and each page with what one finds on it."""
    parts = [_INTRODUCTION]
    for part in CONTENTS:
        found = [page_named(name) for name in part.names]
        lines = [f"- [{page.title}]({page.href}.md): {page.summary}" for page in found]
        parts.append(f"## {part.title}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"
