"""JSON Schemas of inputs: whether they are sound, and whether values fit.

The validator looks up nothing outside the schema and matches patterns in linear time, because schemas come from
tenants and values from the internet.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

import msgspec

from studio.domain.phrases import Phrase
from studio.domain.reasons import regex_reason
from studio.validation._plain_schemas import fits, is_plain
from studio.validation._problems import Problem, nearest, problem
from studio.validation._violations import no_match, not_unique, violation
from studio.validation.document import param_path

Where: TypeAlias = tuple[str | int, ...]

_MAX_SCHEMA_NODES = 10_000


def schema_problems(schema: Mapping[str, Any]) -> list[tuple[Where, Problem]]:
    """What is wrong with a declared schema, with the path inside it."""
    found = list(_unsafe(schema))
    if found:
        return found
    if not is_plain(schema):
        found = _unsound(schema)
    found += _nothing_declared(schema)
    if not found and "default" in schema:
        for path, each in violations(schema, schema["default"]):
            reason = Phrase(each.code, each.template, **each.arguments)
            if path:
                reason = Phrase("inputs.within", "{path}: {reason}", path=param_path(path), reason=reason)
            what = problem("inputs.bad_default", "the default does not fit the schema: {reason}", reason=reason)
            found.append((("default",), what))
    return found


def _unsound(schema: Mapping[str, Any]) -> list[tuple[Where, Problem]]:
    kind = _jsonschema().Draft202012Validator
    found: list[tuple[Where, Problem]] = []
    for error in kind(kind.META_SCHEMA).iter_errors(schema):
        what = problem("inputs.bad_schema", "this is not a JSON Schema: {reason}", reason=violation(error))
        found.append((tuple(error.absolute_path), what))
    return found


def violations(schema: Mapping[str, Any], value: Any) -> list[tuple[Where, Problem]]:
    """Where and how a value does not fit a schema, with the path inside the value."""
    found = [] if is_plain(schema) and fits(schema, value) else _mismatches(schema, value)
    if not found and not _finite(value):
        found.append(((), problem("inputs.not_finite", "infinity, NaN and numbers beyond 64 bits are not values")))
    return found


def _mismatches(schema: Mapping[str, Any], value: Any) -> list[tuple[Where, Problem]]:
    unresolvable: Any = import_module("referencing.exceptions").Unresolvable
    found: list[tuple[Where, Problem]] = []
    try:
        for error in _validator(json.dumps(schema, default=str)).iter_errors(value):
            found.append((tuple(error.absolute_path), problem("inputs.mismatch", "{reason}", reason=violation(error))))
    except RecursionError:
        found.append(((), problem("inputs.recursion", "the schema refers to itself without an end")))
    except unresolvable as error:
        found.append(
            (
                (),
                problem(
                    "inputs.no_definition",
                    "the schema refers to {target}, which it lacks",
                    target=getattr(error, "ref", ""),
                ),
            )
        )
    return found


def _jsonschema() -> Any:
    """The library, imported at the first use: it takes long, and plain schemas need none of it."""
    return import_module("jsonschema")


@lru_cache(maxsize=512)
def _pattern(expression: str) -> Any:
    re2: Any = import_module("re2")
    options = re2.Options()
    options.log_errors = False
    return re2.compile(expression, options)


@lru_cache(maxsize=256)
def _validator(schema_text: str) -> Any:
    library = _jsonschema()

    def pattern(_validator: Any, expression: Any, value: Any, _schema: Any) -> Iterator[Any]:
        if isinstance(value, str) and not _pattern(expression).search(value):
            yield library.ValidationError(no_match(value, expression))

    def unique(_validator: Any, wanted: Any, value: Any, _schema: Any) -> Iterator[Any]:
        if wanted and isinstance(value, list):
            items = cast("list[Any]", value)
            if len({json.dumps(item, sort_keys=True) for item in items}) != len(items):
                yield library.ValidationError(not_unique())

    base = library.Draft202012Validator
    kind = library.validators.extend(base, {"pattern": pattern, "uniqueItems": unique})
    registry = import_module("referencing").Registry()
    formats = library.FormatChecker()
    formats.checks("date-time", raises=ValueError)(_is_date_time)
    formats.checks("uri", raises=ValueError)(_is_uri)
    return kind(json.loads(schema_text), registry=registry, format_checker=formats)


def _is_date_time(value: Any) -> bool:
    """RFC 3339, section 5.6: date, time and offset."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _is_uri(value: Any) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


