"""text.normalize."""

from __future__ import annotations

from studio.nodes.text.normalize import Normalize


async def test_examples(examples) -> None:
    await examples(Normalize)


async def test_forms(run) -> None:
    assert (await run(Normalize, text="é", form="NFD"))["text"] == "e\u0301"
    assert (await run(Normalize, text="²", form="NFC"))["text"] == "²"


async def test_clean_keeps_lines(run) -> None:
    assert (await run(Normalize, text="a \x00\x07\n  b\ufeff", clean=True))["text"] == "a \n b"
