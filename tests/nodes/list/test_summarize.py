"""list.summarize."""

from __future__ import annotations

from studio.nodes.list.summarize import Summarize


async def test_examples(examples) -> None:
    await examples(Summarize)


async def test_several_keys_and_functions(run) -> None:
    items = [{"a": 1, "b": True, "n": 2}, {"a": 1, "b": 1, "n": 4}, {"a": 1, "b": True, "n": 6}]
    out = await run(
        Summarize,
        items=items,
        by={"a": "a", "b": "b"},
        values={"mean": "n", "all": "n"},
        functions={"mean": "mean", "all": "list"},
    )
    assert out["rows"] == [
        {"a": 1, "b": True, "count": 2, "mean": 4.0, "all": [2, 6]},
        {"a": 1, "b": 1, "count": 1, "mean": 4.0, "all": [4]},
    ]


async def test_names_must_differ(fails) -> None:
    await fails("node.param_invalid", Summarize, items=[], by={"a": "a"}, values={"a": "n"})
    await fails("node.param_invalid", Summarize, items=[], by={"a": "a"}, values={"count": "n"})
    await fails("node.param_invalid", Summarize, items=[], by={"a": "a"}, functions={"x": "sum"})
