"""A proof of knowing a secret, without telling it: of the server to commands on its machine."""

from __future__ import annotations

import hashlib
import hmac


def proof_of(operator_token: str, challenge: str) -> str:
    """Return what only who knows the operator's token can make of a challenge; it says nothing about the token itself."""
    return hmac.new(
        operator_token.encode(), f"finora operator {challenge}".encode(), hashlib.sha256
    ).hexdigest()
