"""Values on their way to a process apart and back: plain data, and references as MessagePack extensions.

Files and tables go as what they are, since they are only names of what the host keeps; the host takes back those alone
that it has given. Long lists and per-item expressions go as numbers, by which the host is asked for what they hold.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any, cast

import msgspec
from msgspec.msgpack import Ext

from studio.domain.errors import OutputInvalid
from studio.domain.phrases import Phrase
from studio.domain.values import FileRef, TableRef

FILE, TABLE, ITEMS, PER_ITEM = 1, 2, 3, 4
_DEEPEST = 200
_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.decode

Keep = Callable[[Any], Ext | None]
"""Gives what stands for an object that is no plain value; None where it is none that may travel."""
Find = Callable[[int, list[Any]], Any]
"""Gives the object again, by the kind of extension and what it says."""


def reference(value: Any) -> Ext | None:
    """A file or a table on the wire."""
    if isinstance(value, FileRef):
        return Ext(FILE, _encode(value))
    return Ext(TABLE, _encode(value)) if isinstance(value, TableRef) else None


def packed(value: Any, keep: Keep = reference, path: str = "", depth: int = 0) -> Any:
    """A value as the wire takes it.

    Raises:
        OutputInvalid: It is not plain.
    """
    if value is None or isinstance(value, str | bool | bytes):
        return value
    if isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            raise not_plain(path, value, Phrase("value.beyond_64_bits", "beyond 64 bits"))
        return int(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise not_plain(path, value, Phrase("value.not_finite", "not a finite number"))
        return float(value)
    if depth > _DEEPEST:
        raise not_plain(path, value, Phrase("value.too_deep", "nested too deeply"))
    if isinstance(value, list | tuple):
        listed = cast("list[Any]", value)
        return [packed(one, keep, f"{path}[{at}]", depth + 1) for at, one in enumerate(listed)]
    if isinstance(value, dict):
        out: dict[str, Any] = {}
        for key, one in cast("dict[Any, Any]", value).items():
            if not isinstance(key, str):
                raise not_plain(f"{path}[{key!r}]", key, Phrase("value.no_text_key", "no text key"))
            out[key] = packed(one, keep, f"{path}.{key}" if path else key, depth + 1)
        return out
    found = keep(value)
    if found is None:
        raise not_plain(path, value, Phrase("value.not_plain", "not plain data"))
    return found


def unpacked(value: Any, find: Find) -> Any:
    """The value again."""
    if isinstance(value, Ext):
        if value.code == FILE:
            return find(FILE, [_decode(value.data, type=FileRef)])
        if value.code == TABLE:
            return find(TABLE, [_decode(value.data, type=TableRef)])
        return find(value.code, _decode(value.data))
    if isinstance(value, list):
        return [unpacked(one, find) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: unpacked(one, find) for key, one in cast("dict[Any, Any]", value).items()}
    return value


def numbered(code: int, *facts: Any) -> Ext:
    """Something that the host keeps, by number."""
    return Ext(code, _encode(list(facts)))


def not_plain(path: str, found: Any, why: str) -> OutputInvalid:
    """The error for a value that cannot travel."""
    return OutputInvalid(
        "node.output_not_plain",
        "The output at {path} is {found}, which is {why}. Give text, whole numbers of 64 bits, finite numbers, true or "
        "false, null, lists and objects with text keys.",
        path=path or Phrase("value.root", "its root"),
        found=type(found).__name__,
        why=why,
    )  # fmt: skip
