"""What Cursor calls people and groups, cut to what a name can be: nothing strange in one may stop spend from coming in."""

from __future__ import annotations

LONGEST_NAME = 300
LONGEST_ADDRESS = 320
LONGEST_ID = 200
LONGEST_ROLE = 50


def known_as(value: object, longest: int) -> str:
    """Return a name, an address or an id without control characters, and no longer than it may be; empty for none."""
    if value is None:
        return ""
    text = str(value)
    if not text.isprintable():  # looked at once before each character is: every page names everybody again
        text = "".join(character for character in text if character.isprintable())
    return text.strip()[:longest]
