"""What fails for one item says for which."""

from __future__ import annotations

from typing import Any

import pytest

from studio.engine import Engine
from tests.engine.kit import run, workflow

ITEMS = [{"a": 1}, {"a": 2}, {"b": 3}]


@pytest.mark.parametrize(
    ("type", "params", "param"),
    [
        ("list.filter", {"where": "{{ item.a > 1 }}"}, "where[2]"),
        ("list.map", {"value": "{{ item.a * 2 }}"}, "value[2]"),
        ("list.map", {"value": {"x": "{{ item.a }}", "y": 1}}, "value[2]"),
        ("list.sort", {"by": "{{ item.a }}"}, "by[2]"),
        ("list.sort", {"by": ["{{ 1 }}", "{{ item.a }}"]}, "by[2]"),
        ("list.group", {"by": "{{ item.a }}"}, "by[2]"),
        ("table.add", {"columns": {"c": "{{ 10 // (item.n - 3) }}"}}, "columns.c[2]"),
    ],
)
@pytest.mark.parametrize("more", [{}, {"retry": 2}])
async def test_the_item_is_named(
    engine: Engine, type: str, params: dict[str, Any], param: str, more: dict[str, Any]
) -> None:
    given = {"table": [{"n": 1}, {"n": 2}, {"n": 3}]} if type == "table.add" else {"items": ITEMS}
    result = await run(engine, workflow({"n": (type, {**given, **params}, more)}))
    assert result.error is not None
    assert (result.error.node, result.error.param) == ("n", param), result.error


async def test_in_a_long_list_it_is_the_index_in_the_whole_list(engine: Engine) -> None:
    engine.config.items_bytes = 2000
    nodes = {
        "c": ("lab.count", {"count": 5000}),
        "n": ("list.map", {"items": "{{ c.items }}", "value": "{{ 1 // (item - 4321) }}"}),
    }
    result = await run(engine, workflow(nodes))
    assert result.error is not None
    assert (result.error.code, result.error.param) == ("expression.zero_division", "value[4321]")


@pytest.mark.parametrize("more", [{}, {"retry": 2}])
async def test_the_param_whose_expression_failed_is_named(engine: Engine, more: dict[str, Any]) -> None:
    params = {"values": {"fine": "{{ 1 + 1 }}", "n": "{{ 1 // inputs.n }}"}}
    found = workflow({"n": ("flow.set", params, more)}, inputs={"n": {"type": "integer", "default": 0}})
    result = await run(engine, found)
    assert result.error is not None
    assert (result.error.node, result.error.param) == ("n", "values"), result.error
