"""text.title_case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.nodes.text._title import title_case
from studio.nodes.text.title_case import TitleCase


async def test_examples(examples) -> None:
    await examples(TitleCase)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10km WNW of The Geysers, CA", "10km WNW of The Geysers, CA"),
        ("10KM WNW OF THE GEYSERS, CA", "10km WNW of the Geysers, CA"),
        ("6km SSW of Tecoluca, El Salvador", "6km SSW of Tecoluca, El Salvador"),
        ("The Lord Of The Rings", "The Lord of the Rings"),
        ("a tale of two cities", "A Tale of Two Cities"),
        ("of mice and men", "Of Mice and Men"),
        ("what is it for", "What Is It For"),
        ("los angeles, ca 91384", "Los Angeles, CA 91384"),
        ("hello, me and you", "Hello, Me and You"),
        ("state-of-the-art well-known", "State-of-the-Art Well-Known"),
        ("rock 'n' roll", "Rock 'n' Roll"),
        ("don't stop o'brien", "Don't Stop O'Brien"),
        ("mr. o’neil", "Mr. O’Neil"),
        ("NASA and the iPhone by McDonald", "NASA and the iPhone by McDonald"),
        ("go. the end: a story", "Go. The End: A Story"),
        ("mail x.y@z.com e.g. this", "Mail x.y@z.com e.g. This"),
        ("U.S. of A", "U.S. of A"),
        ("3RD STREET NE", "3rd Street NE"),
        ("1st and 2nd", "1st and 2nd"),
        ("(the end)", "(The End)"),
        ("san juan de la cruz", "San Juan de la Cruz"),
        ("ΟΔΟΣ ΟΝΕΙΡΩΝ", "Οδος Ονειρων"),
        ("ǆungla", "ǅungla"),
        ("ﬁrst", "First"),
        ("ПРИВЕТ МИР", "Привет Мир"),
        ("مرحبا بالعالم", "مرحبا بالعالم"),
        ("日本", "日本"),
        ("  two  spaces\n", "  Two  Spaces\n"),
        ("CA", "CA"),
        ("", ""),
        ("'", "'"),
        ("...", "..."),
    ],
)
async def test_phrases(run, text, expected) -> None:
    assert await run(TitleCase, text=text) == {"text": expected}


@given(st.text(st.characters(exclude_characters="ı", exclude_categories=["Cs"])))  # its capital is I
def test_only_the_case_changes(text) -> None:
    assert title_case(text).casefold() == text.casefold()


async def test_long_texts_take_linear_time(run) -> None:
    words = "the quick o'brown-fox of a.b@c.de, ca " * 5_000
    assert (await run(TitleCase, text=words))["text"].startswith("The Quick")
