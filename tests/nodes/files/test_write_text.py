"""files.write_text."""

from __future__ import annotations

from studio.nodes.files.write_text import WriteText
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(WriteText)


async def test_after_a_crash_a_finished_write_counts_though_it_must_not_overwrite() -> None:
    params = {"path": "a.txt", "text": "new", "overwrite": False}
    with NodeTester(WriteText) as tester:
        await tester.run(params)
        again = await tester.run(params, recovering=True)
        assert again.output == {"path": "a.txt", "size": 3}
        (tester.files / "a.txt").write_text("old")
        other = await tester.run(params, recovering=True)
        assert other.error is not None
        assert other.error.code == "files.exists"
