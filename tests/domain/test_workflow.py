"""The models of the document."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from studio.domain.workflow import Edge, Workflow, check_node_id


@pytest.mark.parametrize("id", ["a", "load_2", "x" * 64])
def test_node_ids(id: str) -> None:
    assert check_node_id(id) == id


@pytest.mark.parametrize("id", ["", "A", "1a", "_a", "a-b", "é", "a b", "x" * 65, "class", "item", "true", "a\n"])
def test_what_no_node_id_is(id: str) -> None:
    with pytest.raises(ValueError, match="node"):
        check_node_id(id)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a -> b", ("a", None, "b", None)),
        ("  a.true->b.Items ", ("a", "true", "b", "Items")),
        ("a._x -> b", ("a", "_x", "b", None)),
    ],
)
def test_edges(text: str, parts: tuple[str | None, ...]) -> None:
    edge = Edge.parse(text)
    assert (edge.source, edge.port, edge.target, edge.param) == parts
    assert Edge.parse(str(edge)) == edge
    assert Edge.model_validate(text) == edge


@pytest.mark.parametrize("text", ["", "a", "a -> ", "a - b", "a -> b -> c", "A -> b", "a.b.c -> d", "a -> b.1"])
def test_what_no_edge_is(text: str) -> None:
    with pytest.raises(ValueError, match="is not an edge"):
        Edge.parse(text)
    with pytest.raises(ValidationError):
        Edge.model_validate(text)
    with pytest.raises(ValidationError):
        Edge.model_validate(5)


def test_every_wrong_edge_is_reported_by_itself() -> None:
    with pytest.raises(ValidationError) as caught:
        Workflow.model_validate({"studio": 1, "name": "x", "edges": ["a - b", "a -> b", "c"], "nodes": {"a": {}}})
    assert [error["loc"] for error in caught.value.errors()] == [("nodes", "a", "type"), ("edges", 0), ("edges", 2)]


@pytest.mark.parametrize(
    "fields",
    [{"inputs": {"1a": {}}}, {"inputs": {"a" * 65: {}}}, {"nodes": {"A": {"type": "t.a"}}}, {"name": ""}, {"studio": 2},
     {"unknown": 1}, {"nodes": {"a": {"type": "t.a", "timeout": "soon"}}}],
)  # fmt: skip
def test_what_the_models_refuse(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Workflow.model_validate({"studio": 1, "name": "x", **fields})


def test_workflows_do_not_change() -> None:
    workflow = Workflow.model_validate({"studio": 1, "name": "x", "inputs": {"A_1": {}}})
    with pytest.raises(ValidationError):
        workflow.name = "y"  # type: ignore[misc]
