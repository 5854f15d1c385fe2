"""files.move."""

from __future__ import annotations

from typing import Any

from studio.nodes.files._recovery import recorded
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Move(BaseNode):
    """Move or rename a file.

    After a crash, a source that is gone and a target of its recorded size mean that it was moved.
    """

    type = "files.move"
    title = "Move file"
    keywords = ("rename", "mv", "archive")
    effect = Effect.KEYED

    class Input(NodeModel):
        source: str = Param(description="The file; relative paths start at the workflow's folder")
        target: str = Param(description="Its new path; folders on the way are made")
        overwrite: bool = Param(True, description="Replace a file that exists")

    class Output(NodeModel):
        path: str
        size: int

    examples = (
        Example(
            input={"source": "a.txt", "target": "erledigt/ä.txt"},
            files={"a.txt": "abc"},
            output={"path": "erledigt/ä.txt", "size": 3},
            files_after={"erledigt/ä.txt": "abc"},
        ),
        Example(title="No such file", input={"source": "none.txt", "target": "b.txt"}, error="files.not_found"),
    )

    async def prepare(self, input: Input, ctx: NodeContext) -> Any:
        """The size before, recorded with the intent."""
        return {"size": await ctx.files.size(input.source)}

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if ctx.recovering and await self._moved(input, ctx):
            return self.Output(path=input.target, size=await ctx.files.size(input.target) or 0)
        await ctx.files.move(input.source, input.target, overwrite=input.overwrite)
        return self.Output(path=input.target, size=await ctx.files.size(input.target) or 0)

    async def _moved(self, input: Input, ctx: NodeContext) -> bool:
        before = recorded(ctx, "size")
        if before is None or await ctx.files.size(input.source) is not None:
            return False
        return await ctx.files.size(input.target) == before
