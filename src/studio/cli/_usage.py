"""What is wrong with the words of a command line, in the language that was asked for."""

from __future__ import annotations

import re
from typing import Any, cast

from studio.cli._say import Voice

_EXTRA = re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)\Z", re.DOTALL)


def usage_message(error: BaseException, voice: Voice) -> str | None:
    """The sentence for one of Typer's errors, None for every other. Its classes are private, so their names tell."""
    from typer import Abort, TyperException

    if isinstance(error, Abort):
        return voice.say("cli.usage.aborted")
    if not isinstance(error, TyperException):
        return None
    found: Any = error
    kind = type(error).__name__
    if kind == "MissingParameter" and found.param is not None:
        return voice.say("cli.usage.missing", name=_name(found.param))
    if kind == "NoSuchOption":
        near = ", ".join(found.possibilities or ())
        key = "cli.usage.no_option_near" if near else "cli.usage.no_option"
        return voice.say(key, name=found.option_name, near=near)
    if kind == "BadOptionUsage":
        return voice.say("cli.usage.no_value", name=found.option_name)
    if kind == "BadParameter" and found.param is not None:
        return voice.say("cli.usage.bad_value", name=_name(found.param), reason=_reason(error))
    extra = _EXTRA.match(str(found.message))
    return voice.say("cli.usage.extra", words=extra[1]) if extra else cast("str", found.format_message())


def _name(param: Any) -> str:
    """What the user writes: the option, or the argument's place."""
    return str(param.opts[0]) if param.param_type_name == "option" else str(param.metavar or param.name).upper()


def _reason(error: BaseException) -> str:
    from pydantic import ValidationError

    from studio.bootstrap import reason_for

    cause = error.__cause__
    if isinstance(cause, ValidationError):
        return reason_for(cast("Any", cause.errors(include_url=False)[0]))
    return str(cast("Any", error).message)
