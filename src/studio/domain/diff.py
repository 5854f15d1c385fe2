"""What changed between two versions of a workflow, as data and as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, cast

import msgspec

from studio.domain.canonical import plain_workflow
from studio.domain.workflow import Workflow

Tree: TypeAlias = dict[str, Any]
What = Literal["node", "edge", "value"]
Kind = Literal["added", "removed", "changed", "renamed"]

_BODIES = ("body", "catch", "finally")
_MISSING: Any = object()


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change.

    ``node`` is the path of the node concerned (``places.body.place``), in the new version except where it was removed,
    None for the workflow itself. ``path`` names the value within it: ``params.text``, ``settings.timeout``, ``output``.
    ``old`` and ``new`` are values, written edges, or the two ids of a renamed node.
    """

    kind: Kind
    what: What
    node: str | None = None
    path: str | None = None
    old: Any = None
    new: Any = None

    def __str__(self) -> str:
        place = ".".join(part for part in (self.node, self.path) if part)
        if self.what == "edge":
            inside = f" in {self.node}" if self.node else ""
            return f"{_SIGN[self.kind]} edge {self.new if self.kind == 'added' else self.old}{inside}"
        if self.kind == "renamed":
            return f"~ node {self.old} is now {place}"
        if self.what == "node":
            shown = cast("Tree", self.new if self.kind == "added" else self.old)
            return f"{_SIGN[self.kind]} node {place} ({shown.get('type')})"
        if self.kind == "added":
            return f"+ {place}: {_shown(self.new)}"
        if self.kind == "removed":
            return f"- {place}: {_shown(self.old)}"
        return f"~ {place}: {_shown(self.old)} -> {_shown(self.new)}"


_SIGN = {"added": "+", "removed": "-", "changed": "~", "renamed": "~"}


def diff(old: Workflow, new: Workflow) -> list[Change]:
    """Every change from one ``Workflow`` to another, except in the canvas.

    A node counts as renamed where exactly one node of its level disappeared and one appeared with the same content;
    references to it that changed with it are then no changes of their own.
    """
    before, after = plain_workflow(old), plain_workflow(new)
    changes = list(_values(_head(before), _head(after), None, "", {}))
    return changes + list(_level(before, after, "", {}))


def render(changes: Sequence[Change]) -> str:
    """The changes as lines: ``+`` added, ``-`` removed, ``~`` changed."""
    return "\n".join(str(change) for change in changes)


def _head(tree: Tree) -> Tree:
    return {key: value for key, value in tree.items() if key not in ("nodes", "edges", "output", "next", "canvas")}


def _level(old: Tree, new: Tree, prefix: str, names: Mapping[str, str]) -> Iterator[Change]:
    """Changes of one graph; ``names`` maps renamed ids of the levels around."""
    befores, afters = old.get("nodes", {}), new.get("nodes", {})
    renamed = _renames(befores, afters, names)
    names = {**names, **renamed}
    yield from _nodes(befores, afters, prefix, names, renamed)
    owner = prefix.rstrip(".") or None
    yield from _edges(old.get("edges", []), new.get("edges", []), owner, renamed)
    gives = ("output", "next")
    yield from _values(
        {key: old[key] for key in gives if key in old}, {key: new[key] for key in gives if key in new}, owner, "", names
    )


def _nodes(
    old: Mapping[str, Tree], new: Mapping[str, Tree], prefix: str, names: Mapping[str, str], renamed: Mapping[str, str]
) -> Iterator[Change]:
    for id, node in old.items():
        if id not in new and id not in renamed:
            yield Change(kind="removed", what="node", node=prefix + id, old=node)
    origin = {after: before for before, after in renamed.items()}
    for id, node in new.items():
        before = old.get(id)
        if before is None and id in origin:
            before = old[origin[id]]
            yield Change(kind="renamed", what="node", node=prefix + id, old=origin[id], new=id)
        if before is None:
            yield Change(kind="added", what="node", node=prefix + id, new=node)
        else:
            yield from _node(before, node, prefix + id, names)


def _node(old: Tree, new: Tree, path: str, names: Mapping[str, str]) -> Iterator[Change]:
    inner = (*_BODIES, "slots")
    yield from _values(
        {key: value for key, value in old.items() if key not in inner},
        {key: value for key, value in new.items() if key not in inner},
        path, "", names,
    )  # fmt: skip
    for body in _BODIES:
        if body in old and body in new:
            yield from _level(old[body], new[body], f"{path}.{body}.", names)
        elif body in old:
            yield Change(kind="removed", what="value", node=path, path=body, old=old[body])
        elif body in new:
            yield Change(kind="added", what="value", node=path, path=body, new=new[body])
    befores, afters = old.get("slots", {}), new.get("slots", {})
    for slot in dict.fromkeys((*befores, *afters)):
        sitting = [{node["id"]: node for node in _listed(slots.get(slot))} for slots in (befores, afters)]
        yield from _nodes(sitting[0], sitting[1], f"{path}.slots.{slot}.", names, {})


