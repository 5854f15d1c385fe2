"""files.exists."""

from __future__ import annotations

from studio.nodes.files.exists import Exists


async def test_examples(examples) -> None:
    await examples(Exists)
