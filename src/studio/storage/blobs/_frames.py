"""A blob as a row of sealed frames.

Content is cut into frames of one MiB, each sealed by itself and bound to workspace, blob, index and whether it is the
last. So frames cannot be dropped, repeated, reordered or taken from elsewhere, and any part is read without the rest.
An empty blob is one empty frame.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from typing_extensions import Buffer

from studio.crypto import OVERHEAD, Cipher, KeyRing, SealBroken, key_id_of, place
from studio.domain.errors import RecordCorrupt
from studio.domain.ids import new_id
from studio.domain.values import BlobRef

FRAME = 1024 * 1024
SEALED_FRAME = FRAME + OVERHEAD
Sealed: TypeAlias = bytes | memoryview
_LARGE = 64 * 1024
"""From how many bytes on frames are sealed in memory that is kept for the next."""
_ID = re.compile(r"[0-9a-z]{26}\Z")


class FrameWriter:
    """Cuts, digests and seals what comes. A frame that it gives is valid until the next one is asked for.

    Args:
        ring: The keys.
        workspace: Where the blob belongs.
        digested: Whether its reference tells the digest, for which everything goes through ``digest`` too.
    """

    def __init__(self, ring: KeyRing, workspace: str, *, digested: bool = True) -> None:
        self._digested = digested
        self.id = new_id()
        self._workspace = workspace
        self._cipher: Cipher = ring.cipher(workspace, "blob", self.id)
        self._digest = hmac.new(ring.digest_key(workspace), digestmod=hashlib.sha256)
        self._pending = bytearray()
        self._held = 0
        self._room = bytearray()
        self._index = 0
        self._size = 0

    def add(self, data: bytes) -> Iterator[Sealed]:
        """Take content; gives frames that are complete. The last stays back, because it is sealed as the last."""
        self.digest(data)
        yield from self.cut(data)

    def digest(self, data: bytes) -> None:
        """One half of ``add``, for a thread of its own: it takes as long as all the rest."""
        self._digest.update(data)

    def cut(self, data: Buffer) -> Iterator[Sealed]:
        """The other half of ``add``."""
        view = memoryview(data).cast("B")
        self._size += len(view)
        start = 0
        while self._held + len(view) - start > FRAME:
            piece = view[start : start + FRAME - self._held]
            start += len(piece)
            yield self._seal(self._whole(piece) if self._held else piece, last=False)
        self._hold(view[start:])

    def _hold(self, piece: memoryview) -> None:
        """Keep what makes no whole frame yet, in the same memory all along."""
        end = self._held + len(piece)
        if end > len(self._pending):
            del self._pending[self._held :]
            self._pending += piece
        else:
            self._pending[self._held : end] = piece
        self._held = end

    def _whole(self, piece: memoryview) -> memoryview:
        """What was held together with ``piece``; nothing is held any more."""
        self._hold(piece)
        whole = memoryview(self._pending)[: self._held]
        self._held = 0
        return whole

    def end(self) -> Sealed:
        """The last frame."""
        return self._seal(memoryview(self._pending)[: self._held], last=True)

    def ref(self) -> BlobRef:
        """What refers to the blob; valid after ``end``."""
        return BlobRef(self.id, self._size, self._digest.digest() if self._digested else b"")

    def _seal(self, piece: memoryview, *, last: bool) -> Sealed:
        where = place("blob", self._workspace, self.id, self._index, int(last))
        self._index += 1
        with piece:
            if len(piece) < _LARGE:
                return self._cipher.seal(piece, where)
            size = len(piece) + OVERHEAD
            if size > len(self._room):
                self._room = bytearray(size)
            sealed = memoryview(self._room)[:size]
            self._cipher.seal_into(piece, where, sealed)
        return sealed


class Sink:
    """Implements ``studio.contracts.BlobFile``: seals what comes and writes it on.

    Args:
        frames: What seals; it is not asked to digest.
        out: Takes sealed frames.
    """

    def __init__(self, frames: FrameWriter, out: Callable[[Iterable[Sealed]], object]) -> None:
        self._frames = frames
        self._out = out
        self._error: OSError | None = None

    def write(self, data: Buffer, /) -> int:
        """Take all of ``data``."""
        try:
            self._out(self._frames.cut(data))
        except OSError as error:
            self._error = error
            raise
        return memoryview(data).nbytes

    def flush(self) -> None:
        """The end of a blob is flushed, not its parts."""

    def filled(self, write: Callable[[Sink], object]) -> None:
        """Let ``write`` write everything. A library that is told of a full disk has errors of its own for it."""
        try:
            write(self)
        except BaseException:
            if self._error is not None:
                raise self._error from None
            raise


class FrameReader:
    """Opens the frames of one blob.

    Args:
        ring: The keys.
        workspace: Where the blob belongs.
        ref: The blob.
        measure: Gives the length of the content where the reference does not know it.
    """

    def __init__(self, ring: KeyRing, workspace: str, ref: BlobRef, measure: Callable[[], int]) -> None:
        if not _ID.match(ref.id):
            raise damaged(ref.id)
        self._size = measure() if ref.size is None else ref.size
        if self._size < 0:
            raise damaged(ref.id)
        self._ring = ring
        self._workspace = workspace
        self._ref = ref
        self._cipher: Cipher | None = None
        self.count = max(1, -(-self._size // FRAME))

    @property
    def stored_size(self) -> int:
        """How long all sealed frames are together."""
        return self._size + self.count * OVERHEAD

    def length(self, index: int) -> int:
        """How long the sealed frame ``index`` is."""
        if index < self.count - 1:
            return SEALED_FRAME
        return self._size - (self.count - 1) * FRAME + OVERHEAD

    def open(self, index: int, sealed: bytes) -> bytes:
        """The content of frame ``index``.

        Raises:
            RecordCorrupt: It fails verification.
            KeyMissing: Its key is not loaded.
        """
        last = index == self.count - 1
        try:
            if len(sealed) != self.length(index):
                raise SealBroken("wrong length")
            if self._cipher is None:
                self._cipher = self._ring.cipher_by(key_id_of(sealed), self._workspace, "blob", self._ref.id)
            return self._cipher.open(sealed, place("blob", self._workspace, self._ref.id, index, int(last)))
        except SealBroken as error:
            raise damaged(self._ref.id) from error


def content_size(stored: int) -> int:
    """How long the content of frames is that are ``stored`` bytes together; negative where no content is so long.

    It is what a cut file would hold as well, which its last frame shows: that one is not sealed as the last.
    """
    return stored - max(1, -(-stored // SEALED_FRAME)) * OVERHEAD


def damaged(blob_id: str) -> RecordCorrupt:
    """The error for a blob that fails verification."""
    return RecordCorrupt("storage.blob_corrupt", "Blob {id} is damaged and cannot be read.", id=blob_id)


def missing(blob_id: str) -> RecordCorrupt:
    """The error for a blob that is not there."""
    return RecordCorrupt("storage.blob_missing", "Blob {id} is missing.", id=blob_id)
