"""One-time codes by time (RFC 6238): six digits, 30 seconds, HMAC-SHA-1, as every authenticator app makes them."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP = 30
"""Seconds that a code is shown."""
DIGITS = 6
_SECRET_BYTES = 20


def new_totp_secret() -> str:
    """A random secret, base 32."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def totp_uri(secret: str, account: str, issuer: str) -> str:
    """What an authenticator app reads from a QR code."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    asked = urlencode({"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP}, quote_via=quote)
    return f"otpauth://totp/{label}?{asked}"


def totp_code(secret: str, step: int) -> str:
    """The code of a time step."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def totp_step(secret: str, code: str, seconds: float, after: int) -> int | None:
    """The time step of a code: of now, or of the one before or after; None where it is none of these.

    Args:
        secret: Base 32.
        code: As typed; blanks do not count.
        seconds: Now, since 1970.
        after: The step that was accepted last; only a later one is.
    """
    given = "".join(code.split())
    if len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return None
    now = int(seconds // STEP)
    found = None
    try:
        for step in (now - 1, now, now + 1):
            # Every one is compared, so that the time taken does not say which it was.
            if hmac.compare_digest(totp_code(secret, step), given) and step > after:
                found = step
    except (binascii.Error, ValueError):
        return None
    return found
