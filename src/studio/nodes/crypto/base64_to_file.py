"""crypto.base64_to_file."""

from __future__ import annotations

from studio.nodes.crypto._keys import from_base64
from studio.sdk import BaseNode, Effect, Example, File, NodeContext, NodeModel, Param


class Base64ToFile(BaseNode):
    """Make a file of a base64 text or a data URL."""

    type = "crypto.base64_to_file"
    title = "Base64 to file"
    keywords = ("decode", "binary", "data url", "image", "attachment")
    effect = Effect.PURE

    class Input(NodeModel):
        base64: str = Param(description="The base64 text, or data:image/png;base64,...")
        name: str = Param("file.bin", max_length=150, description="Name of the file")
        media_type: str | None = Param(None, description="Its media type; of the data URL or the name where not given")

    class Output(NodeModel):
        file: File
        size: int

    examples = (
        Example(
            input={"base64": "//4=", "name": "été.bin"},
            output={"file": {"name": "été.bin", "bytes": b"\xff\xfe"}, "size": 2},
        ),
        Example(
            title="A data URL",
            input={"base64": "data:image/gif;base64,R0lG", "name": "a"},
            output={"file": {"media_type": "image/gif", "text": "GIF"}},
        ),
        Example(title="Not base64", input={"base64": "a*b"}, error="crypto.not_base64"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        text, kind = input.base64, input.media_type
        if text.startswith("data:"):
            head, _, text = text.partition(",")
            kind = kind or head[5:].partition(";")[0] or None
        data = from_base64(text, "base64")
        return self.Output(file=await ctx.make_file(data, input.name, kind), size=len(data))
