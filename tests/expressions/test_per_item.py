"""Expressions evaluated once per item."""

from __future__ import annotations

import pytest

from studio.domain.errors import ExpressionError
from studio.expressions import SEED, Budget, compile_expression


def test_item_and_index_lie_over_the_scope() -> None:
    function = compile_expression("{{ item.mag >= inputs.min and index < 2 }}").bind({"inputs": {"min": 5}, "item": 9})
    assert [function({"mag": mag}, index) for index, mag in enumerate([4, 5, 6])] == [False, True, False]


def test_the_item_has_any_name() -> None:
    expression = compile_expression("quake.mag + n + item")
    function = expression.bind({"item": 1}, as_="quake", index_as="n")
    assert function({"mag": 1}, 3) == 5
    assert expression.bind({"item": 1, "n": 5}, as_="quake")({"mag": 1}, 3) == 7


def test_results_are_plain() -> None:
    assert compile_expression("date(item)").bind({})("2024-01-01T00:00:00Z") == "2024-01-01"
    assert compile_expression("[x for x in item]").bind({})([1]) == [1]
    item = {"a": 1}
    assert compile_expression("item").bind({})(item) is item


def test_every_call_has_its_own_budget() -> None:
    function = compile_expression("sum(x for x in range(item))").bind({}, budget=Budget(steps=5_000, bytes=50_000))
    for index in range(200):
        assert function(100, index) == 4950
    with pytest.raises(ExpressionError) as caught:
        function(9_000, 0)
    assert caught.value.code == "expression.budget.bytes"
    with pytest.raises(ExpressionError) as caught:
        compile_expression("all(x >= 0 for x in range(item))").bind({}, budget=Budget(steps=5_000))(9_000)
    assert caught.value.code == "expression.budget.steps"
    assert function(100, 1) == 4950


def test_the_clock_runs_for_all_calls_together() -> None:
    function = compile_expression("item + 1").bind({}, milliseconds=0)
    with pytest.raises(ExpressionError) as caught:
        for index in range(10_000):
            function(1, index)
    assert caught.value.code == "expression.budget.milliseconds"


def test_random_values_differ_by_item_and_repeat_with_it() -> None:
    expression = compile_expression("uuid()")
    first = expression.bind({SEED: "s"})
    drawn = [first(None, index) for index in range(50)]
    assert len(set(drawn)) == 50
    again = expression.bind({SEED: "s"})
    assert [again(None, index) for index in (49, 0)] == [drawn[49], drawn[0]]
    assert expression.bind({SEED: "s"}, salt="/key")(None, 0) != drawn[0]


def test_errors_name_the_place() -> None:
    function = compile_expression("1 + item.mag").bind({})
    with pytest.raises(ExpressionError) as caught:
        function({"mga": 1})
    assert (caught.value.code, caught.value.start, caught.value.end) == ("expression.missing_key_near", 4, 12)
    with pytest.raises(ExpressionError) as caught:
        compile_expression("item ** 2").bind({})(1e300)
    assert caught.value.code == "expression.overflow"
    with pytest.raises(ExpressionError) as caught:
        compile_expression("2 ** item").bind({})(64)
    assert (caught.value.code, caught.value.start) == ("expression.result_range", 0)
    assert compile_expression("item.a").bind({})({"a": 1}) == 1


def test_the_tree_is_portable_plain_data() -> None:
    tree = compile_expression("item.mag >= 5 and not (item['place'] in ['x', *xs[1:]] or -n ** 2 < 3 + a - b)").tree
    item = ["name", "item"]
    assert tree == [
        "and",
        [
            ["compare", ["key", item, "mag"], [[">=", ["const", 5]]]],
            ["unary", "not", ["or", [
                ["compare", ["key", item, "place"], [["in", ["list", [
                    ["const", "x"], ["star", ["slice", ["name", "xs"], ["const", 1], None, None]]]]]]],
                ["compare", ["unary", "-", ["arith", "**", ["name", "n"], ["const", 2]]], [["<",
                    ["arith", "-", ["arith", "+", ["const", 3], ["name", "a"]], ["name", "b"]]]]],
            ]]],
        ],
    ]  # fmt: skip


def test_every_kind_of_node_is_portable() -> None:
    cases = {
        "f'{a:>3}b'": ["text", [[["name", "a"], ">3"], ["b", None]]],
        "round(a, digits=1)": ["call", "round", [["name", "a"]], {"digits": ["const", 1]}],
        "a.upper()": ["method", ["name", "a"], "upper", [], {}],
        "a[b]": ["item", ["name", "a"], ["name", "b"]],
        "a if b else c": ["if", ["name", "b"], ["name", "a"], ["name", "c"]],
        "{1, 2}": ["set", [["const", 1], ["const", 2]]],
        "{'a': 1, **b}": ["dict", [[["const", "a"], ["const", 1]], [None, ["name", "b"]]]],
        "map(lambda x: x, a)": ["call", "map", [["lambda", ["x"], ["name", "x"]], ["name", "a"]], {}],
        "{k: v for k, v in a if v}": [
            "comp", "dict", ["name", "v"], ["name", "k"], [[("k", "v"), ["name", "a"], [["name", "v"]]]],
        ],
    }  # fmt: skip
    for source, tree in cases.items():
        assert compile_expression(source).tree == tree
