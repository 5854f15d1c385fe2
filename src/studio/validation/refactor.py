"""Changes to a workflow that keep its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from studio.domain.errors import Conflict, NotFound
from studio.domain.phrases import reason_of
from studio.domain.workflow import Canvas, Edge, Fallback, Graph, Node, SlotNode, Workflow, check_node_id
from studio.expressions import RESERVED_NAMES, compile_template
from studio.validation._context import every_node
from studio.validation.analysis import BODIES, item_name


def rename_node(workflow: Workflow, path: str, new: str) -> Workflow:
    """The workflow with one node under another id, and everything that refers to it with it.

    Expressions are changed to the letter where they read the node; edges, bodies, slots and the canvas follow. Where a
    body has a node or an item of the same name, that one is meant there and stays.

    Args:
        workflow: A workflow whose expressions are valid.
        path: The node: ``load``, ``places.body.place``, ``agent.slots.tools.search``.
        new: Its new id.

    Raises:
        NotFound: There is no such node.
        Conflict: The id is not one, is taken, or is the name of an item or a function.
        ExpressionError: An expression has a variable of the new name in the way.
    """
    parts = path.split(".")
    old = parts[-1]
    if all(declared.spot.node != path for _node, _id, declared in every_node(workflow)):
        raise NotFound("workflow.no_node", "There is no node {path}.", path=path)
    if new == old:
        return workflow
    _check_free(workflow, new)
    renamed = _in_level(workflow, parts, old, new)
    return renamed.model_copy(update={"canvas": _canvas(workflow.canvas, path, new)})


def _check_free(workflow: Workflow, new: str) -> None:
    try:
        check_node_id(new)
    except ValueError as error:
        raise Conflict("workflow.bad_id", "{reason}.", reason=reason_of(error)) from error
    if new in RESERVED_NAMES:
        raise Conflict("workflow.id_is_function", "{id} is a function of the expression language.", id=new)
    for node, id, declared in every_node(workflow):
        if id == new:
            raise Conflict("workflow.id_taken", "The id {id} is used by {path}.", id=new, path=declared.spot.node)
        if any(getattr(node, _FIELDS[name]) is not None for name in BODIES) and item_name(node) == new:
            raise Conflict(
                "workflow.id_is_item", "{id} is what {path} calls its items.", id=new, path=declared.spot.node
            )


_FIELDS = {"body": "body", "catch": "catch", "finally": "finally_"}


def _in_level(graph: Any, parts: list[str], old: str, new: str) -> Any:
    """The graph with the node renamed that ``parts`` lead to from here."""
    if len(parts) == 1:
        return _renamed_graph(graph, old, new, whole=True)
    id, branch, *rest = parts
    node: Node = graph.nodes[id]
    if branch == "slots":
        changed = node.model_copy(update={"slots": _in_slots(node, rest, old, new)})
    else:
        inner = _in_level(getattr(node, _FIELDS[branch]), rest, old, new)
        changed = node.model_copy(update={_FIELDS[branch]: inner})
    return graph.model_copy(update={"nodes": {**graph.nodes, id: changed}})


def _in_slots(node: Node, parts: list[str], old: str, new: str) -> dict[str, Any]:
    """A node's slots with the node renamed that ``parts`` (slot, id, and on) lead to; nothing refers to it."""
    slot, id, *rest = parts

    def change(one: SlotNode) -> SlotNode:
        if one.id != id:
            return one
        if not rest:
            return one.model_copy(update={"id": new})
        holder = Graph.model_construct(nodes={id: one})
        return _in_level(holder, [id, *rest], old, new).nodes[id]

    sitting = node.slots[slot]
    changed = [change(one) for one in sitting] if isinstance(sitting, list) else change(sitting)
    return {**node.slots, slot: changed}


def _renamed_graph(graph: Any, old: str, new: str, *, whole: bool) -> Any:
    """A graph with references renamed; with ``whole`` it is the level that holds the node itself."""
    update: dict[str, Any] = {
        "nodes": {
            new if whole and id == old else id: _renamed_node(node, old, new) for id, node in graph.nodes.items()
        },
        "output": _renamed_value(graph.output, old, new),
        "next": _renamed_value(graph.next, old, new),
    }
    if whole:
        update["edges"] = [_renamed_edge(edge, old, new) for edge in graph.edges]
    return graph.model_copy(update=update)


def _renamed_edge(edge: Edge, old: str, new: str) -> Edge:
    ends = {"source": edge.source, "target": edge.target}
    return edge.model_copy(update={key: new if id == old else id for key, id in ends.items()})


def _renamed_node(node: Node, old: str, new: str) -> Node:
    """The node with references renamed; itself where it has none."""
    update: dict[str, Any] = {
        name: _renamed_value(getattr(node, name), old, new) for name in ("params", "run_if", "each", "inputs")
    }
    if node.fallback:
        update["fallback"] = [
            Fallback.model_copy(each, update={"params": _renamed_value(each.params, old, new)})
            for each in node.fallback
        ]
    for name in BODIES:
        body = getattr(node, _FIELDS[name])
        if body is not None and old not in body.nodes and item_name(node) != old:
            update[_FIELDS[name]] = _renamed_graph(body, old, new, whole=False)
    if node.slots:
        update["slots"] = {name: _renamed_slot(sitting, old, new) for name, sitting in node.slots.items()}
    if isinstance(node, SlotNode):
        update["approval"] = _renamed_value(node.approval, old, new)
    update = {name: value for name, value in update.items() if value != getattr(node, name)}
    return node.model_copy(update=update) if update else node


def _renamed_slot(sitting: SlotNode | list[SlotNode], old: str, new: str) -> Any:
    if isinstance(sitting, list):
        return [_renamed_node(one, old, new) for one in sitting]
    return _renamed_node(sitting, old, new)


def _renamed_value(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return compile_template(value).rename(old, new) if "{{" in value and old in value else value
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        return {key: _renamed_value(each, old, new) for key, each in members}
    if isinstance(value, list):
        return [_renamed_value(each, old, new) for each in cast("list[Any]", value)]
    return value


def _canvas(canvas: Canvas | None, path: str, new: str) -> Canvas | None:
    if canvas is None:
        return None
    changed = ".".join((*path.split(".")[:-1], new))
    positions: Mapping[str, Any] = {
        changed + key[len(path) :] if key == path or key.startswith(f"{path}.") else key: at
        for key, at in canvas.positions.items()
    }
    return canvas.model_copy(update={"positions": positions})
