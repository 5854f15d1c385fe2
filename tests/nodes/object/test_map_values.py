"""object.map_values."""

from __future__ import annotations

from studio.nodes.object.map_values import MapValues


async def test_examples(examples) -> None:
    await examples(MapValues)


async def test_many(run) -> None:
    out = await run(MapValues, object={str(n): n for n in range(2_000)}, value="{{ item.value + 1 }}")
    assert out["object"]["1999"] == 2_000
