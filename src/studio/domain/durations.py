"""Durations as written in workflow files."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, StrictFloat, StrictInt, StrictStr, WithJsonSchema

from studio.domain.phrases import Refusal

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|d|w)")
MAX_SECONDS = 100 * 366 * 86400.0


def parse_duration(value: str | int | float) -> float:
    """Seconds of ``10m``, ``1h30m``, ``250ms``, ``2d`` or a plain number of seconds.

    Raises:
        ValueError: It is not a duration, is negative or longer than a hundred years.
    """
    if isinstance(value, bool):
        raise Refusal("duration.kind", "a duration is a number of seconds or a text such as 10m")
    if isinstance(value, int | float):
        seconds = float(value)
    else:
        text = value.strip().lower()
        if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
            seconds = float(text)
        elif text and not _PART.sub("", text).strip():
            seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
        else:
            raise Refusal(
                "duration.form",
                "{text} is not a duration; write for example 250ms, 10s, 5m, 1h30m or 2d",
                text=repr(value[:60]),
            )
    if not 0 <= seconds <= MAX_SECONDS:
        raise Refusal("duration.range", "a duration lies between 0 and a hundred years")
    return seconds


def _check(value: str | int | float) -> str | int | float:
    parse_duration(value)
    return value


_WRITTEN = r"^\s*([0-9]+(\.[0-9]+)?|([0-9]+(\.[0-9]+)?\s*([mM][sS]|[sSmMhHdDwW])\s*)+)\s*$"
_SCHEMA = {"anyOf": [{"type": "string", "pattern": _WRITTEN}, {"type": "number", "minimum": 0, "maximum": MAX_SECONDS}]}

Duration = Annotated[StrictStr | StrictInt | StrictFloat, AfterValidator(_check), WithJsonSchema(_SCHEMA)]
"""A duration kept as it was written; ``parse_duration`` gives seconds."""
