"""table.unpivot."""

from __future__ import annotations

from studio.nodes.table.unpivot import Unpivot


async def test_examples(examples) -> None:
    await examples(Unpivot)
