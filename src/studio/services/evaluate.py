"""Evaluate expressions outside a workflow: one, or a stream of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from studio.domain.errors import ExpressionError, StudioError, UserError
from studio.domain.reasons import json_reason
from studio.expressions import compile_expression, compile_value
from studio.services._bounded import read_given
from studio.services._strict_json import has_wide_integer, repeated_key

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
    return _compiled(expression).evaluate(cast("Mapping[str, Any]", data))


def _compiled(expression: str) -> Any:
    """An expression with or without braces, or a text with expressions in it, as a param may hold."""
    try:
        return compile_expression(expression)
    except ExpressionError as error:
        if "{{" not in expression:
            raise
        try:
            mixed = compile_value(expression)
        except ExpressionError:
            mixed = None
        if mixed is None:
            raise error from None
        return mixed


def answer_lines(lines: Iterable[bytes]) -> Iterator[tuple[Any, StudioError | None]]:
    """Answer each line ``{"expr": …, "data": …}`` with a value, or with the error; empty lines are left out."""
    for line in lines:
        if line.strip():
            try:
                yield _answer(line), None
            except StudioError as error:
                yield None, error


def read_data(written: str) -> Any:
    """The names in scope of an expression, from JSON, or from a file named after ``@``.

    Raises:
        UserError: It cannot be read, is not JSON, holds a whole number beyond 64 bits, or a key twice.
    """
    content = read_given(Path(written[1:]), "--data") if written.startswith("@") else os.fsencode(written)
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise UserError(
            "cli.data_not_json", "The data is not JSON: {reason}. Name a file as @FILE.", reason=json_reason(error)
        ).at(param="--data") from error
    _check_strict(content)
    return data


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream as they come; of one that is too long no more than shows it."""
    while line := stream.readline(MAX_LINE + 2):
        yield line
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE)


def _check_strict(content: bytes) -> None:
    try:
        key = repeated_key(content)
        wide = has_wide_integer(content)
    except RecursionError as error:
        raise UserError("eval.too_deep", "The data is nested too deep.") from error
    if key is not None:
        raise UserError("eval.repeated_key", "The key {key} stands twice in one object of the data.", key=key)
    if wide:
        raise UserError("eval.wide_integer", "A whole number in the data has more than 64 bits.")


def _answer(line: bytes) -> Any:
    if len(line) > MAX_LINE:
        raise UserError("eval.line_too_long", "A line is longer than {limit} bytes.", limit=MAX_LINE)
    try:
        question = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise UserError("eval.line_not_json", "The line is not JSON: {reason}.", reason=json_reason(error)) from error
    expression = cast("dict[str, Any]", question).get("expr") if isinstance(question, dict) else None
    if not isinstance(expression, str):
        raise UserError("eval.line_shape", 'A line must be an object {"expr": text, "data": object}.')
    _check_strict(line)
    data = cast("dict[str, Any]", question).get("data")
    return evaluate(expression, {} if data is None else data)
