"""crypto.hmac."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from studio.nodes.crypto._keys import Encoding, encode, secret_of, to_bytes
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Hmac(BaseNode):
    """Sign a text with a shared key (HMAC, RFC 2104)."""

    type = "crypto.hmac"
    title = "HMAC"
    keywords = ("sign", "signature", "webhook", "shared secret", "mac")
    effect = Effect.PURE
    credentials = ("crypto.secret",)

    class Input(NodeModel):
        text: str = Param(description="The text, in UTF-8")
        key: str | None = Param(None, secret=True, description="The key, where no credential is chosen")
        key_encoding: Encoding = Param("text", description="How the key is written")
        algorithm: Literal["sha256", "sha512", "sha1"] = Param("sha256", description="How")
        encoding: Literal["hex", "base64", "base64url"] = Param("hex", description="How the result is written")

    class Output(NodeModel):
        signature: str

    examples = (
        Example(
            title="RFC 4231, test case 2",
            input={"text": "what do ya want for nothing?", "key": "Jefe"},
            output={"signature": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        ),
        Example(
            title="With a credential",
            input={"text": "déjà vu", "encoding": "base64"},
            credential={"secret": "clé"},
            output={"signature": "+G75803xC0vZKTq6crTJaCfZCRYPc9VqMxairrHCMFk="},
        ),
        Example(title="No key", input={"text": "x"}, error="crypto.no_key"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        key = to_bytes(await secret_of(input.key, ctx), input.key_encoding, "key")
        digest = hmac.new(key, to_bytes(input.text, "text", "text"), getattr(hashlib, input.algorithm)).digest()
        return self.Output(signature=encode(digest, input.encoding))
