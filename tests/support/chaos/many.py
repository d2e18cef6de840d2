"""Stories told for a program that tells many of them, in processes of its own."""

from __future__ import annotations

import logging
import traceback
from collections import Counter

from support.chaos.story import tell


def told(seed: int) -> tuple[int, Counter[str], str]:
    """Tell a story; return what befell, and how it failed."""
    logging.disable()
    try:
        return seed, tell(seed).seen, ""
    except Exception:  # noqa: BLE001 - any failure is this program's finding
        return seed, Counter(), traceback.format_exc()
