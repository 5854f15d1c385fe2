"""list.join."""

from __future__ import annotations

from studio.nodes.list.join import Join


async def test_examples(examples) -> None:
    await examples(Join)


LEFT = [{"id": 1, "v": "a"}, {"id": 1, "v": "b"}, {"id": None, "v": "c"}, {"id": 2, "v": "d"}]
RIGHT = [{"id": 1, "v": "x"}, {"id": 1.0, "w": 5}, {"id": None, "v": "y"}, {"id": 3, "v": "z"}]


async def test_all_pairs_of_a_key(run) -> None:
    items = (await run(Join, left=LEFT, right=RIGHT, left_key="id", right_key="{{ item.id }}"))["items"]
    assert [(row["v"], row["v_right"], row["w"]) for row in items] == [
        ("a", "x", None),
        ("a", None, 5),
        ("b", "x", None),
        ("b", None, 5),
    ]
    assert all(list(row) == ["id", "v", "v_right", "w"] for row in items)


async def test_left_and_outer(run) -> None:
    left = (await run(Join, left=LEFT, right=RIGHT, left_key="id", right_key="id", how="left"))["items"]
    assert [row["v"] for row in left] == ["a", "a", "b", "b", "c", "d"]
    outer = (await run(Join, left=LEFT, right=RIGHT, left_key="id", right_key="id", how="outer"))["items"]
    assert outer[:6] == left
    assert [(row["id"], row["v"], row["v_right"]) for row in outer[6:]] == [(None, None, "y"), (3, None, "z")]


async def test_empty_sides(run) -> None:
    assert (await run(Join, left=[], right=RIGHT, left_key="id", right_key="id"))["items"] == []
    assert (await run(Join, left=[{"id": 1}], right=[], left_key="id", right_key="id", how="left"))["items"] == [
        {"id": 1}
    ]


async def test_a_product_by_mistake_is_refused(monkeypatch, fails) -> None:
    monkeypatch.setattr("studio.nodes.list._join._MOST", 1_000)
    rows = [{"k": 1}] * 50
    await fails("list.join_too_large", Join, left=rows, right=rows, left_key="k", right_key="k")


async def test_inputs_are_left_alone(run) -> None:
    left = [{"id": 1}]
    await run(Join, left="{{ left }}", right=[{"id": 1, "x": 2}], left_key="id", right_key="id", scope={"left": left})
    assert left == [{"id": 1}]
