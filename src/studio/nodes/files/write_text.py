"""files.write_text."""

from __future__ import annotations

from studio.nodes.files._text import encode
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class WriteText(BaseNode):
    """Write a text file, all of it or nothing.

    Readers see the old content until the new one is complete. Folders on the way are made.
    """

    type = "files.write_text"
    title = "Write text"
    keywords = ("save", "store", "file", "create", "export")
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        path: str = Param(description="The file; relative paths start at the workflow's folder")
        text: str = Param(description="Its new content")
        encoding: str = Param("utf-8", description="Encoding to write, such as utf-8, latin-1")
        overwrite: bool = Param(True, description="Replace a file that exists")

    class Output(NodeModel):
        path: str
        size: int

    examples = (
        Example(
            input={"path": "out/a.txt", "text": "déjà vu"},
            output={"path": "out/a.txt", "size": 9},
            files_after={"out/a.txt": "déjà vu"},
        ),
        Example(
            title="Keep what is there",
            input={"path": "a.txt", "text": "new", "overwrite": False},
            files={"a.txt": "old"},
            error="files.exists",
            files_after={"a.txt": "old"},
        ),
        Example(
            title="A character that the encoding lacks",
            input={"path": "a.txt", "text": "5 €", "encoding": "latin-1"},
            error="files.not_encodable",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        content = encode(input.text, input.encoding)
        if not input.overwrite and ctx.recovering and await self._written(input.path, content, ctx):
            return self.Output(path=input.path, size=len(content))
        size = await ctx.files.write(input.path, content, overwrite=input.overwrite)
        return self.Output(path=input.path, size=size)

    async def _written(self, path: str, content: bytes, ctx: NodeContext) -> bool:
        """Whether an earlier attempt has written the file already."""
        if await ctx.files.size(path) != len(content):
            return False
        return await ctx.files.read(path, max_bytes=len(content)) == content
