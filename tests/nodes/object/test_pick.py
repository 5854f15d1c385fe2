"""object.pick."""

from __future__ import annotations

from studio.nodes.object.pick import Pick


async def test_examples(examples) -> None:
    await examples(Pick)


async def test_missing_fields_are_named(fails) -> None:
    error = await fails("object.no_field", Pick, object={"a": 1}, fields=["a", "b", "c"], missing=False)
    assert "b, c" in error.message
    assert "it has a" in error.message
