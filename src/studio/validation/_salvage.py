"""What remains of a document with wrong parts, so that the rest can be checked too.

A wrong part is taken out where the rest makes sense without it, and otherwise a stand-in that fits everything takes its
place: a node whose type is not known, an input of any kind.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from studio.domain.workflow import ANY_NAMES, FORMAT_VERSION, Workflow
from studio.validation._explain import Finding, value_at
from studio.validation._positions import NO_NODE, Key, Path

_GRAPHS = ("body", "catch", "finally")
_ANY_GRAPH = {"output": "{{ execution.any }}"}
"""A graph whose output is of no known type."""


def salvage(raw: dict[str, Any], findings: list[Finding]) -> tuple[Workflow | None, bool]:
    """The workflow that remains without the parts that are wrong, and whether stand-ins are in it.

    None where that is no workflow. Names that nodes and inputs must not have are kept: what refers to them is sound.
    """
    rest = copy.deepcopy(raw)
    replaced = False
    for finding in sorted(findings, key=lambda each: _order(each.path), reverse=True):
        if finding.at_key and not finding.dispensable:
            continue
        try:
            if finding.dispensable or _stands_alone(finding.path):
                _remove(rest, finding.path)
            elif _stand_in(rest, finding.path):
                replaced = True
            else:
                return None, False
        except (LookupError, TypeError):
            continue
    try:
        return Workflow.model_validate(rest, context=ANY_NAMES), replaced
    except ValidationError:
        return None, False


def _remove(rest: Any, path: Path) -> None:
    """Take a part out; in the place of an edge remains one that joins nothing, so that the others keep theirs."""
    edge = _edge(path)
    if edge is not None:
        value_at(rest, edge[:-1])[edge[-1]] = {"source": NO_NODE, "target": NO_NODE}
    elif path[-1] in _GRAPHS:
        value_at(rest, path[:-1])[path[-1]] = dict(_ANY_GRAPH)
    else:
        del value_at(rest, path[:-1])[path[-1]]


def _stand_in(rest: dict[str, Any], path: Path) -> bool:
    """Put something sound in the place of what the rest needs; whether that can be done."""
    if not path:
        return False
    last = path[-1]
    if path == ("studio",):
        written = rest.get("studio")
        if isinstance(written, int) and not isinstance(written, bool):
            return False  # a format of another time, of which nothing else is known
        rest["studio"] = FORMAT_VERSION
    elif path == ("name",):
        rest["name"] = "-"
    elif last == "type" and len(path) > 2:
        value_at(rest, path[:-1])["type"] = NO_NODE
    elif last == "id" and "slots" in path:
        # Each its own: ids are unique in a file.
        value_at(rest, path[:-1])["id"] = NO_NODE + "/".join(map(str, path))
    elif len(path) >= 2 and path[-2] == "nodes":
        value_at(rest, path[:-1])[last] = {"type": NO_NODE}
    elif len(path) == 2 and path[0] == "inputs":
        rest["inputs"][path[1]] = {}
    else:
        return False
    return True


def _stands_alone(path: Path) -> bool:
    """Whether the rest can be checked without this: an edge or in one, a setting, what is drawn or described."""
    if len(path) == 1:
        return path[0] in ("settings", "canvas", "description", "edges")
    return (len(path) == 2 and path[0] in ("settings", "canvas")) or _edge(path) is not None


def _edge(path: Path) -> Path | None:
    """The path of the edge that a path leads to or into."""
    places = (at + 1 for at in range(len(path) - 1) if path[at] == "edges" and isinstance(path[at + 1], int))
    at = next(places, None)
    return path[: at + 1] if at is not None else None


def _order(path: Iterable[Key]) -> tuple[tuple[int, str], ...]:
    return tuple((key, "") if isinstance(key, int) else (0, key) for key in path)
