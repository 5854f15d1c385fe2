"""crypto.base64_encode."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from studio.nodes.crypto._keys import encode, to_bytes
from studio.sdk import BaseNode, Effect, Example, File, NodeContext, NodeModel, Param, Refusal


class Base64Encode(BaseNode):
    """Write a text or a file as base64."""

    type = "crypto.base64_encode"
    title = "To base64"
    keywords = ("encode", "b64", "binary", "data url")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str | None = Param(None, description="The text, in UTF-8")
        file: File | None = Param(None, description="The file, instead of a text")
        url_safe: bool = Param(False, description="With - and _ and without padding")

        @model_validator(mode="after")
        def _one_source(self) -> Self:
            if (self.text is None) == (self.file is None):
                raise Refusal("crypto.one_source", "give either text or file")
            return self

    class Output(NodeModel):
        base64: str

    examples = (
        Example(input={"text": "déjà vu?"}, output={"base64": "ZMOpasOgIHZ1Pw=="}),
        Example(title="For a URL", input={"text": "déjà vu?", "url_safe": True}, output={"base64": "ZMOpasOgIHZ1Pw"}),
        Example(
            title="A file",
            input={"file": "{{ files['a.bin'] }}"},
            files={"a.bin": b"\xff\xfe"},
            output={"base64": "//4="},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        data = await ctx.read_file(input.file) if input.file is not None else to_bytes(input.text or "", "text", "text")
        return self.Output(base64=encode(data, "base64url" if input.url_safe else "base64"))
