"""files.write_file."""

from __future__ import annotations

from studio.nodes.files.write_file import WriteFile


async def test_examples(examples) -> None:
    await examples(WriteFile)
