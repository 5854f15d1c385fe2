"""Normal forms are Python's, also of what Python takes quadratic time for."""

from __future__ import annotations

import unicodedata
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.normal_forms import Form, normal_form

FORMS: tuple[Form, ...] = get_args(Form)
MARKS = [chr(point) for point in range(0x110000) if unicodedata.combining(chr(point))]
BECOME_MARKS = [
    chr(point)
    for point in range(0x110000)
    if not unicodedata.combining(chr(point)) and unicodedata.combining(unicodedata.normalize("NFKD", chr(point))[0])
]
pieces = st.sampled_from([*MARKS, *BECOME_MARKS * 20, *["é", "ǖ", "ﷺ", "한", "ᄀ", "カ", "が", "a", " ", "क"] * 20])


@given(st.lists(pieces, max_size=400).map("".join), st.sampled_from(FORMS))
@settings(max_examples=300, deadline=None)
def test_it_is_pythons_normal_form(text: str, form: Form) -> None:
    assert normal_form(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("form", FORMS)
def test_long_runs_of_marks_are_brought_into_order(form: Form) -> None:
    made = normal_form(form, "a" + "\u0315" * 300_000 + "\uff9e" * 1_000 + "\u0316" * 300_000)
    if "K" in form:  # the half-width voiced mark has become a mark of the lowest class
        assert made == "a" + "\u3099" * 1_000 + "\u0316" * 300_000 + "\u0315" * 300_000
    else:
        assert made == "a" + "\u0315" * 300_000 + "\uff9e" * 1_000 + "\u0316" * 300_000


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text", ["é" * 100, "é" * 70 + "\u0316\u0315" + "ñ" * 5, "é" * 70 + "\u0315\u0316", "\u0315" * 40 + "é" * 60]
)
def test_long_stretches_with_short_runs(form: Form, text: str) -> None:
    assert normal_form(form, text) == unicodedata.normalize(form, text)


def test_ascii_stays() -> None:
    assert normal_form("NFKD", "plain" * 1000) == "plain" * 1000
