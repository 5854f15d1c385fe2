"""object.set."""

from __future__ import annotations

from studio.nodes.object.set import Set


async def test_examples(examples) -> None:
    await examples(Set)


async def test_appending_and_replacing(run) -> None:
    assert (await run(Set, data={"a": [1]}, path="a[1]", value=2))["data"] == {"a": [1, 2]}
    assert (await run(Set, data=None, path="[0].x", value=1))["data"] == [{"x": 1}]


async def test_steps_that_do_not_fit(fails) -> None:
    await fails("object.wrong_step", Set, data={"a": [1]}, path="a[5]", value=2)
    await fails("object.wrong_step", Set, data={"a": [1]}, path="a.b", value=2)
    await fails("object.wrong_step", Set, data={"a": {}}, path="a[0]", value=2)
    await fails("object.wrong_step", Set, data=None, path="[-1]", value=2)
    await fails("node.param_invalid", Set, data={}, path="", value=2)
