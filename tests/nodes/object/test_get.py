"""object.get."""

from __future__ import annotations

import pytest

from studio.nodes.object.get import Get


async def test_examples(examples) -> None:
    await examples(Get)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b[0]", 10),
        ("a.b[-1]['c.d']", 5),
        ('["a"].b[1]["c.d"]', 5),
        ("a['b'][0]", 10),
        ("['a']", {"b": [10, {"c.d": 5}]}),
    ],
)
async def test_paths(run, path, value) -> None:
    assert (await run(Get, data={"a": {"b": [10, {"c.d": 5}]}}, path=path)) == {"value": value, "found": True}


@pytest.mark.parametrize("path", ["a.", ".a", "a..b", "a[", "a[x]", "a['b", "[", "a]b", "a." * 101 + "a"])
async def test_what_is_no_path(fails, path) -> None:
    await fails("node.param_invalid", Get, data={}, path=path)


@pytest.mark.parametrize("path", ["a.b.c", "a[0]", "a.b[2]", "a.b[-3]", "z"])
async def test_nothing_there(run, path) -> None:
    assert (await run(Get, data={"a": {"b": [1, 2]}}, path=path, default="–")) == {"value": "–", "found": False}
