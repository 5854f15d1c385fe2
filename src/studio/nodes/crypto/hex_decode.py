"""crypto.hex_decode."""

from __future__ import annotations

from studio.nodes.crypto._keys import from_hex
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError


class HexDecode(BaseNode):
    """Read a text that is written in hex."""

    type = "crypto.hex_decode"
    title = "From hex"
    keywords = ("decode", "hexadecimal", "bytes")
    effect = Effect.PURE

    class Input(NodeModel):
        hex: str = Param(description="Pairs of 0-9 and a-f")

    class Output(NodeModel):
        text: str

    examples = (
        Example(input={"hex": "C3a9 21"}, output={"text": "é!"}),
        Example(title="Not hex", input={"hex": "xy"}, error="crypto.not_hex"),
        Example(title="Not text", input={"hex": "ff"}, error="crypto.not_text_in_hex"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        try:
            return self.Output(text=from_hex(input.hex, "hex").decode())
        except UnicodeDecodeError as error:
            raise UserError("crypto.not_text_in_hex", "The content is no UTF-8 text.") from error
