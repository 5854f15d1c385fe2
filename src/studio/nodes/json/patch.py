"""json.patch."""

from __future__ import annotations

from typing import Any, Literal, cast

from studio.nodes.json._pointer import read_pointer
from studio.nodes.json._same import same
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError


class Change(NodeModel):
    """An operation of a JSON Patch; ``old``, as ``json.diff`` gives it, is not looked at."""

    op: Literal["add", "remove", "replace", "test"]
    path: str
    value: Json = None
    old: Json = None


class Patch(BaseNode):
    """Apply a JSON Patch (RFC 6902), such as ``json.diff`` gives: add, remove, replace and test.

    All changes are applied, or none.
    """

    type = "json.patch"
    title = "Apply JSON patch"
    keywords = ("patch", "apply changes", "update", "merge", "rfc 6902")
    effect = Effect.PURE

    class Input(NodeModel):
        data: Json = Param(description="The data")
        changes: list[Change] = Param(max_length=100_000, description="What to change, in order")

    class Output(NodeModel):
        data: Json

    examples = (
        Example(
            title="Two changes",
            input={
                "data": {"a": [1, 2], "é/": 0},
                "changes": [{"op": "add", "path": "/a/-", "value": 3}, {"op": "remove", "path": "/é~1"}],
            },
            output={"data": {"a": [1, 2, 3]}},
        ),
        Example(
            title="The whole",
            input={"data": 1, "changes": [{"op": "replace", "path": "", "value": 2}]},
            output={"data": 2},
        ),
        Example(
            title="Not there", input={"data": {}, "changes": [{"op": "remove", "path": "/x"}]}, error="json.patch_path"
        ),
        Example(
            title="Not as expected",
            input={"data": {"x": 1}, "changes": [{"op": "test", "path": "/x", "value": 2}]},
            error="json.patch_test",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        root: dict[str, Any] = {"": _copied(input.data)}
        for number, change in enumerate(input.changes):
            try:
                _apply(root, change)
            except (KeyError, IndexError, ValueError, TypeError) as error:
                raise UserError(
                    "json.patch_path",
                    "Change {number} ({op}) does not fit: there is no {path}.",
                    number=number,
                    op=change.op,
                    path=repr(change.path[:100]),
                ) from error
        return self.Output(data=root[""])


def _copied(value: Any) -> Any:
    """A copy whose lists and objects are new."""
    if isinstance(value, dict):
        return {name: _copied(part) for name, part in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_copied(part) for part in cast("list[Any]", value)]
    return value


def _apply(root: dict[str, Any], change: Change) -> None:
    """Carry out one change; any look-up that fails raises its own error."""
    *way, last = ["", *read_pointer(change.path)]
    parent: Any = root
    for step in way:
        parent = _child(parent, step)
    if isinstance(parent, list):
        _change_list(cast("list[Any]", parent), last, change)
        return
    if change.op != "add" and last not in parent:
        raise KeyError(last)
    if change.op == "remove":
        del parent[last]
    elif change.op == "test":
        _check(parent[last], change)
    else:
        parent[last] = _copied(change.value)


def _child(parent: Any, step: str) -> Any:
    if isinstance(parent, list):
        entries = cast("list[Any]", parent)
        return entries[_index(step, len(entries))]
    return parent[step]


def _change_list(entries: list[Any], step: str, change: Change) -> None:
    if change.op == "add":
        entries.insert(len(entries) if step == "-" else _index(step, len(entries) + 1), _copied(change.value))
        return
    index = _index(step, len(entries))
    if change.op == "remove":
        del entries[index]
    elif change.op == "test":
        _check(entries[index], change)
    else:
        entries[index] = _copied(change.value)


def _index(step: str, length: int) -> int:
    if not (step.isdecimal() and step.isascii()) or int(step[:18]) >= length:
        raise IndexError(step)
    return int(step)


def _check(value: Any, change: Change) -> None:
    if not same(value, change.value):
        raise UserError("json.patch_test", "The value at {path} is not the one expected.", path=repr(change.path[:100]))
