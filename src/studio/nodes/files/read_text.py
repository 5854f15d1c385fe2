"""files.read_text."""

from __future__ import annotations

from studio.nodes.files._text import decode
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class ReadText(BaseNode):
    """Read a text file."""

    type = "files.read_text"
    title = "Read text"
    keywords = ("load", "open", "file", "content")
    effect = Effect.READ

    class Input(NodeModel):
        path: str = Param(description="The file; relative paths start at the workflow's folder")
        encoding: str = Param("utf-8", description="Its encoding, such as utf-8, latin-1, utf-16, shift_jis")
        max_bytes: int = Param(64 * 1024 * 1024, ge=1, le=1024**3, description="Longest file accepted, in bytes")

    class Output(NodeModel):
        text: str

    examples = (
        Example(input={"path": "a.txt"}, files={"a.txt": "déjà vu\n"}, output={"text": "déjà vu\n"}),
        Example(
            title="Another encoding",
            input={"path": "a.txt", "encoding": "windows-1256"},
            files={"a.txt": "سلام".encode("windows-1256")},
            output={"text": "سلام"},
        ),
        Example(
            title="Not text",
            input={"path": "a.bin"},
            files={"a.bin": b"ok\xff"},
            error="files.not_text",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        content = await ctx.files.read(input.path, max_bytes=input.max_bytes)
        return self.Output(text=decode(content, input.encoding, input.path))
