"""Tables in memory."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from studio.nodes.table._frames import MEMORY, _Memory, keep
from studio.nodes.table.head import Head
from studio.nodes.table.read_csv import ReadCsv
from studio.sdk import UserError
from studio.testing import NodeTester


def test_the_least_recently_used_is_dropped() -> None:
    frame = pl.DataFrame({"a": list(range(1000))})
    memory = _Memory(int(frame.estimated_size()) * 3)
    for key in "abc":
        memory.put(key, frame)
    assert memory.get("a") is frame
    memory.put("d", frame)
    memory.put("d", frame)
    assert memory.get("b") is None
    assert memory.get("a") is frame
    memory.clear()
    assert memory.get("a") is None


def test_what_is_too_large_is_not_kept() -> None:
    frame = pl.DataFrame({"a": list(range(1000))})
    memory = _Memory(int(frame.estimated_size()))
    memory.put("a", frame)
    assert memory.get("a") is None


async def test_a_table_is_read_from_its_blob_where_it_is_not_in_memory() -> None:
    with NodeTester(ReadCsv) as tester:
        made = await tester.run({"path": "a.csv"}, files={"a.csv": "a\n1\n2\n"})
        assert made.output is not None
        with NodeTester(Head, folder=tester.folder) as reader:
            MEMORY.clear()
            cut = await reader.run({"table": "{{ t }}", "rows": 1}, scope={"t": made.output["table"]})
    assert cut.output is not None
    assert cut.output["rows"] == 1


async def test_what_a_table_cannot_hold_is_told_by_the_node_that_makes_it(tmp_path: Path) -> None:
    with NodeTester(Head, folder=tmp_path) as tester:
        context = tester._context()  # pyright: ignore[reportPrivateUsage] - a context without a node run
        with pytest.raises(UserError) as caught:
            await keep(context, pl.DataFrame({"a": [object()]}))
    assert caught.value.code == "table.refused"
