"""Bound values: `?` in a statement becomes a typed parameter that the server puts in."""

from __future__ import annotations


def bound(sql: str, values: tuple[object, ...]) -> tuple[str, dict[str, object]]:
    """Return a statement with named, typed places, and what goes into each.

    Values never become part of the text. Whole numbers are 64 bits with a sign, as all our columns are or fit into.

    Raises:
        TypeError: A value is of a type that no statement of ours binds.
    """
    parts = sql.split("?")
    if len(parts) != len(values) + 1:
        raise TypeError(f"{len(parts) - 1} places and {len(values)} values")
    text = parts[0]
    given: dict[str, object] = {}
    for place, (value, part) in enumerate(zip(values, parts[1:], strict=True)):
        text += f"{{p{place}:{_type_of(value)}}}{part}"
        given[f"p{place}"] = value
    return text, given


def _type_of(value: object) -> str:
    match value:
        case bool():
            return "Bool"
        case int():
            return "Int64"
        case str():
            return "String"
        case None:
            return "Nullable(String)"
        case list() | tuple():
            return "Array(String)"
    raise TypeError(f"a {type(value).__name__} cannot be bound")
