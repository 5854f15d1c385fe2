"""object.rename_keys."""

from __future__ import annotations

from studio.nodes.object.rename_keys import RenameKeys


async def test_examples(examples) -> None:
    await examples(RenameKeys)


async def test_unknown_names_are_passed_over(run) -> None:
    assert (await run(RenameKeys, object={"a": 1}, names={"x": "y"}))["object"] == {"a": 1}
