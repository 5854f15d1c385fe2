"""Payloads on their way to and from rows: compressed where that pays, sealed, bound to their place."""

from __future__ import annotations

import zstandard

from studio.crypto import Cipher, KeyRing, SealBroken, place
from studio.storage._damaged import message_corrupt, record_corrupt, segment_corrupt
from studio.storage._plans.listing import RawSegment
from studio.storage._zstd import compress, decompress

_COMPRESS_FROM = 192
_PLAIN, _ZSTD = b"\x00", b"\x01"


def _pack(data: bytes) -> bytes:
    if len(data) >= _COMPRESS_FROM:
        packed = compress(data)
        if len(packed) < len(data):
            return _ZSTD + packed
    return _PLAIN + data


def _unpack(data: bytes) -> bytes:
    if data[:1] == _ZSTD:
        return decompress(data[1:])
    return data[1:]


def record_name(kind: str, id: str) -> str:
    """The name under which a record of ``records`` is sealed; no two lists of parts agree."""
    return f"{len(kind)}:{kind}{id}"


class Codec:
    """Seals and opens what rows hold, with keys of its own per execution and per record."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def segment(self, workspace: str, execution_id: str, seq: int, epoch: int, snapshot: bool, payload: bytes) -> bytes:
        """A segment's payload, bound to workspace, execution, sequence and epoch."""
        cipher = self._ring.cipher(workspace, "execution", execution_id)
        return cipher.seal(_pack(payload), _segment_place(workspace, execution_id, seq, epoch, snapshot))

    def open_segment(self, execution_id: str, raw: RawSegment) -> bytes:
        """The payload of a segment; empty for the mark that a claim leaves.

        Raises:
            RecordCorrupt: It fails verification.
            KeyMissing: Its key is not loaded.
        """
        if not raw.payload:
            return b""
        where = _segment_place(raw.workspace, execution_id, raw.seq, raw.epoch, raw.snapshot)
        try:
            cipher = self._ring.cipher_of(raw.payload, raw.workspace, "execution", execution_id)
            return _unpack(cipher.open(raw.payload, where))
        except (SealBroken, zstandard.ZstdError) as error:
            raise segment_corrupt(execution_id, raw.seq) from error

    def message(self, workspace: str, execution_id: str, message_id: str, payload: bytes) -> bytes:
        """A message's payload."""
        cipher = self._ring.cipher(workspace, "execution", execution_id)
        return cipher.seal(_pack(payload), place("inbox", workspace, execution_id, message_id))

    def open_message(self, workspace: str, execution_id: str, message_id: str, sealed: bytes) -> bytes:
        """The payload of a message.

        Raises:
            RecordCorrupt: It fails verification.
            KeyMissing: Its key is not loaded.
        """
        try:
            cipher = self._ring.cipher_of(sealed, workspace, "execution", execution_id)
            return _unpack(cipher.open(sealed, place("inbox", workspace, execution_id, message_id)))
        except (SealBroken, zstandard.ZstdError) as error:
            raise message_corrupt(execution_id, message_id) from error

    def record(self, table: str, workspace: str, name: str, value: bytes) -> bytes:
        """A record's value, bound to table, workspace and name."""
        return self._record_cipher(table, workspace, name).seal(_pack(value), place(table, workspace, name))

    def open_record(self, table: str, workspace: str, name: str, sealed: bytes) -> bytes:
        """The value of a record.

        Raises:
            RecordCorrupt: It fails verification.
            KeyMissing: Its key is not loaded.
        """
        try:
            cipher = self._ring.cipher_of(sealed, workspace, "record", f"{table}:{name}")
            return _unpack(cipher.open(sealed, place(table, workspace, name)))
        except (SealBroken, zstandard.ZstdError) as error:
            raise record_corrupt(table, name) from error

    def _record_cipher(self, table: str, workspace: str, name: str) -> Cipher:
        return self._ring.cipher(workspace, "record", f"{table}:{name}")


def _segment_place(workspace: str, execution_id: str, seq: int, epoch: int, snapshot: bool) -> bytes:
    # Written out instead of calling ``place``, which takes as long as the encryption itself. Unambiguous all the same:
    # the numbers are counted from the end. The first segment is sealed before it is known whether its slot is free,
    # and with that its epoch.
    epoch = epoch if seq else 0
    return f"segment:{len(workspace)}:{workspace}{execution_id}:{seq}:{epoch}:{snapshot:d}".encode()
