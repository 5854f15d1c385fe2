"""crypto.hex_encode."""

from __future__ import annotations

from studio.nodes.crypto._keys import to_bytes
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class HexEncode(BaseNode):
    """Write a text's bytes in hex."""

    type = "crypto.hex_encode"
    title = "To hex"
    keywords = ("encode", "hexadecimal", "bytes")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text, in UTF-8")

    class Output(NodeModel):
        hex: str

    examples = (
        Example(input={"text": "é!"}, output={"hex": "c3a921"}),
        Example(title="Nothing", input={"text": ""}, output={"hex": ""}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(hex=to_bytes(input.text, "text", "text").hex())
