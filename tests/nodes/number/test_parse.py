"""number.parse."""

from __future__ import annotations

import pytest

from studio.nodes.number.parse import Parse


async def test_examples(examples) -> None:
    await examples(Parse)


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("42", "en", 42),
        (" -0.5 ", "en", -0.5),
        ("−5", "sv", -5),
        ("1e3", "en", 1000),
        ("1,234.50", "en", 1234.5),
        ("1'234.5", "de-CH", 1234.5),
        ("12,34,567", "hi-IN", 1234567),
        ("1\u00a0234,5", "fr", 1234.5),
        ("+7", "en", 7),
        ("９", "ja", 9),
        ("0.1e-2", "en", 0.001),
        ("1e30", "en", 1e30),
    ],
)
async def test_forms(run, text, locale, expected) -> None:
    assert (await run(Parse, text=text, locale=locale))["number"] == expected


@pytest.mark.parametrize(
    "text", ["", "abc", "1,2,3", "12,34", "1.2.3", "NaN", "inf", "1_000", "0x10", "(5)", "5 %", "1,234,5", "--1"]
)
async def test_what_is_none(fails, text) -> None:
    await fails("number.not_a_number", Parse, text=text)


async def test_hostile_texts(fails) -> None:
    await fails("number.out_of_range", Parse, text="1e9999")
    await fails("node.param_invalid", Parse, text="1" * 1_000)
    await fails("number.not_a_number", Parse, text="1,1" * 130)
