"""object.merge."""

from __future__ import annotations

from typing import Any, cast

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError

_DEEPEST = 100


class Merge(BaseNode):
    """Combine objects into one; later ones win.

    With ``deep``, objects within them are combined in the same way. Lists are replaced, never mixed. Null among the
    objects, as a branch not taken gives it, counts as empty.
    """

    type = "object.merge"
    title = "Merge objects"
    keywords = ("combine", "extend", "assign", "defaults", "overlay", "union")
    effect = Effect.PURE

    class Input(NodeModel):
        objects: list[dict[str, Json] | None] = Param(max_length=1000, description="The objects, weakest first")
        deep: bool = Param(False, description="Combine inner objects too, instead of replacing them")

    class Output(NodeModel):
        object: dict[str, Json]

    examples = (
        Example(
            title="Defaults and settings",
            input={"objects": [{"lang": "en", "size": 1}, None, {"lang": "عر"}]},
            output={"object": {"lang": "عر", "size": 1}},
        ),
        Example(
            title="Inner objects too",
            input={"objects": [{"a": {"x": 1, "y": [1]}}, {"a": {"y": [2]}}], "deep": True},
            output={"object": {"a": {"x": 1, "y": [2]}}},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        merged: dict[str, Any] = {}
        for one in input.objects:
            if one:
                merged = _deep(merged, one, 0) if input.deep else {**merged, **one}
        return self.Output(object=merged)


def _deep(weak: dict[str, Any], strong: dict[str, Any], depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise UserError("object.too_deep", "The objects are nested more than {limit} deep.", limit=_DEEPEST)
    out = dict(weak)
    for name, value in strong.items():
        below = out.get(name)
        if isinstance(below, dict) and isinstance(value, dict):
            out[name] = _deep(cast("dict[str, Any]", below), cast("dict[str, Any]", value), depth + 1)
        else:
            out[name] = value
    return out
