"""Random editors on stale revisions: nobody destroys what they have not seen, and everybody ends with one document."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.errors import StudioError
from studio.domain.workflow import Workflow
from studio.services.editing import _tree
from studio.services.editing._applying import Step, perform, same
from studio.services.editing._attempt import Attempt, EditConflict, carry_out
from studio.services.editing._opened import Opened
from studio.services.editing._undoing import inverse, now_undoable
from studio.services.editing.editing import Batch
from studio.services.editing.model import OperationRecord, UndoState, packed, unpacked
from studio.services.editing.operations import (
    AddEdge,
    AddNode,
    Move,
    Operation,
    RemoveEdge,
    RemoveNode,
    RemoveValue,
    RenameNode,
    SetValue,
)

FIRST: dict[str, Any] = {
    "studio": 1,
    "name": "Start",
    "inputs": {"who": {"type": "string"}},
    "nodes": {
        "a": {"type": "text.template", "params": {"template": "first-a"}},
        "b": {"type": "text.template", "params": {"template": "{{ a.text }} first-b"}},
        "c": {"type": "text.template", "params": {"template": "{{ b.text }}", "more": {"deep": "first-c"}}},
        "each": {
            "type": "flow.loop",
            "each": "{{ [1] }}",
            "body": {
                "nodes": {
                    "d": {"type": "text.template", "params": {"template": "{{ a.text }} first-d"}},
                    "e": {"type": "text.template", "params": {"template": "{{ d.text }}"}},
                },
                "edges": ["d -> e"],
                "output": "{{ e.text }}",
            },
        },
    },
    "edges": ["a -> b", "b -> c", "a -> each"],
    "output": "{{ c.text }}",
    "canvas": {"positions": {"a": [1.5, 2.5], "each.body.d": [3.5, 4.5]}},
}


@dataclass
class Server:
    """What the service keeps in memory, without a database."""

    opened: Opened = field(default_factory=lambda: Opened("w", "f"))
    records: list[OperationRecord] = field(default_factory=list[OperationRecord])
    steps: list[list[Step]] = field(default_factory=list[list[Step]])
    documents: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        self.opened.tree = cast("dict[str, Any]", _tree.editable("document", copy.deepcopy(FIRST)))
        self.opened.revision = 1
        self.documents.append(copy.deepcopy(self.opened.tree))

    def send(self, batch: Batch, account: str, state: UndoState, how: str = "edit", of: int = 0) -> OperationRecord:
        """As the service does it."""
        since = self.records[batch.base - 1 :]
        steps = carry_out(self.opened, Attempt(batch, how, of), since, account, state)
        self.opened.revision += 1
        record = OperationRecord(
            workflow="f", revision=self.opened.revision, by=account, client=batch.client, base=batch.base, how=how,
            of=of, steps=packed(steps),
        )  # fmt: skip
        self.records.append(record)
        self.steps.append(copy.deepcopy(steps))
        self.documents.append(copy.deepcopy(self.opened.tree))
        return record


class Editor:
    """Somebody with a copy of the document, which may be old, and what they changed in it themselves."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name
        self.state = UndoState(workflow="f", account=name)
        self.written: set[str] = set()
        self.base = 1
        self.local = copy.deepcopy(server.opened.tree)

    def catch_up(self) -> None:
        """Carry out what the log has, on what was known before."""
        known = copy.deepcopy(self.server.documents[self.base - 1])
        for record in self.server.records[self.base - 1 :]:
            replay(known, record)
        self.local, self.base = known, self.server.opened.revision

    def edit(self, operations: list[Operation]) -> None:
        """Send operations that are sound on the own copy."""
        seen = tokens(self.server.documents[self.base - 1]) | self.written
        batch = Batch(base=self.base, operations=operations, client=self.name)
        self._send(batch, seen | own_tokens(operations))
        for operation in operations:
            self.written |= own_tokens([operation])

    def undo(self, how: str) -> None:
        """Take back a step, or carry it out again."""
        steps = self.state.undo if how == "undo" else self.state.redo
        if not steps:
            return
        record = self.server.records[steps[-1] - 2]
        seen = tokens(self.server.documents[record.revision - 1]) | self.written
        batch = Batch(base=record.revision, operations=inverse(record), client=self.name)
        self._send(batch, seen, how, record.revision)
        self.catch_up()

    def _send(self, batch: Batch, seen: set[str], how: str = "edit", of: int = 0) -> None:
        before = copy.deepcopy(self.server.opened.tree)
        try:
            record = self.server.send(batch, self.name, self.state, how, of)
        except StudioError as error:
            if not isinstance(error, EditConflict):
                raise
            assert self.server.opened.tree == before
            self.catch_up()
            return
        self.state = now_undoable(self.state, record)
        after = self.server.opened.tree
        assert tokens(before) - tokens(after) <= seen, "something was destroyed that its destroyer had not seen"
        if how == "edit":
            left = own_tokens(batch.operations)
            assert left <= tokens(after), "something accepted is not there"


