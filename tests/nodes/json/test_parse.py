"""json.parse."""

from __future__ import annotations

import pytest

from studio.nodes.json.parse import Parse


async def test_examples(examples) -> None:
    await examples(Parse)


@pytest.mark.parametrize("text", ["", " ", "NaN", "Infinity", "01", "'a'", "[1,]", '"\\ud800"', "1 2", '"a\nb"', "tru"])
async def test_what_is_no_json(fails, text) -> None:
    await fails("json.not_json", Parse, text=text)


async def test_numbers_keep_their_value(run, fails) -> None:
    assert (await run(Parse, text=str(2**63 - 1)))["data"] == 2**63 - 1
    assert (await run(Parse, text=f'["{10**30}", 1.5e300, {-(2**63)}]'))["data"][2] == -(2**63)
    assert (await run(Parse, text="0.1234567890123456789012"))["data"] == 0.12345678901234568
    for number in (2**63, 10**30, -(2**63) - 1):
        await fails("json.number_range", Parse, text=f"[{number}]")


async def test_bombs(fails) -> None:
    await fails("json.too_deep", Parse, text="[" * 500 + "]" * 500)
    await fails("json.not_json", Parse, text="[" * 200_000)
    await fails("json.too_deep", Parse, text='{"a":' * 300 + "1" + "}" * 300)
    await fails("json.not_json", Parse, text="1" * 100_000 + "x")
    await fails("json.not_json", Parse, text="1" * 100_000)
    await fails("json.number_range", Parse, text="1" * 300)


async def test_many_shallow_values(run) -> None:
    assert len((await run(Parse, text="[" + ",".join(["{}"] * 500) + "]"))["data"]) == 500


async def test_the_place_is_named(fails) -> None:
    assert "line 2, column" in (await fails("json.not_json", Parse, text='{"a": 1,\n"b": }')).message


async def test_a_byte_order_mark_is_no_data(run) -> None:
    assert (await run(Parse, text="\ufeff{}"))["data"] == {}
    assert (await run(Parse, text="\ufeff[12345678901234567]"))["data"] == [12345678901234567]
