"""Tables that are made from what they describe, so that the two never differ.

A line of a page that says `{{ metrics }}` stands for the table of that name.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from finora.settings import FIELDS, Setting
from finora.spend.catalog import DIMENSIONS, METRICS

_PLACE = re.compile(r"^\{\{ (\w+) \}\}$", re.MULTILINE)
_DEFAULT = " Default: "


def filled_in(text: str) -> str:
    """Return a page's Markdown with its tables in their places.

    Raises:
        KeyError: It asks for a table that there is not.
    """
    return _PLACE.sub(lambda found: TABLES[found[1]](), text)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _metrics() -> str:
    rows = ((each.label, f"`{each.name}`", each.unit.value, each.definition) for each in METRICS.values())
    return _table(("Metric", "Name", "Unit", "Definition"), rows)


def _dimensions() -> str:
    rows = ((each.label, f"`{each.name}`", each.definition) for each in DIMENSIONS.values())
    return _table(("Dimension", "Name", "Definition"), rows)


def _settings() -> str:
    return _table(("Variable", "Meaning", "Default"), (_setting(each) for each in FIELDS))


def _setting(setting: Setting) -> tuple[str, str, str]:
    meaning, _, default = setting.meaning.partition(_DEFAULT)
    variable = f"`{setting.variable}`" + (" or `…_FILE`" if setting.secret else "")
    return variable, meaning.rstrip("."), default or "none"


TABLES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"metrics": _metrics, "dimensions": _dimensions, "settings": _settings}
)
