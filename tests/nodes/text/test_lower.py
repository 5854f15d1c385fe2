"""text.lower."""

from __future__ import annotations

from studio.nodes.text.lower import Lower


async def test_examples(examples) -> None:
    await examples(Lower)


async def test_turkish_capital_keeps_its_dot(run) -> None:
    assert (await run(Lower, text="İ"))["text"] == "i\u0307"
