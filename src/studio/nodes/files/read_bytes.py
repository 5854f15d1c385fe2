"""files.read_bytes."""

from __future__ import annotations

from pathlib import PurePath

from studio.sdk import BaseNode, Effect, Example, File, NodeContext, NodeModel, Param


class ReadBytes(BaseNode):
    """Take a file from disk into the execution, as it is."""

    type = "files.read_bytes"
    title = "Read file"
    keywords = ("load", "open", "binary", "attachment", "blob")
    effect = Effect.READ

    class Input(NodeModel):
        path: str = Param(description="The file; relative paths start at the workflow's folder")
        media_type: str | None = Param(None, description="Its media type; guessed from the name where not given")
        max_bytes: int = Param(256 * 1024 * 1024, ge=1, le=1024**3, description="Longest file accepted, in bytes")

    class Output(NodeModel):
        file: File
        name: str
        size: int

    examples = (
        Example(
            input={"path": "in/dot.bin"}, files={"in/dot.bin": b"\x00\x01\xff"}, output={"name": "dot.bin", "size": 3}
        ),
        Example(
            title="An Arabic name", input={"path": "رسالة.txt"}, files={"رسالة.txt": "x"}, output={"name": "رسالة.txt"}
        ),
        Example(title="No such file", input={"path": "none.bin"}, error="files.not_found"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        name = PurePath(input.path).name
        pieces = ctx.files.pieces(input.path, max_bytes=input.max_bytes)
        file = await ctx.make_file(pieces, name, input.media_type)
        return self.Output(file=file, name=name, size=file.size)