def replay(tree: dict[str, Any], record: OperationRecord) -> None:
    """Carry out what a record says, as clients do."""
    for step in unpacked(record.steps):
        for change in step.changes:
            kind = _tree.kind_at(change.path)
            after = change.after if change.after is _tree.MISSING else _tree.editable(kind, change.after)
            _tree.apply(tree, change._replace(after=after))


def tokens(value: Any) -> set[str]:
    """The values that only one editor can have written."""
    if isinstance(value, str):
        return {one for one in value.split() if one.startswith("t-")}
    if isinstance(value, dict):
        return {one for inner in cast("dict[str, Any]", value).values() for one in tokens(inner)}
    if isinstance(value, list | tuple):
        return {one for inner in cast("list[Any]", value) for one in tokens(inner)}
    return {f"at-{value}"} if isinstance(value, float) and value > 100 else set()


def own_tokens(operations: list[Operation]) -> set[str]:
    """Those that operations write."""
    found: set[str] = set()
    for one in operations:
        if isinstance(one, SetValue | AddNode):
            found |= tokens(one.value)
        if isinstance(one, AddNode | Move):
            found |= tokens([*one.positions.values()])
    return found


class Writer:
    """Makes operations that are sound on a document."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0

    def operation(self, tree: dict[str, Any]) -> Operation:
        """Any operation."""
        self.count += 1
        nodes = [*names(tree)]
        token = f"t-{self.count}"
        if not nodes:
            return self._added("", token)
        node = self.random.choice(nodes)
        path = _tree.node_path(node)
        param = self.random.choice(["template", "more", "other"])
        made: list[Any] = [
            lambda: SetValue(path=(*path, "params", param), value=f"{token} text"),
            lambda: SetValue(path=(*path, "params", "more", "deep"), value=[token, {"x": token}]),
            lambda: SetValue(path=(*path, "params", "other"), value={"y": f"{{{{ {path[-1]}.text }}}} {token}"}),
            lambda: SetValue(path=(*path, "title"), value=token),
            lambda: SetValue(path=("output",), value=f"{{{{ {path[-1]}.text }}}} {token}"),
            lambda: SetValue(path=("inputs", self.random.choice(["who", "new"])), value={"title": token}),
            lambda: RemoveValue(path=(*path, "params", param), prune=1),
            lambda: self._added(self.random.choice(["", ".".join(node.split(".")[:-1])]), token),
            lambda: RemoveNode(node=node),
            lambda: RenameNode(node=node, to=self.random.choice(["x", "y", "z", f"n{self.count}"])),
            lambda: self._edge(nodes, AddEdge),
            lambda: self._removed_edge(tree, nodes),
            lambda: Move(positions={node: (1000.0 + self.count, 0.0)}),
        ]
        return self.random.choice(made)()

    def _added(self, graph: str, token: str) -> AddNode:
        id = self.random.choice(["x", "y", "z", f"n{self.count}"])
        value = {"type": "text.template", "params": {"template": token}}
        return AddNode(node=f"{graph}.{id}" if graph else id, value=value)

    def _edge(self, nodes: list[str], kind: Any) -> Operation:
        graph, _, id = self.random.choice(nodes).rpartition(".")
        others = [one.rpartition(".")[2] for one in nodes if one.rpartition(".")[0] == graph]
        return kind(graph=graph, edge=f"{id} -> {self.random.choice(others)}")

    def _removed_edge(self, tree: dict[str, Any], nodes: list[str]) -> Operation:
        edges = [*tree.get("edges", {})]
        return RemoveEdge(edge=self.random.choice(edges)) if edges else self._edge(nodes, AddEdge)


def names(graph: Any, before: str = "") -> list[str]:
    """The nodes of a document at every depth."""
    found: list[str] = []
    for id, node in graph.get("nodes", {}).items():
        found.append(f"{before}{id}")
        for body in _tree.BODIES:
            if body in node:
                found += names(node[body], f"{before}{id}.{body}.")
    return found


def sound(tree: dict[str, Any], operations: list[Operation]) -> bool:
    """Carry operations out on an editor's own copy; whether they fit it."""
    try:
        for one in operations:
            perform(tree, one)
        Workflow.model_validate(_tree.plain("document", tree))
    except (StudioError, ValueError):
        return False
    return True


