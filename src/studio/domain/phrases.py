"""Parts of sentences that are translated too.

An argument of a message is data (a name, a number) or a phrase: ``a text``, ``a list of 3``, ``should be at least 5``.
A phrase is its English text, so that it can be used wherever a text can; it also carries code, template and arguments,
by which ``studio.i18n.render`` says it in another language, as part of the sentence around it.

    raise UserError("list.bad_key", "The key is {found}.", found=describe(key))      # describe gives a Phrase
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from studio.domain.errors import StudioError, fill


class Phrase(str):
    """A part of a sentence. Equal to its English text; joining or cutting it gives plain English."""

    __slots__ = ("arguments", "code", "template")

    code: str
    template: str
    arguments: Mapping[str, Any]

    def __new__(cls, code: str, template: str, /, **arguments: Any) -> Phrase:
        """Code and English template are literals, as those of an error are."""
        self = super().__new__(cls, fill(template, arguments))
        self.code = code
        self.template = template
        self.arguments = arguments
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.code, self.template, dict(self.arguments))


def _again(code: str, template: str, arguments: dict[str, Any]) -> Phrase:
    return Phrase(code, template, **arguments)


def reason_of(error: BaseException) -> str:
    """What an error says, as part of another sentence; its plain text where it is none of Studio's."""
    if isinstance(error, Refusal):
        return error.reason
    if isinstance(error, StudioError):
        return _again(error.code, error.template, error.arguments)
    return str(error)


def either(phrases: Iterable[str]) -> str:
    """``a text or a number or null``: one of several, each named once; a single one as it is."""
    first, *others = dict.fromkeys(phrases)
    out = first
    for one in others:
        out = Phrase("phrase.either", "{first} or {second}", first=out, second=one)
    return out


class Refusal(ValueError):
    """Raised by a validator of a model: what is wrong with the value, with code and template as an error has them.

    ``raise Refusal("flow.wait_both", "give either seconds or until")``
    """

    def __init__(self, code: str, message: str, /, **args: Any) -> None:
        self.reason = _again(code, message, args)
        super().__init__(str(self.reason))


def listed(phrases: Iterable[str]) -> str:
    """``a, b, c``: all of them; a single one as it is, nothing for none."""
    found = list(phrases)
    out = found[0] if found else ""
    for one in found[1:]:
        out = Phrase("phrase.listed", "{first}, {second}", first=out, second=one)
    return out


_KEYS = frozenset({"code", "template", "args"})


def plain_argument(value: Any) -> Any:
    """An argument as plain data that can be stored: a phrase as an object of code, template and args."""
    if isinstance(value, Phrase):
        arguments = {name: plain_argument(one) for name, one in value.arguments.items()}
        return {"code": value.code, "template": value.template, "args": arguments}
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def spoken_argument(value: Any) -> Any:
    """The argument again: a phrase where an object of its form was stored."""
    if isinstance(value, dict) and cast("dict[str, Any]", value).keys() == _KEYS:
        stored = cast("dict[str, Any]", value)
        arguments = {name: spoken_argument(one) for name, one in stored["args"].items()}
        return Phrase(str(stored["code"]), str(stored["template"]), **arguments)
    return cast("Any", value)
