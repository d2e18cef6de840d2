"""The places that the frame of every page leads to, and the letter that goes there after `g`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation. `name` is also its icon's."""

    name: str
    label: str
    href: str
    letter: str


PLACES = (
    Place("overview", "Overview", "/", "o"),
    Place("explore", "Explore", "/explore", "e"),
    Place("events", "Events", "/events", "v"),
    Place("people", "People", "/people", "p"),
    Place("subscriptions", "AI Subscriptions", "/subscriptions", "u"),
    Place("settings", "Settings", "/settings", "s"),
)
