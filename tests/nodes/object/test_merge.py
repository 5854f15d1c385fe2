"""object.merge."""

from __future__ import annotations

from studio.nodes.object.merge import Merge


async def test_examples(examples) -> None:
    await examples(Merge)


async def test_inputs_stay_and_depth_is_bounded(run, fails) -> None:
    assert (await run(Merge, objects=[{"a": {"x": 1}}, {"a": {"x": 2}}]))["object"] == {"a": {"x": 2}}
    assert (await run(Merge, objects=[]))["object"] == {}
    deep: dict = {}
    for _ in range(150):
        deep = {"a": deep}
    await fails("object.too_deep", Merge, objects="{{ [deep, deep] }}", deep=True, scope={"deep": deep})
