"""crypto.base64_decode."""

from __future__ import annotations

from studio.nodes.crypto._keys import from_base64
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError


class Base64Decode(BaseNode):
    """Read a base64 text.

    Both alphabets, missing padding and line breaks are accepted.
    """

    type = "crypto.base64_decode"
    title = "From base64"
    keywords = ("decode", "b64", "text")
    effect = Effect.PURE

    class Input(NodeModel):
        base64: str = Param(description="The base64 text")

    class Output(NodeModel):
        text: str

    examples = (
        Example(input={"base64": "ZMOpasOgIHZ1Pw=="}, output={"text": "déjà vu?"}),
        Example(title="From a URL, no padding", input={"base64": "2YXYsdit2KjYpw"}, output={"text": "مرحبا"}),
        Example(title="Not text", input={"base64": "__4"}, error="crypto.not_text"),
        Example(title="Not base64", input={"base64": "a*b"}, error="crypto.not_base64"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        try:
            return self.Output(text=from_base64(input.base64, "base64").decode())
        except UnicodeDecodeError as error:
            raise UserError(
                "crypto.not_text", "The content is no UTF-8 text; use crypto.base64_to_file for a file."
            ) from error
