"""The places that the frame of every page leads to, and the letter that goes there after `g`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation. `name` is also its icon's; `of_time` says that its figures are those of a period."""

    name: str
    label: str
    href: str
    letter: str
    of_time: bool = False


PLACES = (
    Place("overview", "Overview", "/", "o", of_time=True),
    Place("explore", "Explore", "/explore", "e", of_time=True),
    Place("events", "Events", "/events", "v", of_time=True),
    Place("people", "People", "/people", "p", of_time=True),
    Place("subscriptions", "AI Subscriptions", "/subscriptions", "u"),
    Place("settings", "Settings", "/settings", "s"),
)
