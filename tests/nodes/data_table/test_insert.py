"""data_table.insert."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE
from studio.nodes.data_table.insert import Insert
from studio.sdk import Effect
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Insert)


async def test_a_rerun_adds_nothing() -> None:
    with NodeTester(Insert) as tester:
        given = {"table": "people", "values": {"mail": "grace@example.org"}}
        first = await tester.run(given, tables={"people": PEOPLE})
        again = await tester.run(given, tables={}, recovering=True)
    assert first.effect is Effect.KEYED
    assert again.output == first.output
    assert len(again.tables["people"]) == 3
