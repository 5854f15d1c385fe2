"""Parameters of SQLite statements, and the limits of their work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from studio.sdk import ItemsBase, Limits, UserError, describe

_MEMORY_MB = 1024


def limits(seconds: float) -> Limits:
    """What a statement may take. Its file may grow as the disk allows."""
    return Limits(seconds, memory_mb=_MEMORY_MB)


def bindings(params: Any) -> Any:
    """Parameters as SQLite binds them: a list by position, an object by name.

    Raises:
        UserError: A value is neither null, text, number, true nor false.
    """
    if isinstance(params, dict):
        return {name: _bound(value, name) for name, value in cast("dict[str, Any]", params).items()}
    if isinstance(params, list | ItemsBase):
        return tuple(_bound(value, str(place)) for place, value in enumerate(cast("Sequence[Any]", params), 1))
    raise UserError("sql.params", "Parameters are a list or an object; got {found}.", found=describe(params))


def _bound(value: Any, place: str) -> Any:
    if value is None or isinstance(value, str | float) or (isinstance(value, int) and -(2**63) <= value < 2**63):
        return value
    raise UserError(
        "sql.parameter", "Parameter {place} must be text, a number, true, false or null; got {found}.",
        place=place, found=describe(value),
    )  # fmt: skip
