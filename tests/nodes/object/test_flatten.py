"""object.flatten."""

from __future__ import annotations

from studio.nodes.object.flatten import Flatten


async def test_examples(examples) -> None:
    await examples(Flatten)


async def test_bounds(fails) -> None:
    await fails("object.too_many_fields", Flatten, object={"a": [0] * 100_001}, lists=True)


async def test_deep_data_does_no_harm(run) -> None:
    deep: dict = {"x": 1}
    for _ in range(180):
        deep = {"a": deep}
    assert list((await run(Flatten, object="{{ deep }}", scope={"deep": deep}))["object"].values()) == [1]
    assert (await run(Flatten, object={}))["object"] == {}
