"""crypto.hmac_verify."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from studio.nodes.crypto._keys import Encoding, secret_of, to_bytes
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError


class HmacVerify(BaseNode):
    """Check a signature made with a shared key, in constant time."""

    type = "crypto.hmac_verify"
    title = "Check HMAC"
    keywords = ("signature", "webhook", "verify", "shared secret")
    effect = Effect.PURE
    ports = ("valid", "invalid")
    credentials = ("crypto.secret",)

    class Input(NodeModel):
        text: str = Param(description="The text that was signed")
        signature: str = Param(description="The signature that came with it; a prefix such as sha256= is taken off")
        key: str | None = Param(None, secret=True, description="The key, where no credential is chosen")
        key_encoding: Encoding = Param("text", description="How the key is written")
        algorithm: Literal["sha256", "sha512", "sha1"] = Param("sha256", description="How it was signed")
        encoding: Literal["hex", "base64"] = Param("hex", description="How the signature is written")

    class Output(NodeModel):
        valid: bool

    examples = (
        Example(
            input={
                "text": "what do ya want for nothing?",
                "key": "Jefe",
                "signature": "sha256=5BDCC146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            },
            output={"valid": True},
            port="valid",
        ),
        Example(
            title="Another text",
            input={"text": "été", "key": "Jefe", "signature": "00ff"},
            output={"valid": False},
            port="invalid",
        ),
        Example(title="No key", input={"text": "x", "signature": "00"}, error="crypto.no_key"),
    )

    async def run(self, input: Input, ctx: NodeContext):
        key = to_bytes(await secret_of(input.key, ctx), input.key_encoding, "key")
        expected = hmac.new(key, to_bytes(input.text, "text", "text"), getattr(hashlib, input.algorithm)).digest()
        text = input.signature.strip().removeprefix(f"{input.algorithm}=")
        try:
            given = to_bytes(text, input.encoding, "signature")
        except UserError:
            given = b""  # what is no signature at all is an invalid one
        valid = hmac.compare_digest(expected, given)
        return self.route("valid" if valid else "invalid", self.Output(valid=valid))
