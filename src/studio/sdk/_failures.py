"""Validation failures as errors that name the param, what was expected and what came."""

from __future__ import annotations

from typing import Any, cast

from pydantic import ValidationError

from studio.domain.errors import InputInvalid, OutputInvalid
from studio.domain.status import Effect
from studio.domain.values import FileRef, TableRef
from studio.sdk._base import BaseNode
from studio.sdk._check import NodeDefinitionError


def input_invalid(type_id: str, error: ValidationError) -> InputInvalid:
    """The error for params that do not fit the input model."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        out = InputInvalid("node.param_missing", "Param {param} of {type} is required.", param=place, type=type_id)
    elif first["type"] == "extra_forbidden":
        out = InputInvalid("node.param_unknown", "{type} has no param {param}.", param=place, type=type_id)
    else:
        out = InputInvalid(
            "node.param_invalid",
            "Param {param} of {type}: {reason}; got {found}.",
            param=place,
            type=type_id,
            reason=first["msg"],
            found=describe(first.get("input")),
        )
    out.param = str(first["loc"][0]) if first["loc"] else None
    return out


def output_invalid(type_id: str, error: ValidationError) -> OutputInvalid:
    """The error for an output that does not fit its model."""
    first = error.errors(include_url=False)[0]
    return OutputInvalid(
        "node.output_invalid",
        "{type} returned an output that does not fit its model: {place}: {reason}; got {found}.",
        type=type_id,
        place=".".join(str(part) for part in first["loc"]) or "the whole output",
        reason=first["msg"],
        found=describe(first.get("input")),
    )


def describe(value: object) -> str:
    """A short description of a value for an error, never its whole content."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f"the text {value[:40]!r}" + ("…" if len(value) > 40 else "")
    if isinstance(value, int | float):
        text = repr(value)
        return f"the number {text}" if len(text) <= 40 else f"a number of {len(text)} digits"
    if isinstance(value, list):
        return f"a list of {len(cast('list[object]', value))}"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, FileRef | TableRef):
        return "a file" if isinstance(value, FileRef) else "a table"
    return f"a {type(value).__name__}"


def checked_effect(node: BaseNode, input: Any) -> Effect:
    """The effect for these params.

    Raises:
        NodeDefinitionError: ``effect_of`` gives no effect, or one above the declared.
    """
    effect = cast("object", node.effect_of(input))
    if not isinstance(effect, Effect) or effect.rank > node.effect.rank:
        raise NodeDefinitionError(
            f"{node.type}: `effect_of` gave {effect!r}, but the class declares {node.effect!r}, "
            "which is the highest effect it may have"
        )
    return effect
