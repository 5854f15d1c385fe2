"""json.stringify."""

from __future__ import annotations

from studio.nodes.json.stringify import Stringify


async def test_examples(examples) -> None:
    await examples(Stringify)


async def test_depth_and_numbers(fails, run) -> None:
    deep: list = []
    for _ in range(300):
        deep = [deep]
    await fails("json.not_data", Stringify, data="{{ deep }}", scope={"deep": deep})
    assert (await run(Stringify, data=[2**63 - 1, 1e300, "\u2028"]))["text"] == '[9223372036854775807,1e+300,"\u2028"]'
