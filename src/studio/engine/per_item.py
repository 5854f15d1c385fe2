"""Per-item params: compiled expressions bound to the scope of a node run."""

from __future__ import annotations

from typing import Any, cast

from studio.expressions import Expression
from studio.sdk import PerItem


def bind_per_item(value: Any, scope: Any) -> Any:
    """Turn compiled expressions (alone, in a list or in a dict) into functions of an item; literals stay."""
    if isinstance(value, Expression):
        return PerItem[Any](value.bind(scope), value.source, value.tree)
    if isinstance(value, list):
        return [bind_per_item(one, scope) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: bind_per_item(one, scope) for key, one in cast("dict[str, Any]", value).items()}
    return value
