"""json.diff."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

from studio.nodes.json._pointer import write_pointer
from studio.nodes.json._same import same
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError

Place: TypeAlias = tuple[str | int, ...]

_MOST = 100_000


class Diff(BaseNode):
    """List the changes that turn one value into another, as a JSON Patch.

    Each change has ``op`` (add, remove, replace), ``path`` (RFC 6901), ``value`` and ``old``. Lists are compared from
    both ends: what stands between is replaced one by one.
    """

    type = "json.diff"
    title = "Compare JSON"
    keywords = ("difference", "changes", "patch", "compare", "delta")
    effect = Effect.PURE

    class Input(NodeModel):
        before: Json = Param(description="The value as it was")
        after: Json = Param(description="The value as it is")

    class Output(NodeModel):
        changes: list[Json]
        equal: bool

    examples = (
        Example(
            title="Fields",
            input={"before": {"a": 1, "b": 2}, "after": {"a": 1, "b": 3, "é/": 4}},
            output={
                "changes": [
                    {"op": "add", "path": "/é~1", "value": 4},
                    {"op": "replace", "path": "/b", "value": 3, "old": 2},
                ],
                "equal": False,
            },
        ),
        Example(
            title="A list lost its middle",
            input={"before": [1, 2, 3], "after": [1, 3]},
            output={"changes": [{"op": "remove", "path": "/1", "old": 2}]},
        ),
        Example(
            title="Equal", input={"before": {"x": [1.0]}, "after": {"x": [1]}}, output={"changes": [], "equal": True}
        ),
        Example(title="True is not 1", input={"before": 1, "after": True}, output={"equal": False}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        changes: list[dict[str, Any]] = []
        stack: list[tuple[Place, Any, Any]] = [((), input.before, input.after)]
        while stack:
            place, before, after = stack.pop()
            if isinstance(before, dict) and isinstance(after, dict):
                fields = cast("dict[str, Any]", before), cast("dict[str, Any]", after)
                stack.extend(reversed(_fields(place, *fields, changes)))
            elif isinstance(before, list) and isinstance(after, list):
                entries = cast("list[Any]", before), cast("list[Any]", after)
                stack.extend(reversed(_entries(place, *entries, changes)))
            elif isinstance(before, bool) != isinstance(after, bool) or before != after:
                changes.append({"op": "replace", "path": write_pointer(place), "value": after, "old": before})
            if len(changes) > _MOST:
                raise UserError("json.too_many_changes", "There are more than {limit} changes.", limit=_MOST)
        return self.Output(changes=changes, equal=not changes)


def _fields(place: Place, before: dict[str, Any], after: dict[str, Any], changes: list[Any]) -> list[Any]:
    """Record fields that came and went; give those to be compared."""
    for name, old in before.items():
        if name not in after:
            changes.append({"op": "remove", "path": write_pointer((*place, name)), "old": old})
    for name, value in after.items():
        if name not in before:
            changes.append({"op": "add", "path": write_pointer((*place, name)), "value": value})
    return [((*place, name), old, after[name]) for name, old in before.items() if name in after]


def _entries(place: Place, before: list[Any], after: list[Any], changes: list[Any]) -> list[Any]:
    """Record entries that came and went between what both ends share; give those to be compared."""
    shorter = min(len(before), len(after))
    start = 0
    while start < shorter and same(before[start], after[start]):
        start += 1
    end = 0
    while end < shorter - start and same(before[-1 - end], after[-1 - end]):
        end += 1
    paired = shorter - start - end
    for index in range(len(before) - end - 1, start + paired - 1, -1):
        changes.append({"op": "remove", "path": write_pointer((*place, index)), "old": before[index]})
    for index in range(start + paired, len(after) - end):
        changes.append({"op": "add", "path": write_pointer((*place, index)), "value": after[index]})
    return [((*place, index), before[index], after[index]) for index in range(start, start + paired)]
