"""number.base_convert."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.nodes.number.base_convert import BaseConvert, _write


async def test_examples(examples) -> None:
    await examples(BaseConvert)


@given(st.integers(-(10**30), 10**30), st.integers(2, 36), st.integers(2, 36))
def test_there_and_back(number, one, other) -> None:
    assert int(_write(int(_write(number, one), one), other), other) == number


async def test_edges(run, fails) -> None:
    assert (await run(BaseConvert, text="0", to=2))["text"] == "0"
    assert (await run(BaseConvert, text="-FF", **{"from": 16}, to=10))["text"] == "-255"
    assert len((await run(BaseConvert, text="z" * 1_000, **{"from": 36}, to=2))["text"]) > 5_000
    for text in ("", "-", "1.5", "١", "1_0", "0x1"):
        await fails("node.param_invalid" if not text else "number.not_in_base", BaseConvert, text=text, to=2)
