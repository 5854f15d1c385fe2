"""files.append_text."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.nodes.files._recovery import missing_part
from studio.nodes.files.append_text import AppendText
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(AppendText)


@pytest.mark.parametrize(
    ("tail", "content", "missing"),
    [
        (b"", b"one\n", b"one\n"), (b"one\n", b"one\n", b""), (b"on", b"one\n", b"e\n"), (b"x\none\n", b"one\n", b""),
        (b"11\n", b"1\n", b"1\n"), (b"11\n1", b"1\n", b"\n"), (b"21", b"1\n", b"1\n"), (b"one\ntwo\n", b"one\n", b""),
        (b"abab", b"ab", b""), (b"xa", b"ab", b"b"), (b"x", b"ab", b"ab"), (b"two\n", b"one\n", b"one\n"),
        (b"x", b"", b""), (b"aab", b"aabaac", b"aac"),
    ],
)  # fmt: skip
def test_what_is_missing(tail, content, missing) -> None:
    assert missing_part(tail, content) == missing


@given(before=st.binary(max_size=6), content=st.binary(min_size=1, max_size=12), cut=st.integers(0, 12))
def test_a_write_cut_off_anywhere_is_completed(before, content, cut) -> None:
    """Whatever part of the text had been written, text and completion hold it in full, and nothing is removed."""
    tail = content[:cut]
    done = tail + missing_part(tail, content)
    assert content in done
    assert len(done) <= len(tail) + len(content)


@pytest.mark.parametrize("cut", range(5))
async def test_after_a_crash_nothing_is_added_twice(cut) -> None:
    with NodeTester(AppendText) as tester:
        first = await tester.run({"path": "a.txt", "text": "two\n"}, files={"a.txt": "one\n"})
        assert first.intent == {"length": 4}
        (tester.files / "a.txt").write_text("one\n" + "two\n"[:cut])
        again = await tester.run({"path": "a.txt", "text": "two\n"}, recovering=True, intent=first.intent)
        assert again.output == {"path": "a.txt", "size": 8}
        assert (tester.files / "a.txt").read_text() == "one\ntwo\n"


async def test_runs_that_append_at_once_all_arrive() -> None:
    with NodeTester(AppendText) as tester:
        await asyncio.gather(*(tester.run({"path": "a.txt", "text": f"{n}\n"}) for n in range(40)))
        lines = (tester.files / "a.txt").read_text().split()
        assert sorted(lines, key=int) == [str(n) for n in range(40)]
        again = [
            tester.run({"path": "a.txt", "text": f"{n}\n"}, recovering=True, intent={"length": 0}) for n in range(45)
        ]
        await asyncio.gather(*again)
        lines = (tester.files / "a.txt").read_text().split()
        assert sorted(lines, key=int) == [str(n) for n in range(45)]
