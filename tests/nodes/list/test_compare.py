"""list.compare."""

from __future__ import annotations

from studio.nodes.list.compare import Compare


async def test_examples(examples) -> None:
    await examples(Compare)


async def test_all_four(run) -> None:
    before = [{"k": 1, "v": 1}, {"k": 2, "v": 1}, {"k": 3, "v": 1}]
    after = [{"k": 2, "v": True}, {"k": 3, "v": 1.0}, {"k": 4, "v": 1}]
    out = await run(Compare, before=before, after=after, by="k")
    assert [row["k"] for row in out["added"]] == [4]
    assert [row["k"] for row in out["removed"]] == [1]
    assert [row["key"] for row in out["changed"]] == [2]
    assert out["same"] == 1
