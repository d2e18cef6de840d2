"""The details of an act in words: what was changed, from what to what, and from when on."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from finora.values.money import nano_from_usd, usd_display

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATED = frozenset({"seats", "price_per_seat", "billing_cycle"})
"""What holds from the day called `effective` on."""
_LABELS = {"sku": "SKU"}
_CODES = frozenset({"seat_rule"})
"""Fields whose values are words of the program, with an underline where people write a space."""
_HIDDEN = frozenset({"id"})


def details_text(details: Mapping[str, object], names: Mapping[str, str]) -> str:
    """Return an act's details in words; what is empty goes without saying.

    Args:
        details: As the audit log keeps them. A mapping of `from` and `to` is a change.
        names: What people call what is kept by id.
    """
    kept = {name: value for name, value in details.items() if name not in _HIDDEN}
    effective = kept.pop("effective", None)
    dated = [name for name in kept if name in _DATED and effective is not None]
    parts = list(_each({name: value for name, value in kept.items() if name not in dated}, names))
    if effective is not None:
        since = f"from {_value('effective', effective, names)} on"
        changes = [name for name in dated if _is_change(kept[name])]
        first = ", ".join((*_each({name: kept[name] for name in changes}, names), since))
        rest = _each({name: kept[name] for name in dated if name not in changes}, names)
        parts += [first, *rest]
    return "; ".join(parts)


def _each(details: Mapping[str, object], names: Mapping[str, str]) -> Iterable[str]:
    for name, value in details.items():
        label = _LABELS.get(name, name.replace("_", " "))
        if isinstance(value, Mapping) and _is_change(value):
            before, after = (_value(name, value[each], names, quotes=True) for each in ("from", "to"))
            yield f"{label} from {before} to {after}"
        elif value not in (None, "", []):
            yield f"{label}: {_value(name, value, names)}"


def _is_change(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {"from", "to"}


def _value(name: str, value: object, names: Mapping[str, str], *, quotes: bool = False) -> str:
    if value in (None, "", []):
        return "none"
    if isinstance(value, Mapping):
        return f"({details_text(value, names)})"
    if isinstance(value, list):
        return ", ".join(_value(name, each, names) for each in value)
    return _text(name, names.get(str(value), str(value)), quotes=quotes)


def _text(name: str, text: str, *, quotes: bool) -> str:
    if name == "price_per_seat":
        return usd_display(nano_from_usd(text))
    if _DAY.fullmatch(text):
        return f"{date.fromisoformat(text):%-d %B %Y}"
    if name in _CODES:
        return text.replace("_", " ")
    return f"“{text}”" if quotes and name == "name" else text
