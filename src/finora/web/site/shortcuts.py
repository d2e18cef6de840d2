"""The keys that do something, as people are told of them.

What a key does is declared on the link or button itself (`data-key`): scripts press what is there, and nothing else. This
is the list for people.
"""

from dataclasses import dataclass

from finora.values.period import Period
from finora.web.address.controls import PERIOD_KEYS
from finora.web.address.navigation import PLACES


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What keys do. With `then` they are pressed one after the other, else any of them does."""

    what: str
    pressed: tuple[str, ...]
    then: bool = False


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """Shortcuts that belong together."""

    title: str
    shortcuts: tuple[Shortcut, ...]


GROUPS = (
    ShortcutGroup(
        "Everywhere",
        (
            Shortcut("Go to anything, do anything", ("Ctrl K", "⌘ K")),
            Shortcut("This list", ("?",)),
            Shortcut("Search the table, or add a filter", ("/",)),
            Shortcut("Close what is open; then clear all filters", ("Esc",)),
        ),
    ),
    ShortcutGroup(
        "Go to",
        (
            *(Shortcut(place.label, ("G", place.letter.upper()), then=True) for place in PLACES),
            Shortcut("Documentation", ("G", "H"), then=True),
        ),
    ),
    ShortcutGroup(
        "Period",
        (
            *(
                Shortcut(Period.relative(period).label, (letter.upper(),))
                for period, letter in PERIOD_KEYS.items()
            ),
            Shortcut("Any days", ("C",)),
            Shortcut("The time before and after", ("←", "→")),
            Shortcut("Compare, or stop comparing", ("X",)),
        ),
    ),
    ShortcutGroup(
        "In a chart that has the focus",
        (
            Shortcut("By bucket, and to the first and last", ("←", "→", "Home", "End")),
            Shortcut("By series", ("↑", "↓")),
            Shortcut("Look into it", ("Enter",)),
        ),
    ),
)
