"""list.group."""

from __future__ import annotations

from studio.nodes.list.group import Group


async def test_examples(examples) -> None:
    await examples(Group)


async def test_true_is_not_one(run) -> None:
    groups = (await run(Group, items=[1, True, 1.0, "1", None], by="{{ item }}"))["groups"]
    assert [group["count"] for group in groups] == [2, 1, 1, 1]


async def test_keys_of_any_kind(run, fails) -> None:
    groups = (await run(Group, items=[{"a": [1]}, {"a": [1.0]}, {"b": 1}], by="{{ item }}"))["groups"]
    assert [group["count"] for group in groups] == [2, 1]
    deep: list = []
    for _ in range(250):
        deep = [deep]
    await fails("list.key_depth", Group, items="{{ [deep] }}", by="{{ item }}", scope={"deep": deep})
