"""Bodies, decompressed within a bound."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterator

from studio.domain.errors import ProviderError, UserError

ACCEPT_ENCODING = "gzip, deflate"
_PIECE = 64 * 1024
_YIELD_EVERY = 1024 * 1024


async def bounded(raw: AsyncIterable[bytes], encoding: str, max_bytes: int) -> AsyncIterator[bytes]:
    """The body's pieces, decompressed; never more than one piece beyond ``max_bytes`` is held.

    Raises:
        UserError: The body is longer than ``max_bytes``.
        ProviderError: It is compressed in a way that was not asked for, or broken.
    """
    decoder = _decoder(encoding)
    total = since = 0
    async for chunk in raw:
        for piece in decoder.feed(chunk) if decoder else (chunk,):
            total += len(piece)
            if total > max_bytes:
                raise too_large(max_bytes)
            yield piece
            since += len(piece)
            if since >= _YIELD_EVERY:
                since = 0
                await asyncio.sleep(0)
    if decoder:
        decoder.finish()


def too_large(max_bytes: int) -> UserError:
    """The error for a body beyond its bound."""
    return UserError("net.too_large", "The answer is longer than {limit} bytes.", limit=max_bytes)


def _decoder(encoding: str) -> _Inflater | None:
    codings = [name.strip().lower() for name in encoding.split(",") if name.strip().lower() not in ("", "identity")]
    if not codings:
        return None
    if len(codings) > 1 or codings[0] not in ("gzip", "x-gzip", "deflate"):
        raise ProviderError(
            "net.unknown_encoding", "The answer is encoded as {encoding}, which was not asked for.", encoding=encoding
        )
    return _Inflater(gzip=codings[0] != "deflate")


class _Inflater:
    """gzip (any number of members) and deflate (with or without the zlib header), piece by piece."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._started = False
        self._inflate = zlib.decompressobj(31 if gzip else 15)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        more = True
        while chunk or more:
            if self._inflate.eof:
                if not self._gzip or not chunk.strip(b"\0"):
                    return  # padding after the last member, or what follows a deflate stream, is ignored
                self._inflate = zlib.decompressobj(31)
            piece = self._step(chunk)
            self._started = True
            if piece:
                yield piece
            more = len(piece) == _PIECE  # output may be left inside although all input is taken
            chunk = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail

    def _step(self, chunk: bytes) -> bytes:
        try:
            return self._inflate.decompress(chunk, _PIECE)
        except zlib.error as error:
            if self._gzip or self._started:
                raise _broken() from error
        self._inflate = zlib.decompressobj(-15)
        try:
            return self._inflate.decompress(chunk, _PIECE)
        except zlib.error as error:
            raise _broken() from error

    def finish(self) -> None:
        if self._started and not self._inflate.eof:
            raise _broken()


def _broken() -> ProviderError:
    return ProviderError("net.broken_body", "The answer's compressed body is broken.")
