"""csv.stringify."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.nodes.csv.parse import Parse
from studio.nodes.csv.stringify import Stringify
from studio.testing import NodeTester, listed


async def test_examples(examples) -> None:
    await examples(Stringify)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)


@given(st.lists(st.fixed_dictionaries({"a": CELLS, "b": CELLS}), min_size=1, max_size=5))
async def test_what_is_written_is_read(items) -> None:
    with NodeTester(Stringify) as tester:
        text = (await tester.run({"items": "{{ items }}"}, scope={"items": items})).output["text"]
    with NodeTester(Parse) as tester:
        read = await tester.run({"text": "{{ text }}", "delimiter": ","}, scope={"text": text})
    assert list(listed(read.output)["items"]) == items


async def test_columns_and_kinds(run, fails) -> None:
    out = await run(Stringify, items=[{"a": True, "b": 1.5, "c": {"é": None}}], columns=["c", "a", "z"])
    assert out["text"] == 'c,a,z\r\n"{""é"":null}",true,\r\n'
    assert (await run(Stringify, items=[]))["text"] == "\r\n"
    await fails("csv.too_long", Stringify, items=[{"a": "x" * 1_000_000}] * 70)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
async def test_formulas_are_disarmed(run, text) -> None:
    assert "'" + text[0] in (await run(Stringify, items=[{"x": text}], safe=True))["text"]
    assert "'" not in (await run(Stringify, items=[{"x": -1}], safe=True))["text"]


async def test_a_file_is_no_cell() -> None:
    with NodeTester(Stringify) as tester:
        result = await tester.run({"items": "{{ [{'a': f}] }}"}, scope={"f": tester.file(b"x", "x")})
    assert result.error.code == "csv.not_a_cell"
