"""Validation failures as errors that name the param, what was expected and what came."""

from __future__ import annotations

from math import isfinite
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from studio.domain import nouns
from studio.domain.errors import InputInvalid, NodeError, OutputInvalid
from studio.domain.phrases import Phrase
from studio.domain.status import Effect
from studio.domain.values import FileRef, TableRef
from studio.sdk._base import BaseNode
from studio.sdk._check import NodeDefinitionError
from studio.sdk._model import ItemsBase
from studio.sdk._places import place_in
from studio.sdk._reasons import reason_for


def check_usage(tokens: int, cost: float) -> None:
    """Raise NodeError where a node reports a usage that cannot be."""
    if tokens < 0 or not (isfinite(cost) and cost >= 0):
        raise NodeError(
            "node.usage_invalid",
            "A node reported {tokens} tokens and a cost of {cost}; both are numbers from 0.",
            tokens=tokens,
            cost=str(cost),
        )


def input_invalid(type_id: str, error: ValidationError, model: type[BaseModel]) -> InputInvalid:
    """The error for params that do not fit the input model."""
    first = error.errors(include_url=False)[0]
    keys = place_in(model, first["loc"], last=first["type"] == "extra_forbidden")
    place = ".".join(str(part) for part in keys)
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
            reason=reason_for(first),
            found=describe(first.get("input")),
        )
    out.param = str(keys[0]) if keys else None
    return out


def output_invalid(type_id: str, error: ValidationError, model: type[BaseModel]) -> OutputInvalid:
    """The error for an output that does not fit its model."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in place_in(model, first["loc"], last=True))
    return OutputInvalid(
        "node.output_invalid",
        "{type} returned an output that does not fit its model: {place}: {reason}; got {found}.",
        type=type_id,
        place=place or Phrase("value.whole_output", "the whole output"),
        reason=reason_for(first),
        found=describe(first.get("input")),
    )


def describe(value: object) -> str:
    """A short description of a value for an error, never its whole content; a part of a sentence."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        shown = f"{value[:40]!r}" + ("…" if len(value) > 40 else "")
        return Phrase("value.text", "the text {text}", text=shown)
    if isinstance(value, int | float):
        shown = _digits(value)
        if len(shown) > 40:
            return Phrase("value.long_number", "a number of {count} digits", count=len(shown))
        return Phrase("value.number", "the number {number}", number=shown)
    if isinstance(value, list | tuple | ItemsBase):
        return Phrase("value.list", "a list of {count}", count=len(cast("list[object]", value)))
    if isinstance(value, dict):
        return nouns.AN_OBJECT
    if isinstance(value, FileRef):
        return nouns.A_FILE
    if isinstance(value, TableRef):
        return nouns.A_TABLE
    return Phrase("value.other", "a {kind}", kind=type(value).__name__)


def _digits(value: float) -> str:
    """The number as written, or as many marks as it has digits where there are more than Python writes."""
    try:
        return repr(value)
    except ValueError:
        return "9" * int(int(value).bit_length() * 0.30103 + 1)


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
