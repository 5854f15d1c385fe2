"""list.zip."""

from __future__ import annotations

from studio.nodes.list.zip import Zip


async def test_examples(examples) -> None:
    await examples(Zip)


async def test_shortest(run) -> None:
    out = await run(Zip, lists={"a": [1, 2], "b": [3]}, lengths="shortest")
    assert out["items"] == [{"a": 1, "b": 3}]


async def test_lengths_are_named(fails) -> None:
    assert "a 2, b 1" in (await fails("list.lengths_differ", Zip, lists={"a": [1, 2], "b": [3]})).message
    await fails("node.param_invalid", Zip, lists={})
