"""What may leave a node: plain data and references."""

from __future__ import annotations

import math
from typing import Any, cast

from studio.domain.values import FileRef, ItemsRef, TableRef
from studio.sdk import ItemsBase, describe

MAX_DEPTH = 200
_LIMIT = 1 << 63


class NodeContractError(AssertionError):
    """A node does what no node may do: it changes its input, or gives what cannot be recorded."""


def check_plain(value: Any, what: str) -> None:
    """Refuse what is not plain data: None, bool, 64-bit int, finite float, str, list, dict with str keys, references.

    Raises:
        NodeContractError: Names the place and what stands there.
    """
    stack: list[tuple[Any, str, int]] = [(value, what, 0)]
    while stack:
        one, place, depth = stack.pop()
        if one is None or isinstance(one, bool | str | FileRef | TableRef | ItemsRef | ItemsBase):
            continue
        if depth > MAX_DEPTH:
            raise NodeContractError(f"{place[:80]}… is nested more than {MAX_DEPTH} deep")
        if type(one) is int:
            if not -_LIMIT <= one < _LIMIT:
                raise NodeContractError(f"{place} is {describe(one)}, which does not fit 64 bits")
        elif type(one) is float:
            if not math.isfinite(one):
                raise NodeContractError(f"{place} is {one!r}; only finite numbers are data")
        elif type(one) is list:
            items = cast("list[Any]", one)
            stack.extend((item, f"{place}[{index}]", depth + 1) for index, item in enumerate(items))
        elif type(one) is dict:
            for key, item in cast("dict[Any, Any]", one).items():
                if type(key) is not str:
                    raise NodeContractError(f"{place} has the key {key!r}; keys are texts")
                stack.append((item, f"{place}.{key}", depth + 1))
        else:
            raise NodeContractError(f"{place} is {describe(one)}, which is not plain data")


def listed(value: Any) -> Any:
    """The same value with long lists as plain ones, for comparing."""
    if isinstance(value, ItemsBase):
        return [listed(one) for one in value]
    if isinstance(value, list):
        return [listed(one) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: listed(one) for key, one in cast("dict[str, Any]", value).items()}
    return value
