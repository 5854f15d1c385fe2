"""object.compact."""

from __future__ import annotations

from studio.nodes.object.compact import Compact


async def test_examples(examples) -> None:
    await examples(Compact)


async def test_zero_and_false_stay(run) -> None:
    kept = {"a": 0, "b": False, "c": 0.0}
    assert (await run(Compact, object={**kept, "d": {}, "e": "", "f": None}, empty=True))["object"] == kept
