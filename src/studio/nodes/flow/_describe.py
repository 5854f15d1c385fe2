"""Short descriptions of values for error messages."""

from __future__ import annotations

from typing import Any

import orjson

_NAMES: dict[Any, str] = {
    type(None): "null",
    bool: "a truth value",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}
_LONGEST = 60


def describe(value: Any) -> str:
    """Kind and beginning of a value: ``a text "yes"``, ``a list of 3``."""
    kind = _NAMES.get(value.__class__) or str(value.__class__.__name__)
    if value is None:
        return kind
    if isinstance(value, bool | int | float | str):
        text = orjson.dumps(value[:_LONGEST] if isinstance(value, str) else value).decode()
        return f"{kind} {text}"
    return f"{kind} of {len(value)}" if hasattr(value, "__len__") else kind
