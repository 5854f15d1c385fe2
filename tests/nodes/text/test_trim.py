"""text.trim."""

from __future__ import annotations

from studio.nodes.text.trim import Trim


async def test_examples(examples) -> None:
    await examples(Trim)


async def test_sides(run) -> None:
    assert (await run(Trim, text=" a ", side="start"))["text"] == "a "
    assert (await run(Trim, text="--a--", characters="-"))["text"] == "a"
    assert (await run(Trim, text=" \n\t", side="both"))["text"] == ""


async def test_a_number_is_no_text(fails) -> None:
    error = await fails("node.param_invalid", Trim, text=5)
    assert error.param == "text"
