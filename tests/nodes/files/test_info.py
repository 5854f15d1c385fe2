"""files.info."""

from __future__ import annotations

from studio.nodes.files.info import Info


async def test_examples(examples) -> None:
    await examples(Info)
