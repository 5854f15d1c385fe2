"""Keys in a file of their own, under a passphrase: a backup holds none, and is unreadable elsewhere without them."""

from __future__ import annotations

import os

import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from studio.crypto._envelope import KEY_ID_SIZE, Cipher, SealBroken, place
from studio.crypto._master import KEY_SIZE, MasterKey
from studio.crypto._ring import DataKey, KeyRing
from studio.domain.errors import UserError, WrongKey

_FORMAT = "studio-keys-1"
_MEMORY = 64 * 1024
_PASSES = 3
_LANES = 4
_MAX_MEMORY = 1024 * 1024
_MAX_PASSES = 64
_MAX_LANES = 64
_MAX_FILE = 64 * 1024 * 1024
MIN_PASSPHRASE = 12


class ExportedKeys(msgspec.Struct, frozen=True):
    """What an export holds. ``master`` is empty where a key service holds it; the data keys suffice then."""

    master: str
    keys: tuple[DataKey, ...]

    def __repr__(self) -> str:
        return f"ExportedKeys({len(self.keys)} keys)"


class _File(msgspec.Struct, frozen=True):
    """The file: how to stretch the passphrase (Argon2id, RFC 9106; memory in KiB), and the sealed keys."""

    format: str
    salt: bytes
    memory: int
    passes: int
    lanes: int
    sealed: bytes


def export_keys(ring: KeyRing, passphrase: str) -> bytes:
    """Every key of the ring as a file (JSON) that only the passphrase opens. Takes a good tenth of a second.

    Raises:
        UserError: The passphrase is shorter than twelve characters.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise UserError(
            "crypto.passphrase_short", "A passphrase for keys has at least {least} characters.", least=MIN_PASSPHRASE
        )
    master = ring.master.text if isinstance(ring.master, MasterKey) else ""
    plain = msgspec.msgpack.encode(ExportedKeys(master, tuple(ring.data_keys())))
    salt = os.urandom(16)
    file = _File(_FORMAT, salt, _MEMORY, _PASSES, _LANES, b"")
    sealed = _cipher(passphrase, file).seal(plain, _place(file))
    return msgspec.json.encode(msgspec.structs.replace(file, sealed=sealed))


def import_keys(content: bytes, passphrase: str) -> ExportedKeys:
    """Open what ``export_keys`` wrote.

    Raises:
        UserError: It is no such file.
        WrongKey: The passphrase is wrong, or the file was changed.
    """
    try:
        if len(content) > _MAX_FILE:
            raise ValueError("too long")
        file = msgspec.json.decode(content, type=_File)
        known = file.format == _FORMAT and len(file.salt) >= 8
        if not (known and 0 < file.passes <= _MAX_PASSES and 0 < file.lanes <= _MAX_LANES):
            raise ValueError("unknown format")
        if not 8 * file.lanes <= file.memory <= _MAX_MEMORY:
            raise ValueError("unknown format")
    except ValueError as error:
        raise UserError("crypto.not_an_export", "This is not a file of exported keys.") from error
    try:
        plain = _cipher(passphrase, file).open(file.sealed, _place(file))
    except SealBroken as error:
        raise WrongKey("crypto.wrong_passphrase", "The passphrase does not open these keys.") from error
    return msgspec.msgpack.decode(plain, type=ExportedKeys)


def _cipher(passphrase: str, file: _File) -> Cipher:
    stretch = Argon2id(
        salt=file.salt, length=KEY_SIZE, iterations=file.passes, lanes=file.lanes, memory_cost=file.memory
    )
    return Cipher("00" * KEY_ID_SIZE, stretch.derive(passphrase.encode()))


def _place(file: _File) -> bytes:
    return place(file.format, file.memory, file.passes, file.lanes, file.salt.hex())
