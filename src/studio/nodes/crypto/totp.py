"""crypto.totp."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import Literal

from studio.nodes.crypto._keys import secret_of
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError


class Totp(BaseNode):
    """Give the one-time code of this moment, as authenticator apps show it (RFC 6238)."""

    type = "crypto.totp"
    title = "One-time code"
    keywords = ("2fa", "mfa", "otp", "authenticator", "two factor")
    effect = Effect.READ
    credentials = ("crypto.secret",)

    class Input(NodeModel):
        key: str | None = Param(None, secret=True, description="The secret in base32, where no credential is chosen")
        digits: int = Param(6, ge=6, le=8, description="How many digits")
        period: int = Param(30, ge=5, le=300, description="Seconds that a code is valid")
        algorithm: Literal["sha1", "sha256", "sha512"] = Param("sha1", description="What the service uses")
        at: str | None = Param(None, description="Another moment, in ISO 8601 with an offset")

    class Output(NodeModel):
        code: str
        seconds_left: int

    examples = (
        Example(
            title="RFC 6238, appendix B",
            input={"key": "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", "digits": 8, "at": "1970-01-01T00:00:59Z"},
            output={"code": "94287082", "seconds_left": 1},
        ),
        Example(title="Now", input={}, credential={"secret": "GEZDGNBVGY3TQOJQ"}, output={"seconds_left": 30}),
        Example(title="Not base32", input={"key": "é1"}, error="crypto.not_base32"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        key = _base32(await secret_of(input.key, ctx))
        moment = int((_moment(input.at) if input.at else ctx.now).timestamp())
        counter = (moment // input.period).to_bytes(8, "big", signed=True)
        digest = hmac.new(key, counter, getattr(hashlib, input.algorithm)).digest()
        start = digest[-1] & 15
        number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
        code = str(number % 10**input.digits).zfill(input.digits)
        return self.Output(code=code, seconds_left=input.period - moment % input.period)


def _base32(text: str) -> bytes:
    plain = text.replace(" ", "").replace("-", "").rstrip("=").upper()
    try:
        return base64.b32decode(plain + "=" * (-len(plain) % 8))
    except (binascii.Error, ValueError) as error:
        raise UserError("crypto.not_base32", "The secret is not base32: expected A-Z and 2-7.") from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UserError(
            "crypto.bad_moment", "{text} is no moment; expected for example 2026-01-31T12:00:00Z.", text=text[:60]
        )
    return moment
