"""date.parse."""

from __future__ import annotations

import pytest

from studio.nodes.date.format import Format
from studio.nodes.date.parse import Parse


async def test_examples(examples) -> None:
    await examples(Parse)


@pytest.mark.parametrize(
    ("text", "pattern", "locale", "expected"),
    [
        ("1. März 2026", "d. MMMM yyyy", "de", "2026-03-01"),
        ("1 mars 2026", "d MMM yyyy", "fr", "2026-03-01"),
        ("1 févr. 2026", "d MMM yyyy", "fr", "2026-02-01"),
        ("٣ فبراير ٢٠٢٦", "d MMMM yyyy", "ar", "2026-02-03"),
        ("mardi 3 février 2026 à 08h05", "EEEE d MMMM yyyy 'à' HH'h'mm", "fr", "2026-02-03T08:05:00+00:00"),
        ("20260203T080506.25Z", "yyyyMMdd'T'HHmmss.SSX", "en", None),
        ("12:00 AM 1/2/70", "h:mm a M/d/yy", "en", "1970-01-02T00:00:00+00:00"),
        ("24:30 2026-01-01", "kk:mm yyyy-MM-dd", "en", "2026-01-01T00:30:00+00:00"),
        ("2026-02-03 08:00 -0330", "yyyy-MM-dd HH:mm Z", "en", "2026-02-03T08:00:00-03:30"),
    ],
)
async def test_patterns(run, text, pattern, locale, expected) -> None:
    out = await run(Parse, text=text, pattern=pattern, locale=locale)
    assert out["date"] == (expected or "2026-02-03T08:05:06.250000+00:00")


@pytest.mark.parametrize(
    ("text", "pattern", "code"),
    [
        ("x", None, "not_readable"),
        ("", None, "not_readable"),
        ("2026-02-30", "yyyy-MM-dd", "no_such_time"),
        ("3 Foo 2026", "d MMM yyyy", "pattern_mismatch"),
        ("13:00 AM 2026", "h:mm a yyyy", "no_such_time"),
        ("08:00", "HH:mm", "no_such_time"),
        ("25:00 2026", "HH:mm yyyy", "no_such_time"),
        ("1 2", "d M", "no_such_time"),
        ("x" * 300, None, "text_too_long"),
        (1e30, None, "number_out_of_range"),
        (-1e18, None, "number_out_of_range"),
    ],
)
async def test_what_cannot_be_read(fails, text, pattern, code) -> None:
    await fails(f"date.{code}", Parse, text=text, pattern=pattern)


async def test_bad_patterns_and_zones(fails) -> None:
    await fails("date.bad_pattern", Parse, text="1", pattern="QQQ")
    await fails("date.unknown_zone", Parse, text="2026-01-01", zone="Mars/Base")
    await fails("date.unknown_locale", Parse, text="1", pattern="d", locale="tlh")


async def test_numbers(run) -> None:
    assert (await run(Parse, text=0))["date"] == "1970-01-01T00:00:00+00:00"
    assert (await run(Parse, text=-1.5))["date"] == "1969-12-31T23:59:58.500000+00:00"


@pytest.mark.parametrize("locale", ["en", "fr", "de", "ar", "ja", "ru", "pt-BR"])
@pytest.mark.parametrize("pattern", ["d MMMM yyyy", "dd MMM yyyy", "EEEE d MMMM y", "yyyy-MM-dd"])
async def test_what_format_writes_is_read(run, locale, pattern) -> None:
    for month in range(1, 13):
        day = f"2026-{month:02}-28"
        text = (await run(Format, date=day, pattern=pattern, locale=locale))["text"]
        assert (await run(Parse, text=text, pattern=pattern, locale=locale))["date"] == day
