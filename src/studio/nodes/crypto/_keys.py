"""Keys and data as bytes."""

from __future__ import annotations

import base64
import binascii
from typing import Literal

from studio.sdk import NodeContext, UserError

Encoding = Literal["text", "hex", "base64"]


async def secret_of(given: str | None, ctx: NodeContext) -> str:
    """The key written on the node, else the chosen credential's.

    Raises:
        UserError: There is neither.
    """
    if given:
        return given
    if ctx.credential_alias is None:
        raise UserError("crypto.no_key", "There is no key; choose a credential on the node, or give one.")
    fields = await ctx.credential()
    value = fields.get("secret")
    if not isinstance(value, str) or not value:
        raise UserError("crypto.no_key", "There is no key; choose a credential on the node, or give one.")
    return value


def to_bytes(text: str, encoding: Encoding, what: str) -> bytes:
    """A text's bytes: in UTF-8, or what the hex or base64 text stands for.

    Raises:
        UserError: It is not of that encoding; names ``what`` and never shows it.
    """
    if encoding == "text":
        return text.encode("utf-8", "surrogatepass")
    return from_hex(text, what) if encoding == "hex" else from_base64(text, what)


def from_hex(text: str, what: str) -> bytes:
    """Bytes of a hex text; white space between bytes is allowed.

    Raises:
        UserError: It is not hex.
    """
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise UserError("crypto.not_hex", "{what} is not hex: expected pairs of 0-9 and a-f.", what=what) from error


def from_base64(text: str, what: str) -> bytes:
    """Bytes of a base64 text in the usual or the URL-safe alphabet, with or without padding; line breaks are allowed.

    Raises:
        UserError: It is not base64.
    """
    plain = "".join(text.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UserError("crypto.not_base64", "{what} is not base64.", what=what) from error


def encode(data: bytes, encoding: Literal["hex", "base64", "base64url"]) -> str:
    """Bytes as text; base64url goes without padding."""
    if encoding == "hex":
        return data.hex()
    if encoding == "base64":
        return base64.b64encode(data).decode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
