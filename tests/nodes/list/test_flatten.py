"""list.flatten."""

from __future__ import annotations

from studio.nodes.list.flatten import Flatten


async def test_examples(examples) -> None:
    await examples(Flatten)


async def test_bombs_are_refused(monkeypatch, fails) -> None:
    monkeypatch.setattr("studio.nodes.list.flatten._MOST", 10_000)
    bomb: list = [0] * 10
    for _ in range(4):
        bomb = [bomb] * 10
    await fails("list.flatten_too_large", Flatten, items="{{ bomb }}", depth=100, scope={"bomb": bomb})


async def test_depth_zero_is_refused(fails) -> None:
    await fails("node.param_invalid", Flatten, items=[], depth=0)


async def test_texts_are_not_opened(run) -> None:
    assert (await run(Flatten, items=["ab", ["cd"]], depth=5))["items"] == ["ab", "cd"]
