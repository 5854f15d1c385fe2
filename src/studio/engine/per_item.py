"""Per-item params: expressions, or JSON trees that hold some, as functions of an item in the scope of a node run."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from typing import Any, cast

from studio.expressions import Compiled, Expression, compile_template, compile_value
from studio.sdk import PerItem


class ItemTree:
    """A text, list or object with expressions inside, built anew for each item. ``parts`` are those of a list."""

    __slots__ = ("compiled", "parts", "source")

    def __init__(self, value: Any, compiled: Compiled) -> None:
        self.source = str(value)
        self.compiled = compiled
        self.parts = [_compile_one(one) for one in cast("list[Any]", value)] if isinstance(value, list) else []


def compile_per_item(value: Any, shape: str) -> Any:
    """What was written for a per-item param, compiled in the param's shape; literals are left as they are."""
    if shape == "list" and isinstance(value, list):
        return [_compile_one(one) for one in cast("list[Any]", value)]
    if shape == "dict" and isinstance(value, dict):
        return {key: _compile_one(one) for key, one in cast("dict[str, Any]", value).items()}
    return _compile_one(value)


def _compile_one(value: Any) -> Any:
    compiled = compile_value(value)
    if compiled is None:
        return value
    if isinstance(value, str):
        whole = compile_template(value).whole
        if whole is not None:
            return whole
    return ItemTree(value, compiled)


def bind_per_item(value: Any, scope: Mapping[str, Any], param: str = "item") -> Any:
    """Turn what is compiled (alone, in a list or in a dict) into functions of an item; literals stay.

    ``param`` is where it is written, which errors name together with the index of the item.
    """
    if isinstance(value, Expression):
        return PerItem[Any](value.bind(scope), value.source, value.tree, param=param)
    if isinstance(value, ItemTree):
        return _bound_tree(value, scope, param)
    if isinstance(value, list):
        parts = enumerate(cast("list[Any]", value))
        return [bind_per_item(one, scope, f"{param}.{number}") for number, one in parts]
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value).items()
        return {key: bind_per_item(one, scope, f"{param}.{key}") for key, one in fields}
    return value


def _bound_tree(tree: ItemTree, scope: Mapping[str, Any], param: str) -> PerItem[Any]:
    evaluate = tree.compiled.evaluate
    own: dict[str, Any] = {}
    names: Mapping[str, Any] = ChainMap(own, cast("dict[str, Any]", scope))

    def call(item: Any, index: int) -> Any:
        own["item"], own["index"] = item, index
        return evaluate(names)

    parts = tuple(bind_per_item(one, scope, f"{param}.{number}") for number, one in enumerate(tree.parts))
    return PerItem[Any](call, tree.source, None, parts, param)


def compiled_in(value: Any) -> Iterator[Expression | ItemTree]:
    """Everything compiled in what ``compile_per_item`` gave."""
    if isinstance(value, Expression | ItemTree):
        yield value
    elif isinstance(value, list | dict):
        inner = cast("Any", value)
        for one in inner.values() if isinstance(value, dict) else inner:
            yield from compiled_in(one)


def roots_of(value: Any) -> set[str]:
    """Names that the expressions refer to."""
    return {
        name for one in compiled_in(value) for name in (one.compiled.roots if isinstance(one, ItemTree) else one.roots)
    }
