"""Text of unknown origin, made fit for a message about it."""

from __future__ import annotations

_LONGEST = 60


def quoted(value: object) -> str:
    """Return what someone said in quotation marks: of a long text the beginning, and half characters replaced.

    JSON can spell half of a pair of surrogates, which no answer could be encoded with.
    """
    text = str(value).encode(errors="replace").decode()
    return f"“{text}”" if len(text) <= _LONGEST else f"“{text[:_LONGEST]}…”"
