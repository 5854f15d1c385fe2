"""crypto.jwt_verify."""

from __future__ import annotations

from typing import Any, cast

from studio.nodes.crypto._jwt import Algorithm, verify
from studio.nodes.crypto._keys import secret_of
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError

_SIGNED = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiLDqSIsIm4iOjF9.hkzTOtD42C9km2x4QKLO77VCbTDYt7QbiPak5q3Uqgc"
_ENDED = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjF9.8onrqJhmsoas7S-2eOXSmQe1UZfbsK0zZyIw7ik8gZE"


class JwtVerify(BaseNode):
    """Check a JSON Web Token: signature, times, and for whom it is.

    The algorithm is the one named here, whatever the token says; unsigned tokens are refused.
    """

    type = "crypto.jwt_verify"
    title = "Check JWT"
    keywords = ("token", "jws", "claims", "bearer", "verify", "decode")
    effect = Effect.READ
    credentials = ("crypto.secret",)

    class Input(NodeModel):
        token: str = Param(secret=True, description="The token")
        algorithm: Algorithm = Param("HS256", description="How it is signed; RS256 and ES256 take a public key in PEM")
        key: str | None = Param(None, secret=True, description="The key, where no credential is chosen")
        audience: str | None = Param(None, description="Must be its aud, or one of them")
        issuer: str | None = Param(None, description="Must be its iss")
        leeway: int = Param(60, ge=0, le=3600, description="Seconds by which clocks may differ")

    class Output(NodeModel):
        claims: dict[str, Json]
        headers: dict[str, Json]

    examples = (
        Example(
            input={"token": _SIGNED, "key": "secret"},
            output={"claims": {"sub": "é", "n": 1}, "headers": {"alg": "HS256"}},
        ),
        Example(title="Another key", input={"token": _SIGNED, "key": "other"}, error="crypto.jwt_signature"),
        Example(
            title="Unsigned", input={"token": "eyJhbGciOiJub25lIn0.e30.", "key": "s"}, error="crypto.jwt_algorithm"
        ),
        Example(title="Ended", input={"token": _ENDED, "key": "secret"}, error="crypto.jwt_expired"),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        headers, claims = verify(input.token, input.algorithm, await secret_of(input.key, ctx))
        _check_times(claims, ctx.now.timestamp(), input.leeway)
        audience: Any = claims.get("aud")
        known = cast("list[Any]", audience) if isinstance(audience, list) else [audience]
        if input.audience is not None and input.audience not in known:
            raise UserError("crypto.jwt_audience", "The token is not for {audience}.", audience=input.audience)
        if input.issuer is not None and claims.get("iss") != input.issuer:
            raise UserError("crypto.jwt_issuer", "The token is not from {issuer}.", issuer=input.issuer)
        return self.Output(claims=claims, headers=headers)


def _check_times(claims: dict[str, Any], now: float, leeway: int) -> None:
    for name in ("exp", "nbf"):
        value = claims.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise UserError("crypto.jwt_time", "The token's {name} is no number.", name=name)
    if "exp" in claims and claims["exp"] is not None and now > claims["exp"] + leeway:
        raise UserError("crypto.jwt_expired", "The token has expired.")
    if "nbf" in claims and claims["nbf"] is not None and now < claims["nbf"] - leeway:
        raise UserError("crypto.jwt_early", "The token is not valid yet.")
