"""That a document is still one after an edit. Only what was touched is looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from studio.domain.errors import UserError
from studio.domain.workflow import Canvas, Node, Workflow
from studio.services.editing import _tree
from studio.services.editing._tree import MISSING, Path
from studio.services.reasons import reason_for

_LEAST, _MOST = -(1 << 63), 1 << 64
MAX_NESTING = 64
_POSITION_LIMIT = 1e7
_BY_KEY: tuple[Path, ...] = (("nodes",), ("edges",), ("inputs",), ("canvas",))


def check(tree: dict[str, Any], touched: Iterable[Path]) -> None:
    """Check what lies at paths.

    Raises:
        UserError: It is no part of a workflow; names the path.
    """
    for part in dict.fromkeys(_part_of(path) for path in touched if path):
        value = _tree.get(tree, part)
        if value is MISSING:
            continue
        check_value(value, part)
        section = part[0] if part else ""
        if section == "nodes":
            _fits(Node, _tree.plain("node", value), part)
        elif part[:2] == ("canvas", "positions"):
            _check_position(value, part)
        elif section == "canvas":
            _fits(Canvas, {part[1]: value} if len(part) > 1 else {}, part[:1])
        elif section != "edges":
            inner = {part[1]: value} if len(part) > 1 else value
            _fits(Workflow, {"studio": 1, "name": "-", section: inner}, part[:1] if len(part) > 1 else ())


def _part_of(path: Path) -> Path:
    """The smallest part around a path that has a shape of its own."""
    if path[:2] == ("canvas", "positions"):
        return path[:3]
    return path[:2] if path[:1] in _BY_KEY else path[:1]


def _fits(model: type[BaseModel], value: Any, at: Path) -> None:
    try:
        model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=True)[0]
        where = ".".join((*at, *(str(one) for one in first["loc"])))
        raise UserError(
            "editing.not_valid", "{path} does not fit: {reason}", path=where[:500], reason=reason_for(first)
        ).at(param=where[:500]) from error


def _check_position(value: Any, path: Path) -> None:
    if len(value) != 2 or not all(isinstance(one, int | float) and abs(one) <= _POSITION_LIMIT for one in value):
        raise UserError("editing.position", "{node} cannot be placed there.", node=path[-1])


def check_value(value: Any, path: Path, depth: int = 0) -> None:
    """Refuse what JSON as Studio keeps it cannot hold: long whole numbers, what is no number, half characters."""
    if isinstance(value, dict):
        _check_nesting(depth, path)
        for key, one in cast("Mapping[str, Any]", value).items():
            _check_text(key, path)
            check_value(one, path, depth + 1)
    elif isinstance(value, list):
        _check_nesting(depth, path)
        for one in cast("list[Any]", value):
            check_value(one, path, depth + 1)
    elif isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise _unkept(path)
    elif isinstance(value, int) and not _LEAST <= value < _MOST:
        raise _unkept(path)


def _check_nesting(depth: int, path: Path) -> None:
    if depth >= MAX_NESTING:
        raise UserError(
            "editing.too_deep", "{path} nests more than {most} deep.", path=".".join(path), most=MAX_NESTING
        )


def _check_text(text: str, path: Path) -> None:
    if not text.isascii() and any("\ud800" <= one <= "\udfff" for one in text):
        raise _unkept(path)


def _unkept(path: Path) -> UserError:
    return UserError("editing.unkept", "{path} holds a number or character that cannot be kept.", path=".".join(path))
