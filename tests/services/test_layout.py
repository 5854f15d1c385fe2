"""The layout of graphs: nothing overlaps, edges lead to the right, sizes stay bounded."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from studio.catalog import Catalog
from studio.domain.workflow import Workflow
from studio.services._layout import GAP_X, Item, layout
from studio.services.graph import workflow_svg


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Item], list[tuple[str, str]]]:
    """Acyclic graphs with boxes of different sizes."""
    count = draw(st.integers(0, 25))
    items = [Item(str(n), draw(st.floats(10, 300)), draw(st.floats(10, 400))) for n in range(count)]
    pairs = st.tuples(st.integers(0, max(0, count - 1)), st.integers(0, max(0, count - 1)))
    edges = [(str(a), str(b)) for a, b in draw(st.lists(pairs, max_size=60)) if a < b < count]
    return items, edges


@given(graphs())
def test_boxes_do_not_overlap_and_edges_lead_right(graph: tuple[list[Item], list[tuple[str, str]]]) -> None:
    items, edges = graph
    placed = layout(items, edges)
    assert set(placed.items) == {item.id for item in items}
    boxes = list(placed.items.values())
    for number, one in enumerate(boxes):
        assert one.x >= -0.001
        assert one.y >= -0.001
        assert one.x + one.width <= placed.width + 0.001
        assert one.y + one.height <= placed.height + 0.001
        for other in boxes[number + 1 :]:
            beside = one.x + one.width <= other.x + 0.001 or other.x + other.width <= one.x + 0.001
            above = one.y + one.height <= other.y + 0.001 or other.y + other.height <= one.y + 0.001
            assert beside or above
    for source, target in edges:
        assert placed.items[source].x + placed.items[source].width + GAP_X <= placed.items[target].x + 0.001
        for x, _ in placed.routes.get((source, target), []):
            assert placed.items[source].x < x < placed.items[target].x + placed.items[target].width


def test_a_cycle_does_not_hang() -> None:
    placed = layout([Item("a", 10, 10), Item("b", 10, 10), Item("c", 10, 10)], [("a", "b"), ("b", "a"), ("b", "c")])
    assert set(placed.items) == {"a", "b", "c"}


def test_unknown_ends_and_loops_are_left_out() -> None:
    placed = layout([Item("a", 10, 10)], [("a", "a"), ("a", "z"), ("y", "a")])
    assert (placed.width, placed.height, placed.routes) == (10, 10, {})


def test_a_long_chain_and_many_long_edges() -> None:
    count = 2000
    items = [Item(str(n), 10, 10) for n in range(count)]
    edges = [(str(n), str(n + 1)) for n in range(count - 1)] + [("0", str(n)) for n in range(2, count)]
    placed = layout(items, edges)
    assert placed.items[str(count - 1)].layer == count - 1


def test_labels_have_room_before_the_card_they_lead_to() -> None:
    """Each ends before its tip, and begins behind the middle of the gap, where wires pass to other cards."""
    ports = ["yes", "medium_sized", "a_label_of_more_than_sixteen"]
    nodes = {"s": {"type": "flow.switch", "params": {"value": 1, "cases": dict.fromkeys(ports, 1)}}}
    nodes |= {f"n{at}": {"type": "flow.noop"} for at in range(3)}
    edges = [f"s.{port} -> n{at}" for at, port in enumerate(ports)]
    whole = Workflow.model_validate({"studio": 1, "name": "x", "nodes": nodes, "edges": edges})
    text = workflow_svg(whole, Catalog.default())
    wire = r'd="M([\d.]+) ([\d.]+)C[^"]* ([\d.]+) ([\d.]+)"[^>]*/>'
    found = re.findall(wire + r'<text class="port" x="([\d.]+)" y="([\d.]+)">([^<]+)', text)
    assert len(found) == 3
    for *numbers, label in found:
        x1, y1, x2, y2, x, y = map(float, numbers)
        assert x2 > x > x - 5.8 * len(label) > (x1 + x2) / 2
        assert (y > y2) if y1 < y2 else (y < y2)
    assert [label for *_, label in found][-1] == "a_label_of_more…"
