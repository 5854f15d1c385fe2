"""text.capitalize."""

from __future__ import annotations

from studio.nodes.text.capitalize import Capitalize


async def test_examples(examples) -> None:
    await examples(Capitalize)


async def test_nothing_to_capitalize(run) -> None:
    assert await run(Capitalize, text="12 — ") == {"text": "12 — "}
    assert await run(Capitalize, text="") == {"text": ""}
