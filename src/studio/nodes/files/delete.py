"""files.delete."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Delete(BaseNode):
    """Delete a file. One that is not there counts as deleted.

    Of a link only the link goes. Folders are not deleted.
    """

    type = "files.delete"
    title = "Delete file"
    keywords = ("remove", "erase", "unlink", "clean")
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        path: str = Param(description="The file; relative paths start at the workflow's folder")

    class Output(NodeModel):
        path: str
        deleted: bool = Param(description="Whether it was there")

    examples = (
        Example(input={"path": "é.txt"}, files={"é.txt": "x"}, output={"path": "é.txt", "deleted": True}),
        Example(title="Not there", input={"path": "none.txt"}, output={"deleted": False}),
        Example(title="A folder", input={"path": "in"}, files={"in/a.txt": "x"}, error="files.not_a_file"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(path=input.path, deleted=await ctx.files.delete(input.path))
