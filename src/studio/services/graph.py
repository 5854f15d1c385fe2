"""Draw a workflow: as text for a terminal, as SVG for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from studio.catalog import Catalog
from studio.domain.workflow import Graph, Workflow
from studio.services._layout import GAP_X, Item, Placement, Point, layout
from studio.services._picture import Card, Picture, Wire, shown_label, to_svg
from studio.validation.analysis import analyse, bodies

_CARD_HEIGHT = 48.0
_MIN_WIDTH = 120.0
_LETTER = 7.4
_ROOM_HEAD = 48.0
_ROOM_PAD = 14.0
_PART_HEAD = 18.0


@dataclass(slots=True)
class Link:
    """An edge of one level. ``thin`` ones are references, the others are listed in the file, by ``port``."""

    source: str
    target: str
    thin: bool
    port: str | None = None


@dataclass(slots=True)
class Level:
    """One graph of a workflow, in an order in which every node comes after what it waits for."""

    graph: Graph
    order: list[str]
    links: list[Link]
    parts: dict[str, dict[str, Level]] = field(default_factory=dict[str, "dict[str, Level]"])


def read_level(graph: Graph, catalog: Catalog) -> Level:
    """The edges of a graph, listed and implied, and the graphs inside its containers."""
    facts = analyse(graph, catalog)
    links = [Link(edge.source, edge.target, False, edge.port) for edge in graph.edges]
    listed = {(link.source, link.target) for link in links}
    for target, sources in facts.implied.items():
        links += [Link(source, target, True) for source in sorted(sources) if (source, target) not in listed]
    known = [link for link in links if link.source in graph.nodes and link.target in graph.nodes]
    parts = {id: {name: read_level(part, catalog) for name, part in bodies(node)} for id, node in graph.nodes.items()}
    return Level(graph, list(facts.order), known, {id: inner for id, inner in parts.items() if inner})


def workflow_text(workflow: Workflow, catalog: Catalog) -> str:
    """A line per node in the order of running: layer, id, type, and what it waits for (``←`` edge, ``⇠`` reference)."""
    level = read_level(workflow, catalog)
    return "\n".join([workflow.name, *_text_lines(level, "  ")]) + "\n"


def workflow_facts(workflow: Workflow, catalog: Catalog) -> dict[str, Any]:
    """The same as data: nodes in the order of running, each with what it waits for and what it holds."""
    return {"name": workflow.name, "nodes": _node_facts(read_level(workflow, catalog))}


def _node_facts(level: Level) -> list[dict[str, Any]]:
    layers = _layers(level)
    return [
        {
            "id": id,
            "type": level.graph.nodes[id].type,
            "layer": layers[id] + 1,
            "disabled": level.graph.nodes[id].disabled,
            "waits_for": [
                {"node": link.source, "port": link.port, "reference": link.thin}
                for link in level.links
                if link.target == id
            ],
            "parts": {name: _node_facts(part) for name, part in level.parts.get(id, {}).items()},
        }
        for id in sorted(level.order, key=lambda id: layers[id])
    ]


def _layers(level: Level) -> dict[str, int]:
    items = [Item(id, 1.0, 1.0) for id in level.order]
    return {item.id: item.layer for item in layout(items, _pairs(level)).items.values()}


def _text_lines(level: Level, indent: str) -> Iterator[str]:
    layers = _layers(level)
    id_width = max((len(id) for id in level.order), default=0)
    type_width = max((len(level.graph.nodes[id].type) for id in level.order), default=0)
    last = -1
    for id in sorted(level.order, key=lambda id: layers[id]):
        node = level.graph.nodes[id]
        number = str(layers[id] + 1) if layers[id] != last else ""
        last = layers[id]
        sources = [_source_text(link) for link in level.links if link.target == id]
        off = " (disabled)" if node.disabled else ""
        line = f"{indent}{number:>3} {id:<{id_width}}  {node.type + off:<{type_width}}  {', '.join(sources)}"
        yield line.rstrip()
        for name, part in level.parts.get(id, {}).items():
            yield f"{indent}    │ {name}:"
            yield from _text_lines(part, f"{indent}    │ ")


def _source_text(link: Link) -> str:
    port = f".{link.port}" if link.port else ""
    return f"{'⇠' if link.thin else '←'} {link.source}{port}"


def workflow_svg(workflow: Workflow, catalog: Catalog) -> str:
    """The workflow as an SVG document, containers with what they hold inside."""
    picture = Picture(workflow.name, 0.0, 0.0)
    placed, rooms = _place(read_level(workflow, catalog))
    picture.width, picture.height = placed.width, placed.height
    _draw(placed, rooms, (0.0, 0.0), picture)
    return to_svg(picture)


@dataclass(slots=True)
class _Rooms:
    """A level with the placements of what its containers hold: per node and part, its offset within the room."""

    level: Level
    inner: dict[str, list[tuple[str, float, Placement, _Rooms]]]


_LABEL_LETTER = 5.8


def _room_ahead(labels: list[str]) -> float:
    """Room before a card in which the labels of its wires stand apart from those that pass to others, in mid-gap."""
    return max([GAP_X, *(2 * (_LABEL_LETTER * len(label) + 14) for label in labels)])


def _place(level: Level) -> tuple[Placement, _Rooms]:
    rooms = _Rooms(level, {})
    items: list[Item] = []
    labels: dict[str, list[str]] = {}
    for link in level.links:
        labels.setdefault(link.target, []).append(shown_label(link.port or ""))
    for id in level.order:
        item = Item(id, _card_width(id, level.graph.nodes[id].type), _CARD_HEIGHT)
        if id in level.parts:
            item.height = _ROOM_HEAD
            for name, part in level.parts[id].items():
                placed, inner = _place(part)
                rooms.inner.setdefault(id, []).append((name, item.height + _PART_HEAD, placed, inner))
                item.height += _PART_HEAD + placed.height + _ROOM_PAD
                item.width = max(item.width, placed.width + 2 * _ROOM_PAD)
        item.ahead = _room_ahead(labels.get(id, []))
        items.append(item)
    return layout(items, _pairs(level)), rooms


def _draw(placed: Placement, rooms: _Rooms, origin: Point, picture: Picture) -> None:
    left, top = origin
    level = rooms.level
    for id, item in placed.items.items():
        node = level.graph.nodes[id]
        room = id in rooms.inner
        x, y = left + item.x, top + item.y
        picture.cards.append(Card(id, node.type, x, y, item.width, item.height, room, node.disabled))
        for name, offset, inner_placed, inner in rooms.inner.get(id, []):
            picture.captions.append((x + _ROOM_PAD, y + offset - 6, name))
            _draw(inner_placed, inner, (x + _ROOM_PAD, y + offset), picture)
    for link in level.links:
        source, target = placed.items[link.source], placed.items[link.target]
        start = (left + source.x + source.width, top + source.y + _middle(source))
        end = (left + target.x - 2, top + target.y + _middle(target))
        bends = [(left + x, top + y) for x, y in placed.routes.get((link.source, link.target), [])]
        picture.wires.append(Wire([start, *bends, end], link.thin, shown_label(link.port or "")))


def _middle(item: Item) -> float:
    return item.height / 2


def _card_width(id: str, type: str) -> float:
    return max(_MIN_WIDTH, 30 + _LETTER * max(len(id), len(type)))


def _pairs(level: Level) -> list[tuple[str, str]]:
    return [(link.source, link.target) for link in level.links]
