"""E-mail addresses as the names of users."""

from __future__ import annotations

import re

from finora.accounts.errors import InvalidEmail

_SHAPE = re.compile(r"[^@\s]+@[^@\s]+")
_LONGEST = 254


def plain_email(text: str) -> str:
    """Return an address without surrounding white space and in lower case, the one form in which it is kept."""
    return text.strip().lower()


def checked_email(text: str) -> str:
    """Return the plain form of an address.

    Only its shape is judged: whether it exists, mail alone can tell, and hosts without a dot occur in house networks.

    Raises:
        InvalidEmail: It has no such shape.
    """
    email = plain_email(text)
    if not _SHAPE.fullmatch(email) or not email.isprintable() or len(email) > _LONGEST:
        raise InvalidEmail("This is not an e-mail address; name@example.com is wanted.")
    return email
