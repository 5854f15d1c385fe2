"""crypto.aes_encrypt."""

from __future__ import annotations

import asyncio
from typing import Literal

from studio.nodes.crypto._box import seal
from studio.nodes.crypto._keys import secret_of, to_bytes
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class AesEncrypt(BaseNode):
    """Encrypt a text so that nobody can read or change it without the key (AES-GCM).

    The result differs each time. A password is made into a key slowly, so that it is hard to guess.
    """

    type = "crypto.aes_encrypt"
    title = "Encrypt"
    keywords = ("aes", "seal", "secret", "protect", "cipher")
    effect = Effect.READ
    credentials = ("crypto.secret",)

    class Input(NodeModel):
        text: str = Param(description="The text")
        key: str | None = Param(None, secret=True, description="The key, where no credential is chosen")
        key_encoding: Literal["password", "hex", "base64"] = Param(
            "password", description="How the key is written: a password, or 16, 24 or 32 bytes in hex or base64"
        )
        context: str = Param("", description="Bound to the result and needed again to decrypt, such as a record's id")

    class Output(NodeModel):
        sealed: str

    examples = (
        Example(title="With a credential", input={"text": "été"}, credential={"secret": "correct horse"}),
        Example(
            title="With a key",
            input={"text": "سر", "key": "00112233445566778899aabbccddeeff", "key_encoding": "hex"},
        ),
        Example(
            title="A key that is too short",
            input={"text": "x", "key": "0011", "key_encoding": "hex"},
            error="crypto.aes_key_size",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        password = input.key_encoding == "password"
        secret = await secret_of(input.key, ctx)
        key = to_bytes(secret, "text" if input.key_encoding == "password" else input.key_encoding, "key")
        content = to_bytes(input.text, "text", "text")
        sealed = await asyncio.to_thread(seal, content, key, input.context.encode(), password=password)
        return self.Output(sealed=sealed)
