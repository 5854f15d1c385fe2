"""files.exists."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Exists(BaseNode):
    """Tell whether a file exists."""

    type = "files.exists"
    title = "File exists"
    keywords = ("check", "test", "is", "there")
    effect = Effect.READ

    class Input(NodeModel):
        path: str = Param(description="The file; relative paths start at the workflow's folder")

    class Output(NodeModel):
        exists: bool
        size: int | None

    examples = (
        Example(input={"path": "a.txt"}, files={"a.txt": "abc"}, output={"exists": True, "size": 3}),
        Example(title="Not there", input={"path": "ö/none.txt"}, output={"exists": False, "size": None}),
        Example(title="Outside the allowed folders", input={"path": "/etc/passwd"}, error="files.outside"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        size = await ctx.files.size(input.path)
        return self.Output(exists=size is not None, size=size)
