"""crypto.random_token."""

from __future__ import annotations

import secrets
import string
from typing import Literal

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_ALPHABETS = {
    "letters_digits": string.ascii_letters + string.digits,
    "digits": string.digits,
    "hex": "0123456789abcdef",
    "url_safe": string.ascii_letters + string.digits + "-_",
    # without 0 O 1 l I, which people confuse
    "readable": "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ",
}


class RandomToken(BaseNode):
    """Make an unpredictable text: a password, a token, a code."""

    type = "crypto.random_token"
    title = "Random token"
    keywords = ("password", "secret", "generate", "random", "code", "key")
    effect = Effect.READ

    class Input(NodeModel):
        length: int = Param(32, ge=1, le=4096, description="How many characters")
        alphabet: Literal["letters_digits", "digits", "hex", "url_safe", "readable"] = Param(
            "url_safe", description="Of which characters"
        )

    class Output(NodeModel):
        token: str

    examples = (
        Example(title="A token", input={}),
        Example(title="A code of six digits", input={"length": 6, "alphabet": "digits"}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        letters = _ALPHABETS[input.alphabet]
        return self.Output(token="".join(secrets.choice(letters) for _ in range(input.length)))
