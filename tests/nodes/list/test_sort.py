"""list.sort."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.nodes.list._order import sorted_positions
from studio.nodes.list.sort import Sort


async def test_examples(examples) -> None:
    await examples(Sort)


async def test_equal_items_keep_their_order_both_ways(run) -> None:
    items = [{"k": 1, "n": place} for place in range(5)]
    assert (await run(Sort, items=items, by="k"))["items"] == items
    assert (await run(Sort, items=items, by="k", descending=True))["items"] == items


async def test_nulls_stay_at_their_end(run) -> None:
    items = [2, None, 1]
    assert (await run(Sort, items=items, by="{{ item }}"))["items"] == [1, 2, None]
    assert (await run(Sort, items=items, by="{{ item }}", descending=True))["items"] == [2, 1, None]
    assert (await run(Sort, items=items, by="{{ item }}", nulls="first"))["items"] == [None, 1, 2]


async def test_nested_fields_and_no_items(run) -> None:
    items = [{"a": {"b": 2}}, {"a": {"b": 1}}]
    assert (await run(Sort, items=items, by="a.b"))["items"] == items[::-1]
    assert (await run(Sort, items=[], by="{{ item }}"))["items"] == []
    assert (await run(Sort, items=[1], by="{{ [] }}"))["items"] == [1]


async def test_by_several_fields_or_expressions(run) -> None:
    items = [{"c": "b", "n": 1}, {"c": "a", "n": 2}, {"c": "a", "n": 1}]
    wanted = [items[2], items[1], items[0]]
    for by in (["c", "n"], ["{{ item.c }}", "{{ item.n }}"], ["c", "{{ item.n }}"], "{{ [item.c, item.n] }}"):
        assert (await run(Sort, items=items, by=by))["items"] == wanted


async def test_what_is_no_key(fails) -> None:
    for by in (5, True, {"c": 1}, [], ["c", 5], None):
        error = await fails("node.param_invalid", Sort, items=[1], by=by)
        assert error.param == "by"


async def test_what_has_no_order(fails) -> None:
    error = await fails("list.mixed_keys", Sort, items=[1, None, "a"], by="{{ item }}")
    assert "0 and 2" in error.message
    await fails("list.mixed_keys", Sort, items=[1, True], by="{{ item }}")
    await fails("list.no_order", Sort, items=[{"a": 1}], by="{{ item }}")
    await fails("list.mixed_lengths", Sort, items=[[1], [1, 2]], by="{{ item }}")
    await fails("list.mixed_lengths", Sort, items=[[1], 1], by="{{ item }}")
    await fails("list.mixed_lengths", Sort, items=[1, [1]], by="{{ item }}")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30), st.booleans(), st.booleans())
def test_two_parts_sort_like_two_sorts(pairs, first, second) -> None:
    order = sorted_positions([list(pair) for pair in pairs], [first, second], ignore_case=False, nulls_first=False)
    expected = sorted(range(len(pairs)), key=lambda place: pairs[place][1], reverse=second)
    assert order == sorted(expected, key=lambda place: pairs[place][0], reverse=first)
