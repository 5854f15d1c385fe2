"""A validated output as plain data."""

from __future__ import annotations

import secrets
from typing import Any, cast

from pydantic import TypeAdapter

from studio.sdk._model import NodeModel

_MARK = f"\0{secrets.token_hex(16)}:"
"""Stands in front of a reference's number while the rest is serialised; data from outside cannot guess it."""


def dump_output(output: NodeModel) -> dict[str, Any]:
    """The output's fields as plain data: dates as ISO 8601, models and data classes as objects.

    References (files, tables, long lists) stay the objects they are, wherever they stand.
    """
    return _dump(type(output).__pydantic_serializer__, output)


def dump_value(adapter: TypeAdapter[Any], value: Any) -> Any:
    """The same for a value of any type."""
    return _dump(adapter.serializer, value)


def _dump(serializer: Any, value: Any) -> Any:
    kept: list[Any] = []

    def keep(reference: Any) -> str:
        kept.append(reference)
        return f"{_MARK}{len(kept) - 1}"

    dumped = serializer.to_python(value, mode="json", by_alias=True, fallback=keep)
    return _restored(dumped, kept) if kept else dumped


def _restored(value: Any, kept: list[Any]) -> Any:
    """Put the references back. Pydantic serialises what a fallback returns, so a mark stood in for each of them."""
    if isinstance(value, str):
        return kept[int(value[len(_MARK) :])] if value.startswith(_MARK) else value
    if isinstance(value, list):
        return [_restored(one, kept) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _restored(one, kept) for key, one in cast("dict[str, Any]", value).items()}
    return value
