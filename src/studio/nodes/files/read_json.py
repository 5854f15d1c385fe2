"""files.read_json."""

from __future__ import annotations

import asyncio

from studio.nodes.files._json import parse
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param

_SMALL = 256 * 1024


class ReadJson(BaseNode):
    """Read a JSON file.

    A byte order mark is accepted; NaN and Infinity are not JSON and are refused.
    """

    type = "files.read_json"
    title = "Read JSON"
    keywords = ("load", "open", "import", "file", "parse")
    effect = Effect.READ

    class Input(NodeModel):
        path: str = Param(description="The file; relative paths start at the workflow's folder")
        max_bytes: int = Param(64 * 1024 * 1024, ge=1, le=1024**3, description="Longest file accepted, in bytes")

    class Output(NodeModel):
        data: Json

    examples = (
        Example(
            input={"path": "place.json"},
            files={"place.json": '{"name": "Zürich", "tags": ["lake", null], "km2": 87.88}'},
            output={"data": {"name": "Zürich", "tags": ["lake", None], "km2": 87.88}},
        ),
        Example(title="Any value", input={"path": "n.json"}, files={"n.json": "\ufeff42"}, output={"data": 42}),
        Example(title="Not JSON", input={"path": "a.json"}, files={"a.json": '{"a": 1,}'}, error="files.bad_json"),
        Example(title="No such file", input={"path": "none.json"}, error="files.not_found"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        content = await ctx.files.read(input.path, max_bytes=input.max_bytes)
        if len(content) <= _SMALL:
            return self.Output(data=parse(content, input.path))
        return self.Output(data=await asyncio.to_thread(parse, content, input.path))
