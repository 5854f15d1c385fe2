"""Values that are asked for, or come through stdin: arguments end up in histories and in lists of processes."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from studio.cli._say import Voice
from studio.cli._terminal import write_error
from studio.domain.errors import UserError

if TYPE_CHECKING:
    from studio.client.models import FormFieldOut


def refuse_secret() -> UserError:
    """The error for a secret on the command line."""
    return UserError(
        "cli.secret_argument",
        "A secret is no argument: it would stand in the history. Leave it out; it is asked for, or read from stdin.",
    )


def given_or_asked(question: str, *, hidden: bool) -> str:
    """What stdin holds, or what somebody types who is asked; unseen where it is a secret."""
    if not sys.stdin.isatty():
        return sys.stdin.read().removesuffix("\n").removesuffix("\r")
    if hidden:
        return getpass.getpass(question)
    write_error(question)
    return sys.stdin.readline().rstrip("\r\n")


def form_fields(form: Sequence[FormFieldOut], voice: Voice, *, changing: bool) -> dict[str, Any]:
    """The fields of a credential: an object of JSON from stdin, or asked for one by one.

    Raises:
        UserError: What stdin holds is no object.
    """
    from studio.bootstrap import read_value

    if not sys.stdin.isatty():
        found: Any = read_value(sys.stdin.read(), "stdin")
        if not isinstance(found, dict):
            raise UserError("cli.fields_object", "stdin must hold the fields as an object of JSON: {example}",
                            example=_example(form))  # fmt: skip
        return cast("dict[str, Any]", found)
    fields: dict[str, Any] = {}
    for one in form:
        mark = "" if one["required"] and not changing else f" ({voice.say('cli.may_be_empty')})"
        text = given_or_asked(f"{one['title']}{mark}{voice.say('cli.colon')} ", hidden=one["secret"])
        if text:
            fields[one["name"]] = _read(one, text)
    return fields


def _read(field: FormFieldOut, text: str) -> Any:
    from studio.bootstrap import read_value

    if field["kind"] == "hosts":
        return [part.strip() for part in text.split(",") if part.strip()]
    return text if field["kind"] == "text" else read_value(text, field["name"])


def _example(form: Sequence[FormFieldOut]) -> str:
    return "{" + ", ".join(f'"{one["name"]}": …' for one in form) + "}"
