"""table.read_csv."""

from __future__ import annotations

import gzip
import zlib

import pytest

from studio.nodes.table.read_csv import ReadCsv
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(ReadCsv)


async def test_empty_and_odd_files(run) -> None:
    with NodeTester(ReadCsv) as tester:
        empty = await tester.run({"path": "a.csv"}, files={"a.csv": ""})
        header = await tester.run({"path": "b.csv"}, files={"b.csv": "a,b\n"})
        plain = await tester.run(
            {"path": "c.csv", "header": False, "null_values": ["-"]}, files={"c.csv": "1,-\n2,x\n"}
        )
        ragged = await tester.run({"path": "d.csv"}, files={"d.csv": "a,b\n1,2,3\n"})
        binary = await tester.run({"path": "e.csv"}, files={"e.csv": b"a\n\xff\xfe\n"})
        glob = await tester.run({"path": "*.csv"})
    assert empty.output is not None
    assert empty.output["rows"] == 0
    assert header.output["columns"] == ["a", "b"]
    assert plain.output["table"].columns == (("column_0", "Int64"), ("column_1", "String"))
    assert ragged.error.code == "table.refused"
    assert binary.error.code == "table.refused"
    assert glob.error.code == "files.not_found"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "zlib"])
async def test_compressed_files_are_not_unpacked(pack) -> None:
    with NodeTester(ReadCsv) as tester:
        packed = await tester.run({"path": "a.csv"}, files={"a.csv": pack(b"a\n" + b"1\n" * 1000)})
        plain = await tester.run({"path": "b.csv"}, files={"b.csv": "x,b\n1,2\n"})
    assert packed.error.code == "table.compressed"
    assert plain.output["rows"] == 1


async def test_names_are_no_patterns() -> None:
    with NodeTester(ReadCsv) as tester:
        result = await tester.run({"path": "*.csv"}, files={"*.csv": "a\n1\n", "other.csv": "a\n2\n3\n"})
    assert result.output["rows"] == 1


async def test_either_a_path_or_a_file(fails) -> None:
    await fails("node.param_invalid", ReadCsv)
