"""list.unique."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.nodes.list._keys import freeze
from studio.nodes.list.unique import Unique


async def test_examples(examples) -> None:
    await examples(Unique)


async def test_nothing_and_nulls(run) -> None:
    assert await run(Unique, items=[]) == {"items": [], "removed": 0}
    assert await run(Unique, items=[None, None]) == {"items": [None], "removed": 1}


@given(st.lists(st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.floats(-2, 2), st.text(max_size=1))))
def test_frozen_values_agree_with_equality(values) -> None:
    for one in values:
        for other in values:
            equal = one == other and isinstance(one, bool) == isinstance(other, bool)
            assert (freeze(one) == freeze(other)) == equal
