"""A secret text that does not show itself."""

from __future__ import annotations

import hmac
from typing import NoReturn

_MASK = "•••"
_LONG_ENOUGH_TO_HINT = 12


class Secret:
    """A secret that must be asked for: it prints as dots, and cannot be pickled, copied or serialised by accident."""

    __hash__ = None  # type: ignore[assignment]  # a secret has no business in a set or as a key
    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._value

    @property
    def last4(self) -> str:
        """The last four characters, by which people know a key; nothing of a secret too short to hint at."""
        return self._value[-4:] if len(self._value) >= _LONG_ENOUGH_TO_HINT else ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __repr__(self) -> str:
        return _MASK

    def __format__(self, _: str) -> str:
        return _MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not copied or pickled; reveal it where it is needed")
