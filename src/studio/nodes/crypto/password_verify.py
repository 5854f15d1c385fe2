"""crypto.password_verify."""

from __future__ import annotations

import asyncio

from studio.nodes.crypto._password import fits
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_HASH = "$argon2id$v=19$m=19456,t=2,p=1$fGO6S2HPD8yDkX2UnhuasA$SoQVJ/AnmjWAY5f66U/6NAEa+E+59/a/xzXuzHdOFSA"


class PasswordVerify(BaseNode):
    """Check a password against a stored hash (Argon2id)."""

    type = "crypto.password_verify"
    title = "Check password"
    keywords = ("argon2", "login", "compare")
    effect = Effect.PURE
    ports = ("valid", "invalid")
    cpu_heavy = True

    class Input(NodeModel):
        password: str = Param(max_length=4096, secret=True, description="The password")
        hash: str = Param(max_length=512, description="The stored hash, as crypto.password_hash gives it")

    class Output(NodeModel):
        valid: bool

    examples = (
        Example(input={"password": "été", "hash": _HASH}, output={"valid": True}, port="valid"),
        Example(title="Another one", input={"password": "x", "hash": _HASH}, output={"valid": False}, port="invalid"),
        Example(title="No hash", input={"password": "x", "hash": "md5"}, error="crypto.not_a_hash"),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext):
        valid = await asyncio.to_thread(fits, input.password, input.hash)
        return self.route("valid" if valid else "invalid", self.Output(valid=valid))
