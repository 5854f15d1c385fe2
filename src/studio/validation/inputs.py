"""Inputs of a workflow: values given for what it declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from studio.domain.errors import WorkflowInvalid
from studio.domain.workflow import Workflow
from studio.validation._problems import Problem, nearest, problem
from studio.validation._schemas import violations
from studio.validation.document import param_path


def coerce_inputs(workflow: Workflow, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check values against the declared inputs and add the defaults.

    Args:
        workflow: Declares the inputs. An input without a default must be given, unless its schema admits null.
        given: Values by name.

    Returns:
        A value for every declared input, in their order; ``5.0`` as 5 where the schema asks for a whole number.

    Raises:
        WorkflowInvalid: Values are missing, unknown or do not fit; holds every problem, with the input as ``param``.
    """
    problems: list[Problem] = []
    for name in given:
        if name not in workflow.inputs:
            what = problem("inputs.unknown", "the workflow has no input `{name}`", name=name)
            problems.append(_on(what, name, nearest(name, workflow.inputs)))
    out: dict[str, Any] = {}
    for name, schema in workflow.inputs.items():
        if name in given:
            out[name] = _whole(schema, given[name])
        elif "default" in schema:
            out[name] = _whole(schema, schema["default"])
        elif _admits_null(schema):
            out[name] = None
            continue
        else:
            what = problem("inputs.missing", "the input `{name}` is missing", name=name)
            problems.append(_on(what, name))
            continue
        problems += [_on(each, _inner(name, path)) for path, each in violations(schema, out[name])]
    if problems:
        raise WorkflowInvalid(problems)
    return out


def _whole(schema: Mapping[str, Any], value: Any) -> Any:
    """The value with whole numbers where the schema asks for such, which JSON Schema lets be written as 5.0 too."""
    if isinstance(value, float):
        kinds: Any = schema.get("type", ())
        asked = kinds == "integer" or ("integer" in kinds and "number" not in kinds)
        return int(value) if asked and value.is_integer() else value
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        named, others = _schema(schema.get("properties")), schema.get("additionalProperties")
        return {key: _whole(_schema(named.get(key, others)), inner) for key, inner in members.items()}
    if isinstance(value, list):
        items, first = _schema(schema.get("items")), cast("list[Any]", schema.get("prefixItems", []))
        elements = cast("list[Any]", value)
        rules = [_schema(first[at]) if at < len(first) else items for at in range(len(elements))]
        return [_whole(rule, inner) for rule, inner in zip(rules, elements, strict=True)]
    return value


def _schema(found: Any) -> Mapping[str, Any]:
    """A schema within another one; true, false and what is missing say nothing."""
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


def is_required(schema: Mapping[str, Any]) -> bool:
    """Whether a value must be given for an input with this schema."""
    return "default" not in schema and not _admits_null(schema)


def _types_of(schema: Mapping[str, Any]) -> set[str]:
    kinds: Any = schema.get("type")
    found: set[str] = {kinds} if isinstance(kinds, str) else set(cast("list[str]", kinds or []))
    for group in ("anyOf", "oneOf"):
        for each in schema.get(group, ()):
            if isinstance(each, dict):
                found |= _types_of(cast("dict[str, Any]", each))
    return found


def _admits_null(schema: Mapping[str, Any]) -> bool:
    return "null" in _types_of(schema) or ("enum" in schema and None in schema["enum"])


def _on(found: Problem, param: str, suggestion: str | None = None) -> Problem:
    return msgspec.structs.replace(found, param=param, suggestion=suggestion)


def _inner(name: str, path: tuple[str | int, ...]) -> str:
    return param_path((name, *path))
