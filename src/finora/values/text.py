"""Text of unknown origin, made fit for a message about it."""

from __future__ import annotations

import re

_LONGEST = 60


def quoted(value: object) -> str:
    """Return what someone said in quotation marks: of a long text the beginning, and half characters replaced.

    JSON can spell half of a pair of surrogates, which no answer could be encoded with.
    """
    text = str(value).encode(errors="replace").decode()
    return f"“{text}”" if len(text) <= _LONGEST else f"“{text[:_LONGEST]}…”"


FORMULA = "^([\t-\r\x1c-\x20\x85\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]*[-=+@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])"
"""How a text begins that a spreadsheet would take for a formula; written so that Python's engine and Arrow's read it alike.

Source: OWASP's page on CSV injection. Some programs pass over white space before the sign, or take its wide form.
"""

_FORMULA = re.compile(FORMULA)


def cell_text(text: str) -> str:
    """Return a text for a cell of a CSV file; what a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{text}" if _FORMULA.match(text) else text
