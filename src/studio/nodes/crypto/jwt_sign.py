"""crypto.jwt_sign."""

from __future__ import annotations

from typing import Any

from studio.nodes.crypto._jwt import Algorithm, sign
from studio.nodes.crypto._keys import secret_of
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param

_SIGNED = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiLDqSIsIm4iOjF9.hkzTOtD42C9km2x4QKLO77VCbTDYt7QbiPak5q3Uqgc"


class JwtSign(BaseNode):
    """Make a signed JSON Web Token."""

    type = "crypto.jwt_sign"
    title = "Sign JWT"
    keywords = ("token", "jws", "claims", "bearer", "rs256", "hs256")
    effect = Effect.PURE
    credentials = ("crypto.secret",)

    class Input(NodeModel):
        claims: dict[str, Json] = Param(description="What the token says, such as sub and aud")
        algorithm: Algorithm = Param("HS256", description="How to sign; RS256 and ES256 take a private key in PEM")
        key: str | None = Param(None, secret=True, description="The key, where no credential is chosen")
        expires_in: int | None = Param(None, ge=1, description="Seconds until it ends; sets iat and exp")
        headers: dict[str, Json] = Param(default_factory=dict, description="Further header fields, such as kid")

    class Output(NodeModel):
        token: str

    examples = (
        Example(
            input={"claims": {"sub": "é", "n": 1}, "key": "secret"},
            output={"token": _SIGNED},
        ),
        Example(title="With an end", input={"claims": {}, "expires_in": 60}, credential={"secret": "s"}),
        Example(
            title="A key of another kind",
            input={"claims": {}, "algorithm": "RS256", "key": "secret"},
            error="crypto.not_pem",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        claims: dict[str, Any] = dict(input.claims)
        if input.expires_in is not None:
            now = int(ctx.now.timestamp())
            claims |= {"iat": now, "exp": now + input.expires_in}
        return self.Output(token=sign(claims, input.algorithm, await secret_of(input.key, ctx), input.headers))
