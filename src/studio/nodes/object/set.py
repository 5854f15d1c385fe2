"""object.set."""

from __future__ import annotations

from studio.nodes.object._path import Path, replaced, split_path
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Set(BaseNode):
    """Put a value into nested data by a path; the original stays as it is.

    Missing objects on the way are made; a position equal to a list's length appends to it.
    """

    type = "object.set"
    title = "Set by path"
    keywords = ("path", "write", "assign", "nested", "update", "put")
    effect = Effect.PURE

    class Input(NodeModel):
        data: Json = Param(description="An object or a list; null counts as nothing yet")
        path: Path = Param(min_length=1, max_length=2000, description="Such as lines[0].price")
        value: Json = Param(description="What to put there")

    class Output(NodeModel):
        data: Json

    examples = (
        Example(
            title="Objects on the way are made",
            input={"data": {"a": 1}, "path": "b.été[0]", "value": "☀"},
            output={"data": {"a": 1, "b": {"été": ["☀"]}}},
        ),
        Example(title="In a list", input={"data": [1, 2], "path": "[-1]", "value": 9}, output={"data": [1, 9]}),
        Example(title="Not an object", input={"data": 5, "path": "a", "value": 1}, error="object.wrong_step"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(data=replaced(input.data, split_path(input.path), input.value))
