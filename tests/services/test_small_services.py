"""Services that need no database."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from studio.catalog import Catalog
from studio.contracts.store import ExecutionRow
from studio.domain.errors import EngineBusy, StudioError, UserError
from studio.domain.status import ExecutionStatus
from studio.domain.workflow import Graph, Node, SlotNode, Workflow
from studio.services._tree import map_nodes, nodes_of
from studio.services.bench import Bench
from studio.services.drive import Driver
from studio.services.evaluate import MAX_LINE, answer_lines, evaluate
from studio.services.overrides import Overrides, read_inputs, split_assignment


def test_evaluate() -> None:
    assert evaluate("{{ a + 1 }}", {"a": 1}) == 2
    with pytest.raises(UserError):
        evaluate("1", [1])


def test_lines_are_answered_each() -> None:
    lines = [
        orjson.dumps({"expr": "a", "data": {"a": 1}}), b"", b"{", b"[]", b'{"expr": 1}', b'{"expr": "a."}',
        b" " * (MAX_LINE + 1) + b"1",
    ]  # fmt: skip
    answers = list(answer_lines(lines))
    assert answers[0] == (1, None)
    assert len(answers) == 6
    assert all(isinstance(error, StudioError) for _, error in answers[1:])


@pytest.mark.parametrize(
    "data", ["false", "0", '""', "[]", '{"a": 18446744073709551616}', '{"a": [1, -9223372036854775809]}']
)
def test_data_of_a_line_that_cannot_be_taken(data: str) -> None:
    ((value, error),) = answer_lines([b'{"expr": "1", "data": %s}' % data.encode()])
    assert value is None
    assert isinstance(error, StudioError)


def test_digits_that_are_no_whole_number() -> None:
    written = (b'"123456789012345678901234567890"', b"0.12345678901234567890", b"1e30")
    lines = [b'{"expr": "a", "data": {"a": %s}}' % one for one in written]
    assert [error for _, error in answer_lines(lines)] == [None, None, None]
    assert list(answer_lines([b'{"expr": "1", "data": null}'])) == [(1, None)]


def tree() -> Workflow:
    """Nodes at every depth: in a body, a catch, slots."""
    leaf = Node(type="flow.noop")
    attempt = Node(type="flow.try", body=Graph(nodes={"x": leaf}), catch=Graph(nodes={"y": leaf}))
    asking = Node(
        type="flow.approval",
        slots={"notify": SlotNode(id="mail", type="flow.noop"), "more": [SlotNode(id="sms", type="flow.noop")]},
    )
    return Workflow(studio=1, name="T", nodes={"attempt": attempt, "asking": asking})


def test_every_node_is_reached() -> None:
    paths = {path for path, _ in nodes_of(tree())}
    assert paths == {
        "attempt", "attempt.body.x", "attempt.catch.y", "asking", "asking.slots.notify.mail", "asking.slots.more.sms",
    }  # fmt: skip


def test_every_node_can_be_changed() -> None:
    before = tree()
    after = map_nodes(before, lambda node: node.model_copy(update={"title": node.type}))
    assert all(node.title == node.type for _, node in nodes_of(after))
    assert all(node.title is None for _, node in nodes_of(before))
    assert after.nodes["asking"].slots["notify"].id == "mail"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("text", ["x", "=1", " =1"])
def test_assignments(text: str) -> None:
    assert split_assignment("a=b=c", "--input") == ("a", "b=c")
    with pytest.raises(UserError, match="name=value"):
        split_assignment(text, "--input")


def test_choices_are_taken_as_they_are_written() -> None:
    workflow = Workflow(studio=1, name="T", inputs={"size": {"enum": ["1", "2"]}, "n": {"enum": [1, 2]}})
    assert read_inputs(workflow, {"size": "1", "n": "1"}) == {"size": "1", "n": 1}


def test_overrides_leave_the_workflow_alone() -> None:
    before = Workflow(studio=1, name="T", nodes={"a": Node(type="no.such", params={"x": 1})})
    after = Overrides(Catalog.default(), [("a.x.y", "[1]"), ("a.z", "{{ inputs.q }}")]).apply(before)
    assert after.nodes["a"].params == {"x": {"y": [1]}, "z": "{{ inputs.q }}"}
    assert before.nodes["a"].params == {"x": 1}


def test_benchmarks_are_found(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "helper.py").write_text("x = 1\n")
    (tmp_path / "benchmarks" / "one.py").write_text("def run():\n    return [{'v': 1234.5}]\n")
    (tmp_path / "benchmarks" / "two.py").write_text("\ndef run():\n    return [{'v': 1234.5, 'n': 2, 'none': None}]\n")
    bench = Bench(tmp_path)
    assert bench.chosen([]) == ["one", "two"]
    result = bench.run("two", runs=2)
    assert result.head() == ["v", "n", "none"]
    assert result.table() == [["1,234", "2", ""]] or result.table() == [["1,235", "2", ""]]
    with pytest.raises(UserError, match="--db"):
        bench.run("two", db="x")


class Lock:
    """A lock that is free, or held by another."""

    def __init__(self, free: bool) -> None:
        self.free = free
        self.log: list[str] = []

    def acquire(self) -> None:
        if not self.free:
            raise EngineBusy("storage.engine_busy", "busy")
        self.log.append("acquire")

    def release(self) -> None:
        self.log.append("release")


async def test_looking_whether_somebody_drives_leaves_the_lock_alone() -> None:
    nothing: Any = None
    free, held = Lock(True), Lock(False)
    assert not Driver(nothing, free, nothing, nothing).is_driven()
    assert free.log == ["acquire", "release"]
    driver = Driver(nothing, held, nothing, nothing)
    assert driver.is_driven()
    assert not await driver.try_start()
    with pytest.raises(EngineBusy):
        await driver.start()
    await driver.stop()


class Changing:
    """A store in which an execution that another one queues behind moves on between two questions."""

    def __init__(self, running: bool, wakes: list[int | None], status: ExecutionStatus) -> None:
        self.running, self.wakes, self.status = running, wakes, status

    async def next_wake(self, worker: str) -> int | None:
        return self.wakes.pop(0)

    async def executions(self, _filter: Any) -> list[Any]:
        return [SimpleNamespace(owner="w")] if self.running else []

    async def execution(self, _id: str) -> Any:
        return row_of(self.status)


def row_of(status: ExecutionStatus) -> ExecutionRow:
    facts: dict[str, Any] = dict.fromkeys(ExecutionRow.__struct_fields__, None)
    return ExecutionRow(**{**facts, "id": "e", "workspace": "default", "status": status})


@pytest.mark.parametrize(
    ("store", "status"),
    [
        (Changing(True, [None], ExecutionStatus.QUEUED), ExecutionStatus.QUEUED),
        (Changing(False, [None, 0], ExecutionStatus.QUEUED), ExecutionStatus.QUEUED),
        (Changing(False, [None, None], ExecutionStatus.RUNNING), ExecutionStatus.RUNNING),
        (Changing(False, [None, None], ExecutionStatus.QUEUED), ExecutionStatus.WAITING),
        (Changing(False, [0], ExecutionStatus.QUEUED), ExecutionStatus.QUEUED),
    ],
)
async def test_a_turn_that_is_just_coming_is_awaited(store: Any, status: ExecutionStatus) -> None:
    engine: Any = SimpleNamespace(runs={}, worker="w", clock=lambda: 5)
    nothing: Any = None
    driver = Driver(engine, Lock(True), store, nothing)
    driver.driving = True
    assert (await driver._held_up(row_of(ExecutionStatus.QUEUED))).status is status
