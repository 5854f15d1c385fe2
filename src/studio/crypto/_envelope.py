"""Sealed bytes: AES-256-GCM with a random nonce, bound to the place they belong to.

    byte 0        version of this layout
    bytes 1..8    id of the data key
    bytes 9..20   nonce
    then          ciphertext and its tag of 16 bytes

The header is authenticated together with the place, so neither can be exchanged.
"""

from __future__ import annotations

from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
KEY_ID_SIZE = 8
NONCE_SIZE = 12
TAG_SIZE = 16
_HEADER_SIZE = 1 + KEY_ID_SIZE
_BODY = _HEADER_SIZE + NONCE_SIZE
OVERHEAD = _BODY + TAG_SIZE
"""How many bytes sealing adds."""


class SealBroken(ValueError):
    """Sealed bytes that were changed, cut short, moved, or sealed with another key. Who reads names the row or blob."""


def place(*parts: str | int) -> bytes:
    """An unambiguous name of where something belongs: each part behind its length, so that no two lists agree."""
    return b"".join(b"%d:%s" % (len(raw), raw) for raw in (str(part).encode() for part in parts))


def key_id_of(sealed: bytes) -> str:
    """Id of the data key that ``sealed`` needs.

    Raises:
        SealBroken: It is too short, or of an unknown layout.
    """
    if len(sealed) < OVERHEAD or sealed[0] != VERSION:
        raise SealBroken("not sealed by this layout")
    return sealed[1:_HEADER_SIZE].hex()


class Cipher:
    """Seals and opens with one key, from any thread. Reuse it: setting up the key schedule costs as much as a seal."""

    __slots__ = ("_decrypt", "_encrypt", "_encrypt_into", "_header")

    def __init__(self, key_id: str, key: bytes) -> None:
        aead = AESGCM(key)
        self._header = bytes([VERSION]) + bytes.fromhex(key_id)
        self._encrypt = aead.encrypt
        self._encrypt_into = aead.encrypt_into
        self._decrypt = aead.decrypt

    def seal(self, data: bytes | memoryview, where: bytes) -> bytes:
        """Encrypt ``data`` for the place ``where``."""
        header = self._header
        nonce = urandom(NONCE_SIZE)
        return header + nonce + self._encrypt(nonce, data, header + where)

    def seal_into(self, data: bytes | memoryview, where: bytes, room: memoryview) -> None:
        """``seal`` into ``room``, which is longer than the data by ``OVERHEAD``.

        For what is large: to set up fresh memory for a MiB takes several times as long as to encrypt it.
        """
        header = self._header
        nonce = urandom(NONCE_SIZE)
        room[:_HEADER_SIZE] = header
        room[_HEADER_SIZE:_BODY] = nonce
        self._encrypt_into(nonce, data, header + where, room[_BODY:])

    def open(self, sealed: bytes, where: bytes) -> bytes:
        """Decrypt what was sealed for ``where``.

        Raises:
            SealBroken: It was changed, belongs elsewhere or to another key.
        """
        header = self._header
        if sealed[:_HEADER_SIZE] != header:
            raise SealBroken("sealed with another key")
        try:
            return self._decrypt(sealed[_HEADER_SIZE:_BODY], memoryview(sealed)[_BODY:], header + where)
        except (InvalidTag, ValueError) as error:
            raise SealBroken("fails authentication") from error
