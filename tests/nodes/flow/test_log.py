"""flow.log."""

from __future__ import annotations

from studio.nodes.flow.log import Log
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Log)


async def test_the_line_is_written() -> None:
    with NodeTester(Log) as tester:
        result = await tester.run({"message": "ça", "level": "error", "data": {"n": 1}})
    assert result.logs == [("error", "ça", {"data": {"n": 1}})]


async def test_levels(fails) -> None:
    await fails("node.param_invalid", Log, message="x", level="loud")
