"""csv.to_file."""

from __future__ import annotations

from studio.nodes.csv.to_file import ToFile
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(ToFile)


async def test_long_lists(run) -> None:
    with NodeTester(ToFile) as tester:
        result = await tester.run({"items": [{"n": n} for n in range(2_500)]}, chunked=True)
        content = tester.content(result.output["file"])
    assert content.count(b"\r\n") == 2_501
