"""A draft in pieces: of a large document an edit writes only the piece that it changed.

Nodes, edges and positions are cut into runs of some dozens. Where a run ends depends only on the id (or the edge) that
ends it, so that an edit, an insertion or a removal changes one run and leaves all others as they were.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from studio.domain.ids import new_id
from studio.services.workflows.model import PartRef

WHOLE = 32 * 1024
"""Documents up to so many bytes stay in one piece."""
_FEW = 200
"""So many nodes hardly fit into one piece."""
_RUN = 64
_LONGEST = 8 * _RUN
_NODES, _EDGES, _CANVAS, _POSITIONS = "nodes", "edges", "canvas", "positions"


class Split(NamedTuple):
    """A document in pieces: the rest, all parts in order, and the content of those that are new."""

    rest: bytes
    parts: list[PartRef]
    fresh: dict[str, bytes]


def split(document: Mapping[str, Any], before: Sequence[PartRef] = ()) -> Split:
    """Cut a document. What ``before`` has already keeps its part."""
    if len(document.get(_NODES) or ()) < _FEW and len(whole := msgspec.json.encode(document)) <= WHOLE:
        return Split(whole, [], {})
    rest = dict(document)
    sections: list[tuple[str, Iterator[bytes]]] = []
    for section in (_NODES, _EDGES):
        if rest.get(section):
            sections.append((section, _runs(rest[section])))
            rest[section] = type(rest[section])()
    canvas = cast("dict[str, Any]", rest.get(_CANVAS) or {})
    if canvas.get(_POSITIONS):
        sections.append((_POSITIONS, _runs(canvas[_POSITIONS])))
        rest[_CANVAS] = {**canvas, _POSITIONS: {}}
    known: dict[tuple[str, bytes], list[PartRef]] = {}
    for part in before:
        known.setdefault((part.section, part.digest), []).append(part)
    found = Split(msgspec.json.encode(rest), [], {})
    for section, runs in sections:
        for data in runs:
            digest = hashlib.blake2b(data, digest_size=16).digest()
            same = known.get((section, digest))
            if same:
                found.parts.append(same.pop())
                continue
            part = PartRef(new_id(), section, digest)
            found.parts.append(part)
            found.fresh[part.id] = data
    return found


def join(rest: bytes, parts: Iterable[tuple[str, bytes]]) -> dict[str, Any]:
    """Inverse of ``split``: parts as (section, content) in their order."""
    document: dict[str, Any] = msgspec.json.decode(rest)
    for section, data in parts:
        content = msgspec.json.decode(data)
        if section == _EDGES:
            document[_EDGES] += content
        elif section == _NODES:
            document[_NODES].update(content)
        else:
            document[_CANVAS][_POSITIONS].update(content)
    return document


def _runs(section: Any) -> Iterator[bytes]:
    """The members of a section in encoded runs."""
    if isinstance(section, dict):
        members = cast("dict[str, Any]", section)
        for run in _cut(members.items(), lambda one: one[0].encode()):
            yield msgspec.json.encode(dict(run))
    else:
        for run in _cut(cast("list[Any]", section), _edge):
            yield msgspec.json.encode(run)


def _edge(edge: Any) -> bytes:
    return edge.encode() if isinstance(edge, str) else msgspec.json.encode(edge)


def _cut(members: Iterable[Any], named: Callable[[Any], bytes]) -> Iterator[list[Any]]:
    run: list[Any] = []
    for one in members:
        run.append(one)
        if zlib.crc32(named(one)) % _RUN == 0 or len(run) >= _LONGEST:
            yield run
            run = []
    if run:
        yield run