def _listed(value: Any) -> list[Tree]:
    if value is None:
        return []
    return cast("list[Tree]", value) if isinstance(value, list) else [value]


def _edges(old: list[Any], new: list[Any], owner: str | None, renamed: Mapping[str, str]) -> Iterator[Change]:
    before = Counter(_edge_renamed(edge, renamed) for edge in old)
    after = Counter(_edge_renamed(edge, {}) for edge in new)
    for edge in (before - after).elements():
        yield Change(kind="removed", what="edge", node=owner, old=edge)
    for edge in (after - before).elements():
        yield Change(kind="added", what="edge", node=owner, new=edge)


def _edge_renamed(edge: Any, renamed: Mapping[str, str]) -> str:
    if not isinstance(edge, str):
        parts = {**edge, "source": renamed.get(edge["source"], edge["source"])}
        return str({**parts, "target": renamed.get(edge["target"], edge["target"])})
    ends = edge.split(" -> ")
    for index, end in enumerate(ends):
        node, dot, rest = end.partition(".")
        ends[index] = renamed.get(node, node) + dot + rest
    return " -> ".join(ends)


def _values(old: Any, new: Any, node: str | None, path: str, names: Mapping[str, str]) -> Iterator[Change]:
    """Changes between two JSON trees: into mappings, and into lists of the same length."""
    if isinstance(old, dict) and isinstance(new, dict):
        befores, afters = cast("Tree", old), cast("Tree", new)
        for key in dict.fromkeys((*befores, *afters)):
            inner = f"{path}.{key}" if path else key
            yield from _values(befores.get(key, _MISSING), afters.get(key, _MISSING), node, inner, names)
    elif isinstance(old, list) and isinstance(new, list) and len(cast("list[Any]", old)) == len(cast("list[Any]", new)):
        for index, (before, after) in enumerate(zip(cast("list[Any]", old), cast("list[Any]", new), strict=True)):
            yield from _values(before, after, node, f"{path}[{index}]", names)
    elif old is _MISSING:
        yield Change(kind="added", what="value", node=node, path=path, new=new)
    elif new is _MISSING:
        yield Change(kind="removed", what="value", node=node, path=path, old=old)
    elif _key(old, names) != _key(new, {}):
        yield Change(kind="changed", what="value", node=node, path=path, old=old, new=new)


def _key(value: Any, names: Mapping[str, str]) -> bytes:
    """A value with renamed references, in a form that tells 1 from 1.0 and from true."""
    return msgspec.json.encode(_with_names(value, names))


_WORD = re.compile(r"(?<![\w.])[a-z][a-z0-9_]*")


def _with_names(value: Any, names: Mapping[str, str]) -> Any:
    if not names:
        return value
    if isinstance(value, str):
        return _WORD.sub(lambda word: names.get(word[0], word[0]), value) if "{{" in value else value
    if isinstance(value, dict):
        return {key: _with_names(inner, names) for key, inner in cast("Tree", value).items()}
    if isinstance(value, list):
        return [_with_names(inner, names) for inner in cast("list[Any]", value)]
    return value


def _renames(old: Mapping[str, Tree], new: Mapping[str, Tree], names: Mapping[str, str]) -> dict[str, str]:
    """Ids that disappeared, to the ids under which the same content appeared.

    Repeated, because the content of a node may differ only by references to another one that was renamed too.
    """
    gone: dict[str, Tree] = {id: node for id, node in old.items() if id not in new}
    come: dict[str, Tree] = {id: node for id, node in new.items() if id not in old}
    found: dict[str, str] = {}
    while gone and come:
        befores = _by_content(gone, {**names, **found})
        afters = _by_content(come, {})
        pairs: dict[str, str] = {
            ids[0]: afters[content][0]
            for content, ids in befores.items()
            if len(ids) == 1 and len(afters.get(content, ())) == 1
        }
        if not pairs:
            break
        found.update(pairs)
        gone = {id: node for id, node in gone.items() if id not in pairs}
        come = {id: node for id, node in come.items() if id not in pairs.values()}
    return found


def _by_content(nodes: Mapping[str, Tree], names: Mapping[str, str]) -> dict[bytes, list[str]]:
    groups: dict[bytes, list[str]] = {}
    for id, node in nodes.items():
        groups.setdefault(_key(node, names), []).append(id)
    return groups


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 200 else text[:197] + "..."
