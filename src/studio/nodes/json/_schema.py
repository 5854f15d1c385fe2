"""JSON Schema with bounds: no look-ups elsewhere, linear patterns, so many steps and so much time."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from studio.sdk import UserError

_STEPS = 1_000_000
_SECONDS = 10.0
_FORMATS = ("date", "email", "ipv4", "ipv6", "uuid")


def validate(data: Any, schema: Any, limit: int) -> list[dict[str, Any]]:
    """What does not fit, as ``path``, ``message`` and ``rule``; empty where all does. Draft 2020-12.

    Formats that are checked: date, email, ipv4, ipv6, uuid.

    Raises:
        UserError: The schema is none, refers to one that is not in it, nests without end, or takes too long.
    """
    import jsonschema
    import jsonschema.exceptions
    import referencing.exceptions

    known: Any = importlib.import_module("jsonschema_specifications").REGISTRY  # it has no types
    try:
        # Patterns are checked where they are used: Python's would refuse RE2's, and the other way round.
        jsonschema.Draft202012Validator.check_schema(schema, format_checker=jsonschema.FormatChecker(formats=()))
        checker = _validator_class(jsonschema)(
            schema, registry=known, format_checker=jsonschema.FormatChecker(formats=_FORMATS)
        )
        found: list[dict[str, Any]] = []
        for error in checker.iter_errors(data):
            found.append(_facts(error))
            if len(found) == limit:
                break
        return found
    except jsonschema.exceptions.SchemaError as error:
        raise UserError(
            "json.bad_schema",
            "The schema is not a JSON Schema: at {path}: {reason}.",
            path=error.json_path,
            reason=error.message[:200],
        ) from error
    except referencing.exceptions.Unresolvable as error:
        raise UserError(
            "json.schema_reference", "The schema refers to {ref}, which it does not hold.", ref=str(error.ref)[:200]
        ) from error
    except RecursionError as error:
        raise UserError(
            "json.schema_recursion", "The schema or the data is nested too deeply to be checked."
        ) from error


def _facts(error: Any) -> dict[str, Any]:
    message = error.message if len(error.message) <= 300 else f"{error.message[:300]}…"
    return {"path": error.json_path, "message": message, "rule": str(error.validator)}


class _Meter:
    """Counts rules applied, and looks at the clock now and then."""

    def __init__(self) -> None:
        self._left = _STEPS
        self._until = time.monotonic() + _SECONDS

    def charge(self) -> None:
        self._left -= 1
        if self._left < 0 or (self._left % 1024 == 0 and time.monotonic() > self._until):
            raise UserError(
                "json.schema_too_costly",
                "Checking takes more than {steps} steps or {seconds} seconds.",
                steps=_STEPS,
                seconds=int(_SECONDS),
            )


def _validator_class(jsonschema: Any) -> Any:
    """The library's rules, each charged, with those replaced that are not linear."""
    meter = _Meter()
    base = jsonschema.Draft202012Validator
    own: dict[str, Callable[..., Any]] = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "uniqueItems": _unique_items,
    }

    def charged(rule: Callable[..., Any]) -> Callable[..., Any]:
        def apply(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
            meter.charge()
            return rule(validator, value, instance, schema) or iter(())

        return apply

    rules = {name: charged(own.get(name) or rule) for name, rule in base.VALIDATORS.items()}
    return jsonschema.validators.extend(base, rules)


def _search(pattern: str, text: str) -> bool:
    re2: Any = importlib.import_module("re2")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options).search(text) is not None
    except re2.error as error:
        raise UserError(
            "json.schema_pattern", "The schema's pattern {pattern} cannot be used.", pattern=repr(pattern[:100])
        ) from error


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and not _search(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: dict[str, Any], instance: Any, schema: Any) -> Iterator[Any]:
    if isinstance(instance, dict):
        for pattern, inner in patterns.items():
            for name, value in instance.items():  # pyright: ignore[reportUnknownVariableType] # any data
                if _search(pattern, name):  # pyright: ignore[reportUnknownArgumentType] # any data
                    yield from validator.descend(value, inner, path=name, schema_path=pattern)


def _unique_items(validator: Any, wanted: bool, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if wanted and isinstance(instance, list):
        seen: set[bytes] = set()
        for item in instance:  # pyright: ignore[reportUnknownVariableType] # any data
            written = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
            if written in seen:
                yield ValidationError("the items are not all different")
                return
            seen.add(written)
