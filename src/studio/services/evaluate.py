"""Evaluate expressions outside a workflow: one, or a stream of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import orjson

from studio.domain.errors import StudioError, UserError
from studio.expressions import compile_expression

MAX_LINE = 16 * 1024 * 1024


def evaluate(expression: str, data: Any) -> Any:
    """The value of an expression, with or without braces; the keys of ``data`` are the names in scope.

    Raises:
        ExpressionError: It cannot be read or evaluated.
        UserError: ``data`` is no object.
    """
    if not isinstance(data, Mapping):
        raise UserError(
            "eval.data", "The data must be an object whose keys are the names in scope, not {kind}.",
            kind=type(data).__name__,
        )  # fmt: skip
    return compile_expression(expression).evaluate(cast("Mapping[str, Any]", data))


def answer_lines(lines: Iterable[bytes]) -> Iterator[tuple[Any, StudioError | None]]:
    """Answer each line ``{"expr": …, "data": …}`` with a value, or with the error; empty lines are left out."""
    for line in lines:
        if line.strip():
            try:
                yield _answer(line), None
            except StudioError as error:
                yield None, error


def _answer(line: bytes) -> Any:
    if len(line) > MAX_LINE:
        raise UserError("eval.line_too_long", "A line is longer than {limit} bytes.", limit=MAX_LINE)
    try:
        question = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise UserError("eval.line_not_json", "The line is not JSON: {reason}.", reason=str(error)) from error
    expression = cast("dict[str, Any]", question).get("expr") if isinstance(question, dict) else None
    if not isinstance(expression, str):
        raise UserError("eval.line_shape", 'A line must be an object {"expr": text, "data": object}.')
    return evaluate(expression, cast("dict[str, Any]", question).get("data") or {})
