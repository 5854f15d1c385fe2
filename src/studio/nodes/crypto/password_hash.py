"""crypto.password_hash."""

from __future__ import annotations

import asyncio

from studio.nodes.crypto._password import hash_password
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class PasswordHash(BaseNode):
    """Hash a password for storage (Argon2id). The result differs each time."""

    type = "crypto.password_hash"
    title = "Hash password"
    keywords = ("argon2", "bcrypt", "store", "login")
    effect = Effect.READ
    cpu_heavy = True

    class Input(NodeModel):
        password: str = Param(min_length=1, max_length=4096, secret=True, description="The password")

    class Output(NodeModel):
        hash: str

    examples = (
        Example(input={"password": "correct horse"}),
        Example(title="Any script", input={"password": "كلمة السر"}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(hash=await asyncio.to_thread(hash_password, input.password))
