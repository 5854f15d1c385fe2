"""JSON within bounds."""

from __future__ import annotations

from typing import Any, cast

import orjson

from studio.domain.reasons import json_fault
from studio.sdk import UserError

MAX_DEPTH = 200


def parse(data: bytes, path: str) -> Any:
    """The value of a JSON document, at most ``MAX_DEPTH`` levels deep.

    Raises:
        UserError: It is not JSON (names line and column) or too deep.
    """
    try:
        value = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise UserError(
            "files.bad_json",
            "{path} is not JSON: {reason} (line {line}, column {column}).",
            path=path,
            reason=json_fault(error),
            line=error.lineno,
            column=error.colno,
        ) from error
    if _too_deep(value):
        raise UserError("files.json_depth", "{path} is nested more than {limit} levels.", path=path, limit=MAX_DEPTH)
    return value


def _too_deep(value: Any) -> bool:
    """Walk level by level, so that no depth can exhaust the stack."""
    level: list[Any] = [value] if isinstance(value, list | dict) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        level = [
            child
            for node in level
            for child in (cast("dict[str, Any]", node).values() if isinstance(node, dict) else cast("list[Any]", node))
            if isinstance(child, list | dict)
        ]
    return bool(level)
