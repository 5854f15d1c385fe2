"""Which values of a workflow are marked secret or personal, by the schemas of its inputs and of its node types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

import msgspec

from studio.engine.plan import Level, Plan

MARKS = ("x-secret", "x-personal")
"""Keywords of a JSON Schema that mark a value."""

Way: TypeAlias = tuple[str, ...]
"""Keys that lead to a marked value; ``*`` stands for every item of a list and every entry of an object."""

_DEEPEST = 12


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """Where marked values of a workflow stand.

    Args:
        inputs: In its inputs.
        outputs: In the outputs of nodes, by node id; nodes of bodies have the id they have there.
        literals: Marked params that the document itself states.
        params: In the params of nodes, by node id.
    """

    inputs: tuple[Way, ...] = ()
    outputs: Mapping[str, tuple[Way, ...]] = {}
    literals: tuple[str, ...] = ()
    params: Mapping[str, tuple[Way, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self.inputs or self.outputs or self.literals or self.params)


def marks_of(plan: Plan) -> Marks:
    """The marks of a planned workflow."""
    outputs: dict[str, tuple[Way, ...]] = {}
    params: dict[str, tuple[Way, ...]] = {}
    literals: list[str] = []
    for node in _nodes(plan.root):
        found = tuple(marked_ways(schema_of(node.impl.output_schema, node.static)))
        if found:
            outputs[node.id] = (*outputs.get(node.id, ()), *found)
        taken = tuple(marked_ways(schema_of(node.impl.input_schema, node.static)))
        if taken:
            params[node.id] = (*params.get(node.id, ()), *taken)
        for way in taken:
            literals += [text for text in texts_at(node.spec.params, way) if "{{" not in text]
    inputs = [(name, *way) for name, schema in plan.workflow.inputs.items() for way in marked_ways(schema)]
    return Marks(inputs=tuple(inputs), outputs=outputs, literals=tuple(literals), params=params)


def schema_of(make: Any, params: Mapping[str, Any]) -> dict[str, Any]:
    """What ``make`` says of these params; what it says of none, where it cannot."""
    try:
        return make(dict(params))
    except Exception:  # noqa: BLE001 - the schema of a pack may want params that only an execution has
        return make({})


def _nodes(level: Level) -> Iterator[Any]:
    for node in level.nodes:
        yield node
        yield from node.fallbacks
        for body in node.body_plans.values():
            yield from _nodes(body)


def marked_ways(schema: Any, root: Any = None, depth: int = 0) -> Iterator[Way]:
    """The ways to marked values in what a JSON Schema describes."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return
    facts = cast("Mapping[str, Any]", schema)
    root = facts if root is None else root
    if any(facts.get(mark) for mark in MARKS):
        yield ()
        return
    reference = facts.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        yield from marked_ways(_referred(root, reference), root, depth + 1)
    for name, inner in cast("Mapping[str, Any]", facts.get("properties") or {}).items():
        yield from ((name, *way) for way in marked_ways(inner, root, depth + 1))
    for keyword in ("items", "additionalProperties"):
        yield from (("*", *way) for way in marked_ways(facts.get(keyword), root, depth + 1))
    for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for inner in cast("Sequence[Any]", facts.get(keyword) or ()):
            ways = marked_ways(inner, root, depth + 1)
            yield from ((("*", *way) for way in ways) if keyword == "prefixItems" else ways)


def _referred(root: Any, reference: str) -> Any:
    found = root
    for step in reference[2:].split("/"):
        found = cast("Mapping[str, Any]", found).get(step) if isinstance(found, Mapping) else None
    return found


def texts_at(value: Any, way: Way) -> Iterator[str]:
    """Every text in what a way leads to; numbers as they are written."""
    if way:
        for inner in _into(value, way[0]):
            yield from texts_at(inner, way[1:])
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, Mapping | list | tuple):
        for inner in _into(value, "*"):
            yield from texts_at(inner, ())


def _into(value: Any, step: str) -> Sequence[Any]:
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        return list(entries.values()) if step == "*" else [entries[step]] if step in entries else []
    return cast("Sequence[Any]", value) if step == "*" and isinstance(value, list | tuple) else []