def _finite(value: Any) -> bool:
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            stack.extend(cast("dict[str, Any]", each).values())
        elif isinstance(each, list):
            stack.extend(cast("list[Any]", each))
        elif isinstance(each, float):
            if not math.isfinite(each):
                return False
        elif isinstance(each, int) and not -(2**63) <= each < 2**63:
            return False
    return True


def _unsafe(schema: Mapping[str, Any]) -> Iterator[tuple[Where, Problem]]:
    """References out of the schema, patterns that are not linear, schemas of excessive size."""
    stack: list[tuple[Where, Any]] = [((), schema)]
    count = 0
    while stack:
        path, here = stack.pop()
        count += 1
        if count > _MAX_SCHEMA_NODES:
            yield (), problem("inputs.schema_size", "the schema is too large")
            return
        if isinstance(here, list):
            stack.extend(((*path, index), each) for index, each in enumerate(cast("list[Any]", here)))
        elif isinstance(here, dict):
            mapping = cast("dict[str, Any]", here)
            stack.extend(((*path, key), each) for key, each in mapping.items())
            yield from _unsafe_keywords(mapping, path, schema)


def _unsafe_keywords(
    mapping: Mapping[str, Any], path: Where, schema: Mapping[str, Any]
) -> Iterator[tuple[Where, Problem]]:
    for key in ("$ref", "$dynamicRef"):
        target = mapping.get(key)
        if isinstance(target, str) and not target.startswith("#"):
            yield (*path, key), problem("inputs.reference", "a schema may refer only to parts of itself (`#/...`)")
        elif isinstance(target, str) and not _exists(target, schema):
            what = problem("inputs.no_definition", "the schema refers to {target}, which it lacks", target=target)
            yield (*path, key), what
    if isinstance(mapping.get("patternProperties"), dict):
        what = problem("inputs.pattern_properties", "`patternProperties` is not supported; use `propertyNames`")
        yield (*path, "patternProperties"), what
    expression = mapping.get("pattern")
    if isinstance(expression, str):
        try:
            _pattern(expression)
        except import_module("re2").error as error:
            yield (
                (*path, "pattern"),
                problem("inputs.pattern", "the pattern cannot be used: {reason}", reason=regex_reason(error)),
            )


def _exists(target: str, schema: Any) -> bool:
    """Whether a JSON Pointer within the schema leads somewhere; names of anchors are left to the validator."""
    if target != "#" and not target.startswith("#/"):
        return True
    for part in target[2:].split("/") if len(target) > 2 else ():
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(schema, dict) or key not in schema:
            return False
        schema = cast("dict[str, Any]", schema)[key]
    return True


_KEYWORDS = (
    "type", "default", "enum", "const", "title", "description", "examples", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format", "items", "prefixItems", "contains",
    "minItems", "maxItems", "uniqueItems", "properties", "required", "additionalProperties", "patternProperties",
    "propertyNames", "minProperties", "maxProperties", "anyOf", "oneOf", "allOf", "not", "if", "then", "else", "$ref",
    "$defs", "dependentRequired", "dependentSchemas", "deprecated", "readOnly", "writeOnly", "$comment", "$schema",
    "contentEncoding", "contentMediaType", "unevaluatedItems", "unevaluatedProperties", "minContains", "maxContains",
)  # fmt: skip


def _nothing_declared(schema: Mapping[str, Any]) -> Iterator[tuple[Where, Problem]]:
    """Keywords that JSON Schema would silently ignore."""
    for key in schema:
        if key not in _KEYWORDS and not key.startswith("x-"):
            near = nearest(key, _KEYWORDS)
            what = problem("inputs.unknown_keyword", "`{key}` means nothing in a JSON Schema", key=key)
            yield (key,), msgspec.structs.replace(what, suggestion=near)
