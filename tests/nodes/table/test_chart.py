"""table.chart."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.nodes.table._chart import LARGEST, Series, draw, ticks_for
from studio.nodes.table.chart import Chart


async def test_examples(examples) -> None:
    await examples(Chart)


def test_every_text_is_escaped() -> None:
    evil = "</text><script>alert(1)</script>\x00\u2028"
    svg = draw("bar", [evil], [Series(evil, [1.0]), Series("b", [None])], title=evil, width=300, height=200)
    assert "<script" not in svg
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert not [one for one in root.iter() if one.tag.endswith(("script", "image", "foreignObject"))]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | st.floats(-LARGEST, LARGEST), max_size=8), st.sampled_from(["bar", "line"]))
def test_any_numbers_can_be_drawn(values, kind) -> None:
    svg = draw(kind, [str(n) for n in range(len(values))], [Series("é", values)], title="", width=400, height=200)
    assert "nan" not in svg
    assert "inf" not in svg
    ElementTree.fromstring(svg)


@pytest.mark.parametrize(
    ("values", "ticks"), [([0, 10], 6), ([], 6), ([5, 5], 6), ([-3, 4], 5), ([5e-324], 6), ([1e16, 1e16 + 2], 6)]
)
def test_ticks_are_round(values, ticks) -> None:
    found = ticks_for([float(value) for value in values], bars=True)
    assert found[0] <= min([0, *values])
    assert found[-1] >= max([0, *values])
    assert len(found) <= 12


async def test_what_cannot_be_drawn(fails) -> None:
    await fails("table.cannot_draw", Chart, table=[{"a": 1e300}], x="a", y="a")
    await fails("table.too_many_points", Chart, table=[{"a": 1}] * 5001, x="a", y="a")