ACTIONS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["edit", "edit", "edit", "batch", "undo", "redo", "catch_up"])),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(actions=ACTIONS, seed=st.integers(0, 2**32))
def test_editors_on_old_revisions_lose_nothing_and_agree(actions: list[tuple[int, str]], seed: int) -> None:
    server, writer = Server(), Writer(seed)
    editors = [Editor(server, name) for name in ("ada", "bob", "cleo")]
    for who, what in actions:
        editor = editors[who]
        if what == "catch_up":
            editor.catch_up()
        elif what in ("undo", "redo"):
            editor.undo(what)
        else:
            operations: list[Operation] = []
            local = copy.deepcopy(editor.local)
            for _ in range(1 if what == "edit" else 3):
                one, tried = writer.operation(local), copy.deepcopy(local)
                if sound(tried, [one]) and not overwrites_own(operations, one):
                    operations.append(one)
                    local = tried
            if operations:
                editor.local = local
                editor.edit(operations)
    check_agreement(server, editors)


def overwrites_own(operations: list[Operation], one: Operation) -> bool:
    """Whether an operation takes away what an earlier one of the same batch wrote, which the oracle cannot tell."""
    if not isinstance(one, SetValue | Move | AddEdge):
        return bool(operations)
    if isinstance(one, SetValue):
        return any(isinstance(before, SetValue | AddNode) for before in operations)
    return isinstance(one, Move) and any(isinstance(before, Move) for before in operations)


def check_agreement(server: Server, editors: list[Editor]) -> None:
    """Everybody has the server's document, the log gives it, and so do the operations one after the other."""
    replayed = cast("dict[str, Any]", _tree.editable("document", copy.deepcopy(FIRST)))
    in_order = copy.deepcopy(replayed)
    for record, steps, document in zip(server.records, server.steps, server.documents[1:], strict=True):
        replay(replayed, record)
        assert replayed == document
        for step in steps:
            perform(in_order, step.operation)
        assert in_order == document
    for editor in editors:
        editor.catch_up()
        assert editor.local == server.opened.tree
    Workflow.model_validate(_tree.plain("document", server.opened.tree))


def test_a_renaming_of_the_same_batch_hides_no_conflict() -> None:
    server = Server()
    ada, bob = Editor(server, "ada"), Editor(server, "bob")
    bob.edit([SetValue(path=("nodes", "b", "title"), value="t-1")])
    before = copy.deepcopy(server.opened.tree)
    ada.edit([RenameNode(node="b", to="x"), SetValue(path=("nodes", "x", "title"), value="t-2")])
    assert server.opened.tree == before
    ada.edit([RenameNode(node="b", to="x"), SetValue(path=("nodes", "x", "title"), value="t-2")])
    assert server.opened.tree["nodes"]["x"]["title"] == "t-2"


def test_the_oracle_sees_a_lost_update(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without conflicts the same test fails, so it can tell."""
    from studio.services.editing._merging import Held

    def nothing(*_: Any) -> None:
        """No conflict, whatever was touched."""

    monkeypatch.setattr(Held, "conflict", nothing)
    server = Server()
    ada, bob = Editor(server, "ada"), Editor(server, "bob")
    ada.edit([SetValue(path=("nodes", "a", "params", "template"), value="t-1")])
    with pytest.raises(AssertionError, match="destroyed"):
        bob.edit([SetValue(path=("nodes", "a", "params", "template"), value="t-2")])


def test_lists_are_whole_values_and_names_are_not_equal_to_numbers() -> None:
    assert same([1, "a"], [1, "a"])
    assert not same(1, True)
    assert not same("1", 1)
    assert not same({"a": 1, "b": 2}, {"b": 2, "a": 1})
