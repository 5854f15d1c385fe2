"""object.get."""

from __future__ import annotations

from studio.nodes.object._path import Path, reach, split_path
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Get(BaseNode):
    """Reach a value in nested data by a path that may come from elsewhere.

    For a path known beforehand an expression is shorter: ``{{ order.lines[0].price }}``.
    """

    type = "object.get"
    title = "Get by path"
    keywords = ("path", "read", "dig", "lookup", "nested", "pluck")
    effect = Effect.PURE

    class Input(NodeModel):
        data: Json = Param(description="An object or a list")
        path: Path = Param(max_length=2000, description="Such as lines[0].price; negative positions count from the end")
        default: Json = Param(None, description="What to give where there is nothing")

    class Output(NodeModel):
        value: Json
        found: bool

    examples = (
        Example(
            title="Deep inside",
            input={"data": {"rue": [{"n°": 7}]}, "path": "rue[-1]['n°']"},
            output={"value": 7, "found": True},
        ),
        Example(title="Nothing", input={"data": {}, "path": "a.b", "default": 0}, output={"value": 0, "found": False}),
        Example(title="All of it", input={"data": [1], "path": ""}, output={"value": [1], "found": True}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        found, value = reach(input.data, split_path(input.path))
        return self.Output(value=value if found else input.default, found=found)
