"""The table of contents: which pages there are, and in which order one reads them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Pages that belong together, by the names of their files in `finora/help`."""

    title: str
    names: tuple[str, ...]


CONTENTS = (
    Part("Start", ("getting-started", "connect-cursor")),
    Part("Figures", ("tracking", "event-types", "reconciliation", "subscriptions")),
    Part("Ask", ("explore", "ask", "api", "cli", "mcp")),
    Part("Run it", ("operating", "scale", "access", "troubleshooting", "errors", "glossary")),
)
