"""A layered layout of an acyclic graph, from left to right.

After Sugiyama, Tagawa and Toda (1981): every node goes to the layer after its last predecessor, edges over several
layers get a bend in each, layers are ordered by the barycentre of their neighbours to spare crossings, and then moved
towards their neighbours as far as the distance between two nodes allows.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

GAP_X = 56.0
GAP_Y = 24.0
_BEND_HEIGHT = 8.0
_SWEEPS = 6
_MAX_BENDS = 20_000

Point = tuple[float, float]


@dataclass(slots=True)
class Item:
    """A node to place: its size goes in, the place of its left upper corner comes out.

    ``ahead`` is the room it wants between its column and the one before.
    """

    id: str
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0
    layer: int = 0
    bend: bool = False
    ahead: float = GAP_X


@dataclass(slots=True)
class Placement:
    """Where everything stands. ``routes`` holds the bends of an edge between its two ends."""

    items: dict[str, Item]
    routes: dict[tuple[str, str], list[Point]] = field(default_factory=dict[tuple[str, str], list[Point]])
    width: float = 0.0
    height: float = 0.0


def layout(items: Sequence[Item], edges: Iterable[tuple[str, str]]) -> Placement:
    """Place ``items`` so that every edge leads to the right. Edges that close a cycle are left out of account."""
    placed = Placement({item.id: item for item in items})
    wanted = [(a, b) for a, b in dict.fromkeys(edges) if a in placed.items and b in placed.items and a != b]
    forward = _assign_layers(placed.items, wanted)
    steps, chains = _with_bends(placed.items, forward)
    layers = _order_layers(placed.items, steps)
    _place(layers, steps)
    for edge, bends in chains.items():
        placed.routes[edge] = [(bend.x + bend.width / 2, bend.y + bend.height / 2) for bend in bends]
    for bends in chains.values():
        for bend in bends:
            placed.items.pop(bend.id, None)
    placed.width = max((item.x + item.width for item in placed.items.values()), default=0.0)
    placed.height = max((item.y + item.height for item in placed.items.values()), default=0.0)
    return placed


def _assign_layers(items: dict[str, Item], edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Set each item's layer by its longest way from a source; returns the edges that lead forward."""
    after: dict[str, list[str]] = defaultdict(list)
    waiting = dict.fromkeys(items, 0)
    for source, target in edges:
        after[source].append(target)
        waiting[target] += 1
    ready = deque(id for id, count in waiting.items() if count == 0)
    while ready:
        source = ready.popleft()
        for target in after[source]:
            items[target].layer = max(items[target].layer, items[source].layer + 1)
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    return [(a, b) for a, b in edges if items[a].layer < items[b].layer]


def _with_bends(
    items: dict[str, Item], edges: list[tuple[str, str]]
) -> tuple[list[tuple[str, str]], dict[tuple[str, str], list[Item]]]:
    """Split edges over several layers into steps of one; returns the steps and the bends of every split edge."""
    needed = sum(items[b].layer - items[a].layer - 1 for a, b in edges)
    if needed > _MAX_BENDS:
        return edges, {}
    steps: list[tuple[str, str]] = []
    chains: dict[tuple[str, str], list[Item]] = {}
    for source, target in edges:
        last = source
        for layer in range(items[source].layer + 1, items[target].layer):
            bend = Item(f"{source}>{target}@{layer}", 0.0, _BEND_HEIGHT, layer=layer, bend=True)
            items[bend.id] = bend
            chains.setdefault((source, target), []).append(bend)
            steps.append((last, bend.id))
            last = bend.id
        steps.append((last, target))
    return steps, chains


def _order_layers(items: dict[str, Item], steps: list[tuple[str, str]]) -> list[list[Item]]:
    layers: list[list[Item]] = [[] for _ in range(1 + max((item.layer for item in items.values()), default=-1))]
    for item in items.values():
        layers[item.layer].append(item)
    before, after = _neighbours(steps)
    rank = {item.id: float(place) for layer in layers for place, item in enumerate(layer)}
    for sweep in range(_SWEEPS):
        neighbours = before if sweep % 2 == 0 else after
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            keys = {item.id: _mean([rank[id] for id in neighbours[item.id]], rank[item.id]) for item in layer}
            layer.sort(key=lambda item: keys[item.id])
            for place, item in enumerate(layer):
                rank[item.id] = float(place)
    return layers


def _place(layers: list[list[Item]], steps: list[tuple[str, str]]) -> None:
    x = 0.0
    for layer in layers:
        width = max(item.width for item in layer)
        x += max(item.ahead for item in layer) - GAP_X if x else 0.0
        y = 0.0
        for item in layer:
            item.x, item.y = x + (width - item.width) / 2, y
            y += item.height + GAP_Y
        x += width + GAP_X
    by_id = {item.id: item for layer in layers for item in layer}
    before, after = _neighbours(steps)
    for sweep in range(_SWEEPS):
        neighbours = before if sweep % 2 == 0 else after
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            _pull(layer, {item.id: [by_id[id] for id in neighbours[item.id]] for item in layer})
    top = min((item.y for item in by_id.values()), default=0.0)
    for item in by_id.values():
        item.y -= top


def _pull(layer: list[Item], neighbours: dict[str, list[Item]]) -> None:
    """Move each item towards the middle of its neighbours, keeping order and distances."""
    wished = [
        _mean([other.y + other.height / 2 for other in neighbours[item.id]], item.y + item.height / 2) for item in layer
    ]
    floor = float("-inf")
    for item, wish in zip(layer, wished, strict=True):
        item.y = max(wish - item.height / 2, floor)
        floor = item.y + item.height + GAP_Y
    # Pushing apart only downwards would drift; shift the whole layer back by what it drifted on average.
    drift = _mean([item.y + item.height / 2 - wish for item, wish in zip(layer, wished, strict=True)], 0.0)
    for item in layer:
        item.y -= drift


def _neighbours(steps: list[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in steps:
        before[target].append(source)
        after[source].append(target)
    return before, after


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
