"""``studio eval``: evaluate expressions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption
from studio.cli._say import Voice
from studio.cli._terminal import write_json, write_line_json
from studio.domain.errors import UserError
from studio.domain.reasons import json_reason, os_reason


def command(
    expression: Annotated[str | None, typer.Argument(metavar="EXPR", help="With or without {{ }}")] = None,
    data: Annotated[
        str | None, typer.Option("--data", metavar="JSON|@FILE", help="An object; its keys are the names in scope")
    ] = None,
    stdin: Annotated[
        bool, typer.Option("--stdin", help='Read lines {"expr": …, "data": …}, answer each with a line')
    ] = False,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Evaluate an expression and print its value as JSON (with --json as {"value": …}).

    With --stdin every line {"expr": …, "data": …} is answered at once with {"value": …} or
    {"error": {"code", "message"}}.
    """
    from studio.bootstrap import answer_lines, evaluate

    voice = Voice(lang)
    if stdin:
        for value, error in answer_lines(iter(sys.stdin.buffer.readline, b"")):
            if error is None:
                write_line_json({"value": value})
            else:
                write_line_json({"error": {"code": error.code, "message": voice.error(error)}})
        return 0
    if expression is None:
        raise UserError("cli.no_expression", "Give an expression, or --stdin.").at(param="EXPR")
    value = evaluate(expression, _scope(data))
    write_json({"value": value} if json else value, pretty=not json)
    return 0


def _scope(data: str | None) -> object:
    if data is None:
        return {}
    from studio.bootstrap import read_data

    try:
        return read_data(Path(data[1:]).read_bytes() if data.startswith("@") else data.encode())
    except OSError as error:
        raise UserError(
            "cli.file_unreadable", "{path} cannot be read: {reason}.", path=data[1:], reason=os_reason(error)
        ).at(param="--data") from error
    except ValueError as error:
        raise UserError(
            "cli.data_not_json", "The data is not JSON: {reason}. Name a file as @FILE.", reason=json_reason(error)
        ).at(param="--data") from error
