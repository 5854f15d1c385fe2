"""table.write_csv."""

from __future__ import annotations

from studio.nodes.table.write_csv import WriteCsv
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(WriteCsv)


async def test_lists_and_objects_become_json() -> None:
    rows = [{"a": [1, 2], "b": {"c": "é"}}, {"a": None, "b": None}]
    with NodeTester(WriteCsv) as tester:
        await tester.run({"table": rows, "path": "a.csv", "bom": True})
        text = (tester.files / "a.csv").read_text()
    assert text == '\ufeffa,b\n"[1,2]","{""c"":""é""}"\n,\n'


async def test_a_failed_write_leaves_nothing() -> None:
    with NodeTester(WriteCsv) as tester:
        result = await tester.run({"table": [{"a": 1}], "path": "a.csv"}, files={"a.csv": "old"})
        assert result.error is None
        outside = await tester.run({"table": [{"a": 1}], "path": "../a.csv"})
        assert outside.error.code == "files.outside"
        assert [path.name for path in tester.files.iterdir()] == ["a.csv"]
