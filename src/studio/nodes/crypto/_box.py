"""Sealed texts: AES-GCM with a random 96-bit nonce, and a key that is given or derived from a password by scrypt.

The sealed text is base64 of: one byte for the kind (1: a key, 2: a password), 16 bytes of salt for a password, 12 bytes
of nonce, the encrypted content with its tag of 16 bytes. The kind is part of what the tag protects.
"""

from __future__ import annotations

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from studio.nodes.crypto._keys import encode, from_base64
from studio.sdk import UserError

_KEY, _PASSWORD = b"\x01", b"\x02"
_SALT, _NONCE = 16, 12
_SIZES = (16, 24, 32)


def seal(content: bytes, key: bytes, context: bytes, *, password: bool) -> str:
    """Encrypt. ``context`` is not stored and must be given again for opening.

    Raises:
        UserError: The key has not 16, 24 or 32 bytes.
    """
    kind, salt = (_PASSWORD, os.urandom(_SALT)) if password else (_KEY, b"")
    nonce = os.urandom(_NONCE)
    sealed = _cipher(key, salt).encrypt(nonce, content, kind + context)
    return encode(kind + salt + nonce + sealed, "base64")


def unseal(text: str, key: bytes, context: bytes, *, password: bool) -> bytes:
    """Decrypt and verify.

    Raises:
        UserError: It was not sealed here, or key, context or content do not fit.
    """
    data = from_base64(text, "sealed")
    kind, salt_size = (_PASSWORD, _SALT) if password else (_KEY, 0)
    start = 1 + salt_size
    if data[:1] != kind or len(data) < start + _NONCE + 16:
        raise UserError("crypto.not_sealed", "The text was not made by crypto.aes_encrypt with this kind of key.")
    try:
        cipher = _cipher(key, data[1:start])
        return cipher.decrypt(data[start : start + _NONCE], data[start + _NONCE :], kind + context)
    except InvalidTag as error:
        raise UserError(
            "crypto.does_not_open", "The text does not open: another key or context, or it was changed."
        ) from error


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    if salt:
        return AESGCM(hashlib.scrypt(key, salt=salt, n=2**15, r=8, p=1, dklen=32, maxmem=64 * 1024 * 1024))
    if len(key) not in _SIZES:
        raise UserError("crypto.aes_key_size", "The key has {size} bytes; expected 16, 24 or 32.", size=len(key))
    return AESGCM(key)
