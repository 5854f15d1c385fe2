"""Reading files with what they call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio.catalog import Catalog
from studio.domain.errors import WorkflowInvalid
from studio.services.documents import Documents
from tests.engine.kit import PACKS


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.default()


def write(path: Path, *calls: str, name: str = "W") -> Path:
    nodes = {f"c{n}": {"type": "flow.call", "params": {"workflow": call}} for n, call in enumerate(calls)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"studio": 1, "name": name, "nodes": nodes}))
    return path


def codes(documents: Documents, path: Path) -> list[str]:
    return [problem.code for one in documents.read(path).all() for problem in one.problems]


def test_one_table_of_calls_serves_the_whole_tree(catalog: Catalog, tmp_path: Path) -> None:
    write(tmp_path / "parts" / "lib.json", name="inner")
    write(tmp_path / "lib.json", name="outer")
    write(tmp_path / "parts" / "a.json", "lib.json")
    document = Documents(catalog).read(write(tmp_path / "main.json", "parts/a.json", "lib.json"))
    assert document.valid
    calls = document.calls()
    assert {name: workflow.name for name, workflow in calls.items()} == {
        "parts/a.json": "W", "lib.json": "outer", "parts/lib.json": "inner",
    }  # fmt: skip
    assert calls["parts/a.json"].nodes["c0"].params["workflow"] == "parts/lib.json"
    assert document.rooted() == document.workflow


def test_a_link_does_not_lead_out(catalog: Catalog, tmp_path: Path) -> None:
    write(tmp_path / "outside.json")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.json").symlink_to(tmp_path / "outside.json")
    main = write(inside / "main.json", "link.json")
    assert codes(Documents(catalog), main) == ["workflow.call_refused"]
    assert codes(Documents(catalog, [str(tmp_path)]), main) == []


def test_the_refusal_has_its_place(catalog: Catalog, tmp_path: Path) -> None:
    inner: dict[str, Any] = {"call": {"type": "flow.call", "params": {"workflow": "../x.json"}}}
    nodes = {"loop": {"type": "flow.map", "params": {"items": [1]}, "body": {"nodes": inner}}}
    path = tmp_path / "deep" / "main.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"studio": 1, "name": "W", "nodes": nodes}, indent=1))
    (problem,) = Documents(catalog).read(path).problems
    assert problem.node == "loop.body.call"
    assert '"../x.json"' in path.read_text().splitlines()[(problem.line or 0) - 1]


def test_circles_end(catalog: Catalog, tmp_path: Path) -> None:
    write(tmp_path / "a.json", "b.json")
    write(tmp_path / "b.json", "a.json")
    assert "workflow.call_cycle" in codes(Documents(catalog), tmp_path / "a.json")
    assert "workflow.call_cycle" in codes(Documents(catalog), write(tmp_path / "self.json", "self.json"))


def test_problems_of_called_files_count(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    document = Documents(catalog).read(write(tmp_path / "main.json", "bad.json"))
    assert not document.valid
    assert any(one.path.name == "bad.json" and one.problems for one in document.all())


def test_what_cannot_be_read(catalog: Catalog, tmp_path: Path) -> None:
    documents = Documents(catalog)
    assert codes(documents, tmp_path / "none.yaml") == ["workflow.no_file"]
    assert codes(documents, tmp_path) == ["workflow.unreadable"]
    with pytest.raises(WorkflowInvalid):
        documents.readable(tmp_path / "none.yaml")


def test_any_node_type_may_name_what_it_calls(tmp_path: Path) -> None:
    """By the params that its class declares, one name or several; each file is read, named from the root, checked."""
    catalog = Catalog.default(extra_folders=(PACKS / "lab",))
    leaf = {"studio": 1, "name": "leaf", "nodes": {}, "inputs": {"n": {"type": "integer"}}}
    for name in ("lib.json", "parts/lib.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(leaf))
    inner = {"type": "lab.caller", "params": {"workflow": "lib.json", "inputs": {"n": 1}, "others": ["lib.json"]}}
    (tmp_path / "parts" / "a.json").write_text(json.dumps({"studio": 1, "name": "a", "nodes": {"c": inner}}))

    def main(**params: Any) -> Path:
        nodes = {"c": {"type": "lab.caller", "params": params}}
        (tmp_path / "main.json").write_text(json.dumps({"studio": 1, "name": "main", "nodes": nodes}))
        return tmp_path / "main.json"

    document = Documents(catalog).read(main(workflow="parts/a.json", others=["lib.json", "{{ vars.name }}"]))
    assert document.valid, [problem for one in document.all() for problem in one.problems]
    calls = document.calls()
    assert sorted(calls) == ["lib.json", "parts/a.json", "parts/lib.json"]
    params = calls["parts/a.json"].nodes["c"].params
    assert (params["workflow"], params["others"]) == ("parts/lib.json", ["parts/lib.json"])
    for wrong, code, param in (
        ({"workflow": "none.json"}, "workflow.call_unknown", "workflow"),
        ({"workflow": "parts/a.json", "others": ["none.json"]}, "workflow.call_unknown", "others"),
        ({"workflow": "../x.json"}, "workflow.call_refused", "workflow"),
        ({"workflow": "lib.json"}, "workflow.missing_input", None),
        ({"workflow": "lib.json", "inputs": {"m": 1, "n": 2}}, "workflow.unknown_input", "inputs.m"),
        ({"workflow": "main.json"}, "workflow.call_cycle", "workflow"),
    ):
        (problem,) = Documents(catalog).read(main(**wrong)).problems
        assert problem.code == code
        assert param is None or problem.param == param, problem
