"""Values on their way into and out of the journal.

Plain values are kept as JSON, which is both the fastest check that they are plain and the smallest form. Values that
hold references (files, tables, chunked lists) are kept as MessagePack with one extension type per kind of reference,
which data from outside can never produce. What is large goes into blobs, field by field, and a value that is passed on
unchanged is recorded by the reference it already has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any, Protocol, cast

import msgspec
import orjson

from studio.contracts.blobs import BlobStore
from studio.domain.errors import OutputInvalid, RecordCorrupt, StudioError
from studio.domain.phrases import Phrase
from studio.domain.values import BlobRef, FileRef, ItemsChunk, ItemsRef, TableRef
from studio.sdk import ItemsBase

JSON = 0
PACKED = 1
BLOB = 2
PARTS = 3

Encoded = tuple[int, Any]
"""A form (one of the four above) and its payload: bytes, bytes, [BlobRef, form], {field: Encoded}."""

_JSON_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
_EXT = {FileRef: 1, TableRef: 2, ItemsRef: 3}
_EXT_TYPES: dict[int, type[Any]] = {code: cls for cls, code in _EXT.items()}
_MAX_DEPTH = 200
_WALK_LIMIT = 64 * 1024
_FIELDS = 64
"""Objects with more fields are kept in one piece."""
_HELD = 10_000
"""How many blobs an execution remembers to have referred to; to say it twice is harmless."""


class ItemsSource(Protocol):
    """A chunked list that knows its reference."""

    ref: ItemsRef


class _Reference(Exception):
    """Raised inside the JSON encoder where a value turns out to hold a reference."""


def _default(value: Any) -> Any:
    if isinstance(value, FileRef | TableRef | ItemsRef | ItemsBase):
        raise _Reference
    raise TypeError(type(value).__name__)


def _ext_hook(code: int, data: memoryview) -> Any:
    cls = _EXT_TYPES.get(code)
    if cls is None:
        raise RecordCorrupt(
            "journal.unknown_reference", "The journal holds a reference of unknown kind {kind}.", kind=code
        )
    return msgspec.msgpack.decode(data, type=cls)


def _enc_hook(value: Any) -> Any:
    if isinstance(value, ItemsBase):
        value = cast("ItemsSource", value).ref
    code = _EXT.get(value.__class__)
    if code is None:
        raise TypeError(value.__class__.__name__)
    return msgspec.msgpack.Ext(code, msgspec.msgpack.encode(value))


_REF_DECODER = msgspec.msgpack.Decoder(ext_hook=_ext_hook)


def _lift(value: Any) -> Any:
    """Copy a value with its references wrapped for the extension types; msgspec would write structs as arrays."""
    kind = value.__class__
    if kind is dict:
        return {key: _lift(inner) for key, inner in value.items()}
    if kind is list or kind is tuple:
        return [_lift(inner) for inner in value]
    if kind in _EXT or isinstance(value, ItemsBase):
        return _enc_hook(value)
    return value


def refuse(path: str, found: Any, why: str) -> OutputInvalid:
    """The error for a value that cannot be kept."""
    return OutputInvalid(
        "node.output_not_plain",
        "The output at {path} is {found}, which is {why}. Give text, whole numbers of 64 bits, finite numbers, true or "
        "false, null, lists and objects with text keys.",
        path=path or Phrase("value.root", "its root"),
        found=type(found).__name__,
        why=why,
    )


def check_plain(value: Any, path: str = "", depth: int = 0) -> None:
    """Raise OutputInvalid at the first thing that is not plain data or a reference."""
    kind = value.__class__
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        if not -(2**63) <= value < 2**64:
            raise refuse(path, value, Phrase("value.beyond_64_bits", "beyond 64 bits"))
    elif kind is float:
        if not isfinite(value):
            raise refuse(path, value, Phrase("value.not_finite", "not a finite number"))
    elif kind is dict:
        if depth > _MAX_DEPTH:
            raise refuse(path[:100], value, Phrase("value.too_deep", "nested too deeply"))
        for key, inner in value.items():
            if type(key) is not str:
                raise refuse(f"{path}[{key!r}]", key, Phrase("value.no_text_key", "no text key"))
            check_plain(inner, f"{path}.{key}" if path else key, depth + 1)
    elif kind is list or kind is tuple:
        if depth > _MAX_DEPTH:
            raise refuse(path[:100], value, Phrase("value.too_deep", "nested too deeply"))
        for index, inner in enumerate(cast("list[Any]", value)):
            check_plain(inner, f"{path}[{index}]", depth + 1)
    elif kind not in _EXT and not isinstance(value, ItemsBase):
        raise refuse(path, value, Phrase("value.not_plain", "not plain data"))


def _has_infinite(value: Any) -> bool:
    """Whether there is a float that JSON would have written as null. Iterative, for large values."""
    stack: list[Any] = [value]
    while stack:
        top = stack.pop()
        kind = top.__class__
        if kind is float:
            if not isfinite(top):
                return True
        elif kind is dict:
            stack.extend(top.values())
        elif kind is list or kind is tuple:
            stack.extend(top)
    return False


def encode_small(value: Any, *, walk: bool = False) -> Encoded:
    """Encode without regard to size. ``walk`` checks everything inside (for outputs with untyped fields).

    Raises:
        OutputInvalid: It is not plain.
    """
    try:
        data = orjson.dumps(value, default=_default, option=_JSON_OPTIONS)
    except TypeError as error:
        if not isinstance(error.__cause__, _Reference):
            check_plain(value)
            raise OutputInvalid(
                "node.output_not_json", "The output cannot be kept as JSON: {reason}.", reason=str(error)
            ) from error
        check_plain(value)
        return PACKED, msgspec.msgpack.encode(_lift(value))
    except RecursionError as error:
        raise refuse("", value, Phrase("value.too_deep", "nested too deeply")) from error
    # Searched from the end, which takes a tenth to a half of the time that ``in`` takes for megabytes.
    if (data.rfind(b"null") >= 0 and _has_infinite(value)) or (walk and len(data) < _WALK_LIMIT):
        check_plain(value)
    return JSON, data


def decode_small(encoded: Encoded) -> Any:
    """Inverse of ``encode_small``."""
    form, payload = encoded
    if form == JSON:
        return orjson.loads(payload)
    return _REF_DECODER.decode(payload)


class Values:
    """Encodes and decodes the values of one execution, spilling what is large into blobs.

    Blobs that what it encodes refers to, made here or elsewhere, are collected in ``fresh`` until a segment that refers
    to them takes them: so they are kept as long as this execution, whatever becomes of the one that made them.
    """

    def __init__(self, blobs: BlobStore, workspace: str, inline_bytes: int) -> None:
        self._blobs = blobs
        self._workspace = workspace
        self._inline = inline_bytes
        self._known: dict[int, tuple[Any, Encoded, frozenset[str]]] = {}
        self._held: set[str] = set()
        self.fresh: list[str] = []

    def knows(self, output: dict[str, Any]) -> bool:
        """Whether a field of ``output`` is a large value that is kept in a blob already."""
        known = self._known
        if not known:
            return False
        return any(
            id(value) in known or (type(value) is dict and self._inner_known(value)) for value in output.values()
        )

    def _inner_known(self, value: dict[str, Any]) -> bool:
        return any(id(inner) in self._known for inner in value.values())

    async def encode(self, value: Any, *, walk: bool = False, depth: int = 2) -> Encoded:
        """Encode, putting what is large into blobs, field by field to ``depth`` levels."""
        hit = self._known.get(id(value))
        if hit is not None and hit[0] is value:
            self.hold(hit[2])
            return hit[1]
        if depth and value.__class__ is dict and 0 < len(value) <= _FIELDS:
            return await self._encode_fields(value, walk, depth)
        small = encode_small(value, walk=walk)
        inner = frozenset(reference_ids(value)) if small[0] == PACKED else frozenset[str]()
        self.hold(inner)
        return await self._spill(value, small, inner) if len(small[1]) > self._inline else small

    async def _encode_fields(self, value: dict[str, Any], walk: bool, depth: int) -> Encoded:
        """Encode each field once; where all are small and plain, put their texts together instead of keeping parts."""
        if any(key.__class__ is not str for key in value):
            check_plain(value)
        parts = {key: await self.encode(inner, walk=walk, depth=depth - 1) for key, inner in value.items()}
        if all(form == JSON for form, _payload in parts.values()):
            text = b",".join(orjson.dumps(key) + b":" + payload for key, (_form, payload) in parts.items())
            if len(text) <= self._inline:
                return JSON, b"{" + text + b"}"
        return PARTS, parts

    async def _spill(self, value: Any, small: Encoded, inner: frozenset[str]) -> Encoded:
        ref = await self._blobs.put(self._workspace, small[1])
        self.hold((ref.id,))
        encoded: Encoded = (BLOB, [ref, small[0]])
        self._know(value, encoded, inner | {ref.id})
        return encoded

    def _know(self, value: Any, encoded: Encoded, ids: frozenset[str]) -> None:
        """Remember how a large value is kept, so that passing it on costs nothing."""
        if isinstance(value, dict | list | str):
            self._known[id(cast("Any", value))] = (value, encoded, ids)

    def hold(self, ids: Iterable[str]) -> None:
        """Have these blobs kept as long as this execution."""
        fresh = [id for id in ids if id not in self._held]
        if len(self._held) > _HELD:
            self._held.clear()
        self._held.update(fresh)
        self.fresh.extend(fresh)

    async def hold_encoded(self, encoded: Encoded) -> None:
        """``hold`` for everything that an encoded value of another execution refers to."""
        form, payload = encoded
        if form == PARTS:
            for inner in payload.values():
                await self.hold_encoded(tuple(inner))
        elif form == BLOB and payload[1] == PACKED:
            await self.encode(await self.decode(encoded))
        else:
            self.hold(blob_ids(encoded))

    async def decode(self, encoded: Encoded) -> Any:
        """Inverse of ``encode``; large values become known, so that passing them on costs nothing."""
        form, payload = encoded
        if form == PARTS:
            return {key: await self.decode(tuple(inner)) for key, inner in payload.items()}
        if form == BLOB:
            ref, inner_form = msgspec.convert(payload[0], BlobRef), payload[1]
            value = decode_small((inner_form, await self._blobs.get(self._workspace, ref)))
            value = self._open(value) if inner_form == PACKED else value
            inner = frozenset(reference_ids(value)) if inner_form == PACKED else frozenset[str]()
            self._know(value, (BLOB, [ref, inner_form]), inner | {ref.id})
            return value
        return self._open(decode_small(encoded)) if form == PACKED else decode_small(encoded)

    def decode_now(self, encoded: Encoded) -> Any:
        """Decode a value that holds no blobs of its own."""
        value = decode_small(encoded)
        return self._open(value) if encoded[0] == PACKED else value

    def _open(self, value: Any) -> Any:
        kind = value.__class__
        if kind is ItemsRef:
            return ItemsHandle(value, self._blobs, self._workspace)
        if kind is dict:
            return {key: self._open(inner) for key, inner in value.items()}
        if kind is list:
            return [self._open(inner) for inner in value]
        return value

    def items(self, ref: ItemsRef) -> ItemsHandle:
        """A chunked list as a sequence."""
        return ItemsHandle(ref, self._blobs, self._workspace)

    async def put_chunk(self, items: list[Any]) -> ItemsChunk:
        """Keep a run of items as one chunk."""
        form, data = encode_small(items)
        ref = await self._blobs.put(self._workspace, bytes((form,)) + data)
        self.hold((ref.id, *(reference_ids(items) if form == PACKED else ())))
        return ItemsChunk(ref, len(items))


def blob_ids(encoded: Encoded) -> Iterator[str]:
    """Ids of the blobs that an encoded value refers to directly or through references inside, if those are inline."""
    form, payload = encoded
    if form == BLOB:
        yield msgspec.convert(payload[0], BlobRef).id
    elif form == PARTS:
        for inner in payload.values():
            yield from blob_ids(tuple(inner))
    elif form == PACKED:
        yield from reference_ids(decode_small(encoded))


def reference_ids(value: Any) -> Iterator[str]:
    """Ids of the blobs behind the files, tables and long lists in a value."""
    kind = value.__class__
    if kind is FileRef or kind is TableRef:
        yield value.blob.id
    elif kind is ItemsRef or isinstance(value, ItemsBase):
        ref: ItemsRef = cast("Any", value) if kind is ItemsRef else cast("ItemsSource", value).ref
        for chunk in ref.chunks:
            yield chunk.blob.id
    elif kind is dict:
        for inner in value.values():
            yield from reference_ids(inner)
    elif kind is list or kind is tuple:
        for inner in value:
            yield from reference_ids(inner)


class MissingChunk(StudioError):
    """Something that cannot await met a chunk that is not here. Fetch it, then do the whole thing again."""

    def __init__(self, items: ItemsHandle, number: int) -> None:
        super().__init__("items.not_here", "A part of a long list is not at hand here.")
        self.items = items
        self.number = number


class ItemsHandle(ItemsBase):
    """A chunked list: length without reading, index, slice and iteration chunk by chunk.

    One chunk is held in memory at a time. Where the blob store cannot be read without awaiting, reading raises
    ``MissingChunk`` until the chunk has been fetched; what was fetched is kept until ``release``.
    """

    __slots__ = ("_blobs", "_chunk", "_chunk_at", "_fetched", "_workspace", "ref")

    def __init__(self, ref: ItemsRef, blobs: BlobStore, workspace: str) -> None:
        self.ref = ref
        self._blobs = blobs
        self._workspace = workspace
        self._chunk: list[Any] = []
        self._chunk_at = -1
        self._fetched: dict[int, list[Any]] = {}

    def __len__(self) -> int:
        return self.ref.count

    def _decode(self, data: bytes) -> list[Any]:
        return decode_small((data[0], data[1:]))

    def _load(self, number: int) -> list[Any]:
        if number != self._chunk_at:
            if number in self._fetched:
                return self._fetched[number]
            data = self._blobs.get_now(self._workspace, self.ref.chunks[number].blob)
            if data is None:
                raise MissingChunk(self, number)
            self._chunk, self._chunk_at = self._decode(data), number
        return self._chunk

    async def fetch(self, number: int) -> None:
        """Have a chunk at hand, and as many of the next ones as were fetched before: few rounds for a whole list."""
        for one in range(number, min(number + max(1, len(self._fetched)), len(self.ref.chunks))):
            if one not in self._fetched:
                self._fetched[one] = await self.load(one)

    async def fetch_all(self) -> None:
        """Have everything at hand where reading would have to await."""
        if self.ref.chunks and self._blobs.get_now(self._workspace, self.ref.chunks[0].blob) is None:
            for number in range(len(self.ref.chunks)):
                await self.fetch(number)

    def release(self) -> None:
        """Drop what was fetched."""
        self._fetched.clear()

    async def load(self, number: int) -> list[Any]:
        """The items of one chunk."""
        return self._decode(await self._blobs.get(self._workspace, self.ref.chunks[number].blob))

    async def everything(self) -> list[Any]:
        """All items as one plain list."""
        out: list[Any] = []
        for number in range(len(self.ref.chunks)):
            out.extend(await self.load(number))
        return out

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(index)
        for number, chunk in enumerate(self.ref.chunks):
            if position < chunk.count:
                return self._load(number)[position]
            position -= chunk.count
        raise IndexError(index)

    def __iter__(self) -> Iterator[Any]:
        for number in range(len(self.ref.chunks)):
            yield from list(self._load(number))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ItemsHandle) and other.ref == self.ref

    def __hash__(self) -> int:
        return hash(self.ref)
