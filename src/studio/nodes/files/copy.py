"""files.copy."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Copy(BaseNode):
    """Copy a file, all of it or nothing."""

    type = "files.copy"
    title = "Copy file"
    keywords = ("duplicate", "cp", "backup")
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        source: str = Param(description="The file; relative paths start at the workflow's folder")
        target: str = Param(description="The copy's path; folders on the way are made")
        overwrite: bool = Param(True, description="Replace a file that exists")

    class Output(NodeModel):
        path: str
        size: int

    examples = (
        Example(
            input={"source": "a.txt", "target": "kopie/ä.txt"},
            files={"a.txt": "abc"},
            output={"path": "kopie/ä.txt", "size": 3},
            files_after={"a.txt": "abc", "kopie/ä.txt": "abc"},
        ),
        Example(
            title="Keep what is there",
            input={"source": "a.txt", "target": "b.txt", "overwrite": False},
            files={"a.txt": "a", "b.txt": "b"},
            error="files.exists",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        size = await ctx.files.copy(input.source, input.target, overwrite=input.overwrite)
        return self.Output(path=input.target, size=size)
