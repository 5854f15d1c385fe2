"""Compression for rows. Compressors are not for two threads at once, and too dear to make for each row."""

from __future__ import annotations

import threading

import zstandard

_SMALL = 16 * 1024


class _Tools(threading.local):
    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=1).compress
        # As small for a few records, in half the time.
        self.compress_small = zstandard.ZstdCompressor(level=-1).compress
        self.decompress = zstandard.ZstdDecompressor().decompress


_tools = _Tools()


def compress(data: bytes) -> bytes:
    """A frame that holds ``data`` and its length."""
    return (_tools.compress if len(data) > _SMALL else _tools.compress_small)(data)


def decompress(frame: bytes, limit: int = 0) -> bytes:
    """Inverse of ``compress``; ``limit`` bounds what a frame that does not tell its length may unfold to.

    Raises:
        zstandard.ZstdError: It is damaged.
    """
    return _tools.decompress(frame, max_output_size=limit)
