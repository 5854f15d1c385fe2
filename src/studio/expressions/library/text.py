"""Functions over texts."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from typing import Any

from studio.domain.errors import ExpressionError
from studio.domain.normal_forms import normal_form
from studio.expressions._comparison import contains as contains_value
from studio.expressions._limits import Meter
from studio.expressions._registry import function
from studio.expressions._values import text as to_text

LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


def grown(meter: Meter, value: str) -> None:
    """Charge a copy whose case or form changes: outside ASCII one character may become three."""
    meter.chars(len(value) if value.isascii() else 3 * len(value), value.isascii())


@function("text", "text", [("upper('Ab')", "AB")])
def upper(meter: Meter, x: str) -> str:
    """All letters large."""
    grown(meter, x)
    return x.upper()


@function("text", "text", [("lower('Ab')", "ab")])
def lower(meter: Meter, x: str) -> str:
    """All letters small."""
    grown(meter, x)
    return x.lower()


@function("text", "text", [("title('north sea')", "North Sea")])
def title(meter: Meter, x: str) -> str:
    """Every word with a large first letter."""
    grown(meter, x)
    return x.title()


@function("text", "text", [("capitalize('north SEA')", "North sea")])
def capitalize(meter: Meter, x: str) -> str:
    """The first letter large, all others small."""
    grown(meter, x)
    return x.capitalize()


@function("text", "text", [("trim('  a b ')", "a b"), ("trim('--a--', '-')", "a")])
def trim(meter: Meter, x: str, chars: str | None = None) -> str:
    """Without space, or without these characters, at both ends."""
    meter.chars(len(x), x.isascii())
    return x.strip(short(chars))


@function("text", "list[text]", [("split('a,b', ',')", ["a", "b"]), ("split(' a  b ')", ["a", "b"])])
def split(meter: Meter, x: str, separator: str | None = None, limit: int = -1) -> list[str]:
    """The parts between separators; without one, the words. With a limit, at most so many cuts."""
    return split_text(meter, x, separator, limit)


def separates(separator: str | None) -> str:
    """The separator, if it is not empty."""
    if separator == "":
        raise ExpressionError("expression.separator", "The separator is not empty.")
    return separator or ""


def split_text(meter: Meter, x: str, separator: str | None, limit: int) -> list[str]:
    """Charge for the parts and split."""
    separates(separator)
    count = (len(x) + 1) // 2 + 1 if separator is None else x.count(separator) + 1
    if 0 <= limit < count:
        count = limit + 1
    meter.chars(len(x), x.isascii())
    meter.items(count, 64)
    meter.steps(count >> 2)
    return x.split(separator, limit)


@function("text", "list[text]", [("lines('a\\nb')", ["a", "b"])])
def lines(meter: Meter, x: str) -> list[str]:
    """The lines, without what ends them."""
    return split_lines(meter, x)


def split_lines(meter: Meter, x: str) -> list[str]:
    """Charge for the lines and split."""
    count = sum(x.count(mark) for mark in LINE_BREAKS) + 1
    meter.chars(len(x), x.isascii())
    meter.items(count, 64)
    meter.steps((len(x) >> 5) + (count >> 2))
    return x.splitlines()


@function("text", "text", [("join(['a', 1, true], ', ')", "a, 1, true")])
def join(meter: Meter, items: list[Any], separator: str = "") -> str:
    """The items as texts, put together with the separator between."""
    meter.steps(2 * len(items))
    meter.items(len(items), 64)
    parts = [to_text(meter, item) for item in items]
    size = sum(map(len, parts)) + len(separator) * max(len(parts) - 1, 0)
    meter.chars(size, separator.isascii() and all(map(str.isascii, parts)))
    return separator.join(parts)


@function("text", "text", [("replace('a-b-c', '-', '+')", "a+b+c"), ("replace('aaa', 'a', 'b', 1)", "baa")])
def replace(meter: Meter, x: str, old: str, new: str, limit: int = -1) -> str:
    """With every occurrence of a text replaced, or the first so many."""
    return replace_text(meter, x, old, new, limit)


def replace_text(meter: Meter, x: str, old: str, new: str, limit: int) -> str:
    """Charge for the result and replace."""
    count = x.count(old)
    if 0 <= limit < count:
        count = limit
    meter.chars(len(x) + max(0, count * (len(new) - len(old))), x.isascii() and new.isascii())
    meter.steps(len(x) >> 5)
    return x.replace(old, new, limit)


@function("text", "bool", [("contains('abc', 'b')", True), ("contains([1, 2], 3)", False)])
def contains(meter: Meter, x: Any, what: Any) -> bool:
    """Whether a text, list or object has this part, item or key; the same as: what in x."""
    return contains_value(meter, what, x)


@function("text", "bool", [("starts_with('abc', 'ab')", True)])
def starts_with(meter: Meter, x: str, start: str) -> bool:
    """Whether the text begins so."""
    meter.scan(start)
    return x.startswith(start)


@function("text", "bool", [("ends_with('abc', 'bc')", True)])
def ends_with(meter: Meter, x: str, end: str) -> bool:
    """Whether the text ends so."""
    meter.scan(end)
    return x.endswith(end)


@function("text", "text", [("slug('Déjà vu, Ærø!')", "deja-vu-aero"), ("slug('a b', '_')", "a_b")])
def slug(meter: Meter, x: str, separator: str = "-") -> str:
    """Small letters and digits of the Latin alphabet only, everything else a separator: for addresses and files."""
    if len(x) > 10_000:
        raise ExpressionError("expression.slug_length", "A text of more than 10000 characters makes no slug.")
    meter.steps(len(x) * 2)
    meter.chars(12 * len(x))
    flat = normal_form("NFKD", x.translate(_LATIN)).encode("ascii", "ignore").decode().lower()
    kept = "".join(char if char.isalnum() else " " for char in flat if char not in "'`")
    words = kept.split()
    meter.chars(len(kept) + len(words) * len(separator), separator.isascii())
    return separator.join(words)


_LATIN = str.maketrans(
    {"æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ß": "ss", "đ": "d", "Đ": "d", "ł": "l", "Ł": "l", "œ": "oe", "Œ": "oe",
     "þ": "th", "Þ": "th", "ð": "d", "Ð": "d", "ı": "i"}
)  # fmt: skip


@function("text", "text", [("truncate('abcdef', 4)", "abc…"), ("truncate('abc', 4)", "abc")])
def truncate(meter: Meter, x: str, length: int, ending: str = "…") -> str:
    """At most so many characters; where something is cut off, the ending takes its place."""
    if len(x) <= length:
        return x
    keep = max(0, length - len(ending))
    meter.chars(keep + len(ending), x.isascii() and ending.isascii())
    return (x[:keep] + ending)[: max(0, length)]


@function("text", "text", [("pad('7', 3, '0')", "007"), ("pad('a', 3, '.', 'right')", "a..")])
def pad(meter: Meter, x: str, width: int, fill: str = " ", side: str = "left") -> str:
    """Filled up with a character to so many characters, on the left, right or both sides."""
    made = {"left": str.rjust, "right": str.ljust, "both": str.center}.get(side)
    if made is None or len(fill) != 1:
        raise ExpressionError("expression.pad", "pad takes one character, and left, right or both as side.")
    meter.chars(max(len(x), width), x.isascii() and fill.isascii())
    return made(x, width, fill)


@function("text", "text", [("normalize('ﬁ')", "fi"), ("normalize('e\\u0301', 'NFC') == 'é'", True)])
def normalize(meter: Meter, x: str, form: str = "NFKC") -> str:
    """In a Unicode normal form: NFC, NFD, NFKC or NFKD."""
    if form not in ("NFC", "NFD", "NFKC", "NFKD"):
        raise ExpressionError("expression.normal_form", "The form is NFC, NFD, NFKC or NFKD.")
    if x.isascii():
        return x
    meter.chars(18 * len(x), False)
    meter.steps(len(x))
    return normal_form(form, x)


@function("text", "int", [("word_count('one two  three')", 3)])
def word_count(meter: Meter, x: str) -> int:
    """How many words there are, as separated by space."""
    return len(split_text(meter, x, None, -1))


@function("text", "text?", [("between('a [b] c', '[', ']')", "b"), ("between('abc', '[', ']')", None)])
def between(meter: Meter, x: str, start: str, end: str) -> str | None:
    """The text between two marks, null where they are not there."""
    meter.chars(len(x), x.isascii())
    _, found, rest = x.partition(start) if start else ("", "x", x)
    inner, closed, _ = rest.partition(end) if end else (rest, "x", "")
    return inner if found and closed else None


def short(chars: str | None) -> str | None:
    """A set of characters to strip, bounded: each character of the text is looked up in it."""
    if chars is not None and len(chars) > 100:
        raise ExpressionError("expression.strip_chars", "At most 100 characters can be stripped.")
    return chars
