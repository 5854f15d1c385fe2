"""flow.new_items."""

from __future__ import annotations

from studio.nodes.flow.new_items import NewItems
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(NewItems)


async def test_a_constant_tells_nothing_apart(fails) -> None:
    error = await fails("node.param_invalid", NewItems, items=[1, 2], key="id")
    assert "expression for each item" in error.message


async def test_what_was_seen_stays_away() -> None:
    with NodeTester(NewItems) as tester:
        first = await tester.run({"items": [1, 2], "key": "{{ item }}"})
        second = await tester.run({"items": [2, 3], "key": "{{ item }}"}, state=first.state, chunked=True)
    assert second.output == {"items": [3], "seen": 1}
    assert len(second.state) == 3


async def test_the_newest_keys_are_kept() -> None:
    with NodeTester(NewItems) as tester:
        first = await tester.run({"items": [1, 2], "key": "{{ item }}", "remember": 2})
        second = await tester.run({"items": [1, 3], "key": "{{ item }}", "remember": 2}, state=first.state)
        third = await tester.run({"items": [1, 2], "key": "{{ item }}", "remember": 2}, state=second.state)
    assert third.output["items"] == [2]


async def test_keys_may_be_any_data(run) -> None:
    out = await run(NewItems, items=[{"b": 1, "a": 2}, {"a": 2, "b": 1}, None], key="{{ item }}")
    assert out["seen"] == 1


async def test_many_items(run) -> None:
    out = await run(NewItems, items=list(range(3_000)), key="{{ item % 2_000 }}")
    assert (len(out["items"]), out["seen"]) == (2_000, 1_000)


async def test_a_file_is_no_key() -> None:
    with NodeTester(NewItems) as tester:
        file = tester.file(b"x", "x.txt")
        result = await tester.run({"items": "{{ f }}", "key": "{{ item }}"}, scope={"f": [file]})
    assert result.error is not None
    assert result.error.code == "flow.key_not_data"
