"""Paths into nested data: ``a.b[0]['odd key']``."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeAlias, cast

from pydantic import AfterValidator

from studio.sdk import Phrase, Refusal, UserError, describe

Step: TypeAlias = str | int

_STEP = re.compile(
    r"""(?:\A|(?<=.)\.)(?P<name>[^.\[\]'"]+)|\[(?P<index>-?\d{1,15})\]|\[(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)")\]"""
)
_LONGEST = 100


def split_path(path: str) -> list[Step]:
    """Steps of a path: names and positions.

    Raises:
        ValueError: It is not a path, or has more than a hundred steps.
    """
    steps: list[Step] = []
    place = 0
    while place < len(path):
        match = _STEP.match(path, place)
        if match is None or len(steps) == _LONGEST:
            raise Refusal(
                "object.bad_path",
                "{path} is not a path; write for example address.lines[0] or ['odd key'].x",
                path=repr(path[:60]),
            )
        name, index = match["name"], match["index"]
        quoted = match["single"] if match["single"] is not None else match["double"]
        steps.append(int(index) if index is not None else name if name is not None else quoted)
        place = match.end()
    return steps


def _check(path: str) -> str:
    split_path(path)
    return path


Path = Annotated[str, AfterValidator(_check)]
"""A path such as ``address.lines[0]``; keys with dots or brackets are quoted: ``['a.b']``."""


def reach(data: Any, steps: list[Step]) -> tuple[bool, Any]:
    """Whether there is something at the steps, and what."""
    value = data
    for step in steps:
        if isinstance(value, dict) and isinstance(step, str) and step in value:
            value = cast("dict[str, Any]", value)[step]
        elif isinstance(value, list) and isinstance(step, int) and -len(cast("list[Any]", value)) <= step < len(value):  # pyright: ignore[reportUnknownArgumentType] # a list of data
            value = cast("list[Any]", value)[step]
        else:
            return False, None
    return True, value


def replaced(data: Any, steps: list[Step], value: Any) -> Any:
    """A copy of ``data`` with ``value`` at the steps; what is not on the way is shared.

    Missing objects on the way are made. A position may be the list's length, which appends.

    Raises:
        UserError: A step does not fit what is there (``object.wrong_step``).
    """
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        if data is not None and not isinstance(data, dict):
            raise _wrong(step, Phrase("value.object", "an object"), data)
        fields = cast("dict[str, Any]", data or {})
        return {**fields, step: replaced(fields.get(step), rest, value)}
    if data is not None and not isinstance(data, list):
        raise _wrong(step, Phrase("value.a_list", "a list"), data)
    entries = list(cast("list[Any]", data or []))
    if not -len(entries) <= step <= len(entries):
        raise _wrong(step, Phrase("object.long_list", "a list with at least {count} entries", count=abs(step)), data)
    if step == len(entries):
        return [*entries, replaced(None, rest, value)]
    entries[step] = replaced(entries[step], rest, value)
    return entries


def _wrong(step: Step, expected: str, data: Any) -> UserError:
    return UserError(
        "object.wrong_step",
        "At `{step}` the path needs {expected}; there is {found}.",
        step=step,
        expected=expected,
        found=Phrase("object.nothing", "nothing") if data is None else describe(data),
    )
