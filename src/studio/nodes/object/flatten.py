"""object.flatten."""

from __future__ import annotations

from typing import Any, cast

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError

_MOST = 100_000


class Flatten(BaseNode):
    """Turn nested objects into one level with joined names, as a table wants them.

    Lists stay as they are, or are opened too with their positions as names.
    """

    type = "object.flatten"
    title = "Flatten object"
    keywords = ("dotted", "columns", "unnest", "collapse", "normalize")
    effect = Effect.PURE

    class Input(NodeModel):
        object: dict[str, Json] = Param(description="The object")
        separator: str = Param(".", min_length=1, max_length=10, description="What stands between names")
        lists: bool = Param(False, description="Open lists too")

    class Output(NodeModel):
        object: dict[str, Json]

    examples = (
        Example(
            title="An address",
            input={"object": {"n": 1, "adr": {"ville": "Orléans", "geo": {"lat": 47.9}}}},
            output={"object": {"n": 1, "adr.ville": "Orléans", "adr.geo.lat": 47.9}},
        ),
        Example(
            title="With lists",
            input={"object": {"a": [5, {"b": 6}], "e": {}}, "separator": "_", "lists": True},
            output={"object": {"a_0": 5, "a_1_b": 6, "e": {}}},
        ),
        Example(title="A name twice", input={"object": {"a": {"b": 1}, "a.b": 2}}, error="object.flat_name_taken"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        flat: dict[str, Any] = {}
        stack: list[tuple[str, Any]] = [("", input.object)]
        while stack:
            name, value = stack.pop()
            inner = _parts(value, input.lists)
            if inner or not name:
                prefix = f"{name}{input.separator}" if name else ""
                stack.extend((f"{prefix}{key}", part) for key, part in reversed(inner))
            elif name in flat:
                raise UserError("object.flat_name_taken", "Two values would be called {name}.", name=name)
            else:
                flat[name] = value
            if len(flat) + len(stack) > _MOST:
                raise UserError("object.too_many_fields", "There would be more than {limit} fields.", limit=_MOST)
        return self.Output(object=flat)


def _parts(value: Any, lists: bool) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).items())
    if lists and isinstance(value, list):
        return [(str(place), part) for place, part in enumerate(cast("list[Any]", value))]
    return []
