"""text.upper."""

from __future__ import annotations

from studio.nodes.text.upper import Upper


async def test_examples(examples) -> None:
    await examples(Upper)


async def test_digits_and_scripts_without_case_stay(run) -> None:
    assert await run(Upper, text="١٢ 日本 ﬀ") == {"text": "١٢ 日本 FF"}
