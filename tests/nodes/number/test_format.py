"""number.format."""

from __future__ import annotations

import pytest

from studio.nodes.number.format import Format


async def test_examples(examples) -> None:
    await examples(Format)


@pytest.mark.parametrize(
    ("number", "locale", "decimals", "expected"),
    [
        (0.1, "en", None, "0.1"),
        (-1234, "en", None, "-1,234"),
        (2.675, "en", 2, "2.68"),
        (1e21, "en", None, None),
        (12345.678, "de-CH", 2, "12’345.68"),
        (1234567, "pt_BR", 0, "1.234.567"),
    ],
)
async def test_locales(run, number, locale, decimals, expected) -> None:
    text = (await run(Format, number=number, locale=locale, decimals=decimals))["text"]
    assert expected is None or text == expected


async def test_without_grouping(run) -> None:
    assert (await run(Format, number=1234567.25, locale="fr", grouping=False))["text"] == "1234567,25"


async def test_extremes(run) -> None:
    assert (await run(Format, number=5e-324))["text"].startswith("0.000")
    assert len((await run(Format, number=1.7e308, decimals=2))["text"]) > 308
