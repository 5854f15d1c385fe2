"""files.move."""

from __future__ import annotations

from studio.nodes.files.move import Move
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Move)


async def test_after_a_crash_a_finished_move_counts() -> None:
    with NodeTester(Move) as tester:
        first = await tester.run({"source": "a", "target": "b"}, files={"a": "abc"})
        again = await tester.run({"source": "a", "target": "b"}, recovering=True, intent=first.intent)
        assert again.output == {"path": "b", "size": 3}
        other = await tester.run({"source": "a", "target": "b"}, recovering=True, intent={"size": 4})
        assert other.error is not None
        assert other.error.code == "files.not_found"
        unknown = await tester.run({"source": "b", "target": "c"}, recovering=True, intent=None)
        assert unknown.output == {"path": "c", "size": 3}
