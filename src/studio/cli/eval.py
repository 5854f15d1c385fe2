"""``studio eval``: evaluate expressions."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption
from studio.cli._say import Voice
from studio.cli._terminal import write_json, write_line_json
from studio.domain.errors import UserError


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
    from studio.bootstrap import answer_lines, evaluate, lines_of, read_data

    voice = Voice(lang)
    if stdin:
        for value, error in answer_lines(lines_of(sys.stdin.buffer)):
            if error is None:
                write_line_json({"value": value})
            else:
                write_line_json({"error": {"code": error.code, "message": voice.error(error)}})
        return 0
    if expression is None:
        raise UserError("cli.no_expression", "Give an expression, or --stdin.").at(param="EXPR")
    value = evaluate(expression, {} if data is None else read_data(data))
    write_json({"value": value} if json else value, pretty=not json)
    return 0
