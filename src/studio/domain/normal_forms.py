"""Unicode normal forms in time that grows with the length of the text only.

Python brings runs of combining marks into canonical order by insertion: a text of some 100,000 marks in the wrong
order would keep it busy for minutes. Here long runs are put in order before, by a stable sort, which gives an
equivalent text that Python finds in order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_STRETCH = re.compile(r"[^\x00-\x7f]{64,}+")
_LONG_RUN = 32
_BECOME_MARKS = {"NFD": frozenset("\u0f73\u0f75\u0f81"), "NFKD": frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")}
"""Characters that are no marks themselves, but decompose into some."""


def normal_form(form: Form, text: str) -> str:
    """The text in a normal form, exactly as ``unicodedata.normalize`` gives it."""
    if text.isascii():
        return text
    decomposed: Form = "NFKD" if "K" in form else "NFD"
    return unicodedata.normalize(form, _STRETCH.sub(lambda found: "".join(_ordered(found.group(), decomposed)), text))


def _ordered(stretch: str, decomposed: Form) -> Iterator[str]:
    """The characters with long runs of marks decomposed and in canonical order."""
    run: list[str] = []
    others = _BECOME_MARKS[decomposed]
    for char in stretch:
        if unicodedata.combining(char) or char in others:
            run.append(char)
            continue
        if run:
            yield _sorted(run, decomposed)
            run = []
        yield char
    if run:
        yield _sorted(run, decomposed)


def _sorted(run: list[str], decomposed: Form) -> str:
    if len(run) <= _LONG_RUN:
        return "".join(run)
    marks = [mark for char in run for mark in unicodedata.normalize(decomposed, char)]
    return "".join(sorted(marks, key=unicodedata.combining))
