"""number.format_currency."""

from __future__ import annotations

from studio.nodes.number.format_currency import FormatCurrency


async def test_examples(examples) -> None:
    await examples(FormatCurrency)


async def test_places_of_currencies(run, fails) -> None:
    assert (await run(FormatCurrency, amount=2.675, currency="USD", locale="en-US"))["text"] == "$2.68"
    assert (await run(FormatCurrency, amount=1, currency="TND", locale="en"))["text"] == "TND1.000"
    await fails("node.param_invalid", FormatCurrency, amount=1, currency="eur")
    await fails("number.unknown_locale", FormatCurrency, amount=1, currency="EUR", locale="../x")
