"""Reading what a person entered as a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.connections.errors import InvalidKeyText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finora.providers.base import Provider

_LONGEST_KEY = 4096
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
"""What pages and editors put around a text that is copied from them, and nobody sees."""


def read_credentials(provider: Provider, credentials: Mapping[str, object]) -> dict[str, str]:
    """Return a provider's credential fields, without the white space that pasting brings along.

    A key is never judged by how it begins: providers change that.

    Raises:
        InvalidKeyText: A field is missing, empty, far too long, or has white space or control characters inside.
    """
    return {
        field.name: _key_text(field.label, credentials.get(field.name))
        for field in provider.credential_fields
    }


def _key_text(label: str, value: object) -> str:
    text = value.strip().strip(_INVISIBLE).strip() if isinstance(value, str) else ""
    if not text:
        raise InvalidKeyText(f"{label}: enter the key.")
    if any(character.isspace() for character in text):
        raise InvalidKeyText(
            f"{label}: there is white space inside the key, so it was not copied as it is. Copy it once more, on its own."
        )
    if len(text) > _LONGEST_KEY or not text.isprintable() or not text.isascii():
        raise InvalidKeyText(f"{label}: this cannot be a key. Copy it once more, on its own.")
    return text
