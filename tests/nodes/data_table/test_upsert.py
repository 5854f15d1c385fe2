"""data_table.upsert."""

from __future__ import annotations

from studio.nodes.data_table.upsert import Upsert


async def test_examples(examples) -> None:
    await examples(Upsert)
