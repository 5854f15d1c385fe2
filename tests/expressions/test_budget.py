"""Budgets: charged before the work, one error per limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.expressions import Budget, compile_expression

from .helpers import refused, run

SMALL = Budget(steps=1000, bytes=100_000, length=100, text=1000, int_bits=128, depth=10, milliseconds=1000)

CASES = [
    ("sum(x for x in range(100) for y in range(100))", "steps"),
    ("[sum(range(50)) for x in range(100)]", "steps"),
    ("[map(upper, ['a'] * 50) for x in range(9)]", "steps"),
    ("[[str(x) * 100 for x in range(99)] for y in range(9)]", "bytes"),
    ("[[{'a': x, 'b': [x]} for x in range(90)] for y in range(5)]", "bytes"),
    ("[map(lambda x: {'a': 1, 'b': 2, 'c': [x, x]}, range(100)) for y in range(3)]", "bytes"),
    ("range(101)", "length"),
    ("[0] * 101", "length"),
    ("[x for x in xs]", "length"),
    ("[x + y for x in range(20) for y in range(20) if true if true]", "length"),
    ("{str(x): 1 for x in xs}", "length"),
    ("{f'{x}{y}': 1 for x in range(12) for y in range(12)}", "length"),
    ("xs + xs", "length"),
    ("[*xs]", "length"),
    ("'a' * 1001", "text"),
    ("f'{name}{name}'", "text"),
    ("name.zfill(1001)", "text"),
    ("name + name", "text"),
    ("2 ** 129", "int_bits"),
    ("1 << 128", "int_bits"),
    ("2 ** 100 * 2 ** 100", "int_bits"),
    ("str(2 ** 100 + 2 ** 128)", "int_bits"),
    ("reduce(lambda a, x: [a], range(20), 1)", "depth"),
    ("json_parse('[' * 20 + ']' * 20)", "depth"),
    ("reduce(lambda a, x: [a], range(20), 1) == reduce(lambda a, x: [a], range(20), 1)", "depth"),
    ("reduce(lambda a, x: {'a': a}, range(20), 1) == reduce(lambda a, x: {'a': a}, range(20), 1)", "depth"),
    ("reduce(lambda a, x: [a], range(20), 1) < reduce(lambda a, x: [a], range(20), 1)", "depth"),
    ("deep_merge(deep, deep)", "depth"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "what"), CASES, ids=[source for source, _ in CASES])
def test_limit(source: str, what: str) -> None:
    deep: dict[str, object] = {}
    for _ in range(20):
        deep = {"a": deep}
    scope = {"xs": list(range(101)), "name": "n" * 600, "deep": deep}
    budget = SMALL if what == "steps" else replace(SMALL, steps=1_000_000)
    assert refused(source, budget, **scope).code == f"expression.budget.{what}"
    if what in ("steps", "bytes", "length", "text"):
        run(source, **scope)


def test_time_is_bounded() -> None:
    error = refused("[x for x in range(1000000)]", Budget(milliseconds=0))
    assert error.code == "expression.budget.milliseconds"
    assert refused("[regex_test('a', 'a')]", Budget(milliseconds=0)).code == "expression.budget.milliseconds"


def test_the_result_written_out_is_bounded() -> None:
    rows = [{"id": n} for n in range(1000)]
    assert len(run("[rows for x in range(10)]", rows=rows)) == 10
    assert refused("[rows for x in range(10)]", Budget(bytes=50_000), rows=rows).code == "expression.budget.bytes"
    assert refused("str([rows] * 1000)", Budget(text=100_000), rows=rows).code == "expression.budget.text"


def test_a_path_and_a_large_input_cost_nothing() -> None:
    rows = list(range(2_000_000))
    tiny = Budget(steps=50, bytes=2_000, length=1)
    assert run("data.rows", tiny, data={"rows": rows}) is rows
    assert run("{'all': data.rows}", tiny, data={"rows": rows})["all"] is rows
    assert run("data.rows[0] + len(data.rows)", tiny, data={"rows": rows}) == 2_000_000


def test_a_steps_limit_of_zero_refuses_all_that_is_charged() -> None:
    assert refused("1 + 1", Budget(steps=0)).code == "expression.budget.steps"


def test_limits_beyond_what_python_allows_are_refused() -> None:
    for wrong in ({"int_bits": 20_000}, {"depth": 1_000}, {"steps": -1}):
        with pytest.raises(ValueError, match=r"budget|Python"):
            Budget(**wrong)


def test_repeated_use_has_its_budget_each_time() -> None:
    expression = compile_expression("sum(x for x in range(100))")
    for _ in range(100):
        assert expression.evaluate({}, Budget(steps=600)) == 4950
