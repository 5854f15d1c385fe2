"""table.to_list."""

from __future__ import annotations

import datetime
import decimal
import json

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.nodes.table._records import FrameBuilder, records
from studio.nodes.table.to_list import ToList
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(ToList)


def test_everything_becomes_plain_data() -> None:
    utc = datetime.UTC
    frame = pl.DataFrame({
        "i": [2**63 - 1, None], "f": [float("nan"), float("inf")], "d": [datetime.date(2026, 1, 2), None],
        "t": [datetime.datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=utc), None], "l": [[datetime.date(2026, 1, 1)], None],
        "c": [decimal.Decimal("1.20"), None], "b": [b"\xff", None], "x": [datetime.timedelta(minutes=1.5), None],
        "s": [{"q": float("inf"), "r": "é"}, None], "w": [datetime.time(1, 2, 3), None], "n": [None, None],
        "e": [[b"a"], [datetime.timedelta(1), None][1:]],
    })  # fmt: skip
    first, second = records(frame)
    assert first == {
        "i": 2**63 - 1, "f": None, "d": "2026-01-02", "t": "2026-01-02T03:04:05.000600+00:00", "l": ["2026-01-01"],
        "c": "1.20", "b": "/w==", "x": 90.0, "s": {"q": None, "r": "é"}, "w": "01:02:03", "n": None, "e": ["YQ=="],
    }  # fmt: skip
    assert [value for value in second.values() if value is not None] == [[None]]
    json.dumps([first, second], allow_nan=False)


async def test_long_tables_leave_in_pages() -> None:
    with NodeTester(ToList) as tester:
        result = await tester.run({"table": [{"n": n} for n in range(12_000)]})
    assert result.output is not None
    assert result.output["count"] == 12_000
    assert result.output["items"][11_999] == {"n": 11_999}


JSON = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=5), st.booleans())


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({"a": st.integers(-9, 9), "b": st.text(max_size=4), "c": st.none() | st.booleans()}))
)
async def test_records_come_back_as_they_were(rows) -> None:
    builder = FrameBuilder()
    builder.add(rows)
    assert list(records(builder.finish())) == rows
