"""text.remove_accents."""

from __future__ import annotations

from studio.nodes.text.remove_accents import RemoveAccents


async def test_examples(examples) -> None:
    await examples(RemoveAccents)


async def test_decomposed_and_vietnamese(run) -> None:
    assert (await run(RemoveAccents, text="e\u0301 Việt"))["text"] == "e Viet"
