"""table.filter."""

from __future__ import annotations

import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.errors import StudioError
from studio.expressions import compile_expression
from studio.nodes.table._rows import _computed, _matching
from studio.nodes.table._translate import holds, translate
from studio.nodes.table.filter import Filter
from studio.sdk import PerItem


async def test_examples(examples) -> None:
    await examples(Filter)


INTS = st.one_of(st.none(), st.integers(-5, 5), st.sampled_from([2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)]))
FLOATS = st.one_of(
    st.none(), st.sampled_from([0.0, 0.5, -0.5, 1.0, 2.5, 3.0, 1e300, float("nan"), float("inf"), 2.0**53])
)
TEXTS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "é", "ab", "2026-01-02"]))
BOOLS = st.one_of(st.none(), st.booleans())
DAYS = st.one_of(st.none(), st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 1, 4)))
FULL = st.booleans()


@st.composite
def frames(draw):
    """A small frame; each column may or may not have nulls."""
    height = draw(st.integers(0, 6))
    columns = {}
    for name, values, kind in (
        ("n", INTS, pl.Int64), ("m", INTS, pl.Int64), ("x", FLOATS, pl.Float64), ("y", FLOATS, pl.Float64),
        ("t", TEXTS, pl.String), ("b", BOOLS, pl.Boolean), ("d", DAYS, pl.Date), ("s", st.integers(-100, 100), pl.Int8),
    ):  # fmt: skip
        if draw(st.booleans()):
            values = values.filter(lambda value: value is not None and value == value and value != float("inf"))
        columns[name] = pl.Series(name, draw(st.lists(values, min_size=height, max_size=height)), dtype=kind)
    return pl.DataFrame(columns)


LEAVES = st.sampled_from([
    "item.n", "item.m", "item.x", "item.y", "item.t", "item.b", "item.d", "item.s", "item['n']", "index", "item.gone",
    "0", "1", "-1", "2.5", "0.5", "3.0", "1e300", "9007199254740993", "9223372036854775807", "'a'", "'b'",
    "'2026-01-02'", "true", "false", "null",
])  # fmt: skip
OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


def values(depth: int):
    if not depth:
        return LEAVES
    inner = values(depth - 1)
    return st.one_of(
        LEAVES,
        st.builds(lambda a, op, b: f"({a} {op} {b})", inner, st.sampled_from(["+", "-", "*", "/"]), inner),
        st.builds(lambda a: f"(-{a})", inner),
    )


def conditions(depth: int):
    compare = st.builds(lambda a, op, b: f"({a} {op} {b})", values(2), OPERATORS, values(1))
    chain = st.builds(lambda a, p, b, q, c: f"({a} {p} {b} {q} {c})", LEAVES, OPERATORS, LEAVES, OPERATORS, LEAVES)
    within = st.builds(
        lambda a, op, b, c: f"({a} {op} [{b}, {c}])", LEAVES, st.sampled_from(["in", "not in"]), LEAVES, LEAVES
    )
    if not depth:
        return st.one_of(compare, chain, within, st.just("item.b"))
    inner = conditions(depth - 1)
    return st.one_of(
        compare,
        within,
        st.builds(lambda a, op, b: f"({a} {op} {b})", inner, st.sampled_from(["and", "or"]), inner),
        st.builds(lambda a: f"(not {a})", inner),
    )


def outcome(work):
    try:
        return work()
    except StudioError as error:
        return error.code


def per_item(source: str, tree: bool) -> PerItem:
    expression = compile_expression(source)
    return PerItem(expression.bind({}), source, expression.tree if tree else None)


@settings(max_examples=400, deadline=None)
@given(frames(), conditions(2))
def test_whole_columns_and_single_rows_give_the_same(frame, source) -> None:
    fast = outcome(lambda: _matching(frame, per_item(source, True)).to_dicts())
    slow = outcome(lambda: _matching(frame, per_item(source, False)).to_dicts())
    assert repr(fast) == repr(slow)


@settings(max_examples=300, deadline=None)
@given(frames(), values(3))
def test_computed_columns_are_the_same_either_way(frame, source) -> None:
    fast = outcome(lambda: _computed(frame, {"new": per_item(source, True)}).select("new").to_dicts())
    slow = outcome(lambda: _computed(frame, {"new": per_item(source, False)}).select("new").to_dicts())
    assert repr(fast) == repr(slow)


@pytest.mark.parametrize(
    "source",
    [
        "item.n >= 3", "item.n > 2.5 and item.t == 'a'", "item.x * item.n < 9", "item.t in ['a', 'b']", "not item.b",
        "index < 2", "item.n - 1 == 0 or item.x / 2 > 1", "'a' < item.t <= 'c'", "item.d >= '2026-01-02'",
    ],
)  # fmt: skip
def test_usual_conditions_run_over_whole_columns(source) -> None:
    frame = pl.DataFrame({"n": [1], "x": [1.5], "t": ["a"], "b": [True], "d": [datetime.date(2026, 1, 2)]})
    found = translate(compile_expression(source).tree, frame.schema)
    assert found is not None
    assert holds(frame, found.guards)
