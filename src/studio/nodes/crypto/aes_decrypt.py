"""crypto.aes_decrypt."""

from __future__ import annotations

import asyncio
from typing import Literal

from studio.nodes.crypto._box import unseal
from studio.nodes.crypto._keys import secret_of, to_bytes
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class AesDecrypt(BaseNode):
    """Decrypt what crypto.aes_encrypt has encrypted, and make sure that nobody has changed it."""

    type = "crypto.aes_decrypt"
    title = "Decrypt"
    keywords = ("aes", "open", "secret", "unseal", "cipher")
    effect = Effect.PURE
    credentials = ("crypto.secret",)

    class Input(NodeModel):
        sealed: str = Param(description="The encrypted text")
        key: str | None = Param(None, secret=True, description="The key, where no credential is chosen")
        key_encoding: Literal["password", "hex", "base64"] = Param(
            "password", description="How the key is written: a password, or 16, 24 or 32 bytes in hex or base64"
        )
        context: str = Param("", description="The context it was encrypted with")

    class Output(NodeModel):
        text: str

    examples = (
        Example(
            input={
                "sealed": "AS5L9a1/OwzLmTnPjyub37gnpD8wh6JsemKgR7twMhKvVw==",
                "key": "00112233445566778899aabbccddeeff",
                "key_encoding": "hex",
                "context": "7",
            },
            output={"text": "été"},
        ),
        Example(
            title="Another context",
            input={
                "sealed": "AS5L9a1/OwzLmTnPjyub37gnpD8wh6JsemKgR7twMhKvVw==",
                "key": "00112233445566778899aabbccddeeff",
                "key_encoding": "hex",
            },
            error="crypto.does_not_open",
        ),
        Example(title="Something else", input={"sealed": "AAAA", "key": "x"}, error="crypto.not_sealed"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        password = input.key_encoding == "password"
        secret = await secret_of(input.key, ctx)
        key = to_bytes(secret, "text" if input.key_encoding == "password" else input.key_encoding, "key")
        content = await asyncio.to_thread(unseal, input.sealed, key, input.context.encode(), password=password)
        return self.Output(text=content.decode("utf-8", "surrogatepass"))
