"""The methods of texts, lists, objects and times: the harmless ones of Python, under their names there."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions import _temporal
from studio.expressions._comparison import equal
from studio.expressions._limits import Meter
from studio.expressions._registry import METHODS, Function, method
from studio.expressions._values import seconds_of
from studio.expressions.library import dates, objects, text

_TESTS = ("isalpha", "isalnum", "isdigit", "isdecimal", "isnumeric", "islower", "isupper", "isspace", "istitle")
_CASES = {"upper": "AB", "lower": "ab", "title": "Ab", "capitalize": "Ab", "casefold": "ab", "swapcase": "Ab"}


def _add_simple() -> None:
    """Methods of texts without arguments."""
    for name in _TESTS:
        made = getattr(str, name)

        def test(meter: Meter, x: str, made: Any = made) -> bool:
            meter.steps(len(x) >> 4)
            return made(x)

        sample = {"islower": "ab", "isupper": "AB", "isspace": " ", "istitle": "Ab", "isalpha": "ab"}.get(name, "12")
        _register(name, test, "bool", [(f"'{sample}'.{name}()", True)], f"As Python's str.{name}.")
    for name, result in _CASES.items():
        made = getattr(str, name)

        def case(meter: Meter, x: str, made: Any = made) -> str:
            text.grown(meter, x)
            return made(x)

        given = "aB" if name != "casefold" else "AB"
        _register(name, case, "text", [(f"'{given}'.{name}()", result)], f"As Python's str.{name}.")


def _register(name: str, run: Any, returns: str, examples: list[tuple[str, Any]], doc: str) -> None:
    METHODS.setdefault(name, {})["text"] = Function(
        name, run, (), "methods", doc, examples, returns, "plain", receiver="text"
    )


_add_simple()


@method("text", "text", [("' a '.strip()", "a"), ("'xax'.strip('x')", "a")])
def text_strip(meter: Meter, x: str, chars: str | None = None) -> str:
    """Without space, or without these characters, at both ends."""
    return text.trim(meter, x, chars)


@method("text", "text", [("' a '.lstrip()", "a ")])
def text_lstrip(meter: Meter, x: str, chars: str | None = None) -> str:
    """Without space, or without these characters, at the start."""
    meter.chars(len(x), x.isascii())
    return x.lstrip(text.short(chars))


@method("text", "text", [("' a '.rstrip()", " a")])
def text_rstrip(meter: Meter, x: str, chars: str | None = None) -> str:
    """Without space, or without these characters, at the end."""
    meter.chars(len(x), x.isascii())
    return x.rstrip(text.short(chars))


@method("text", "list[text]", [("'a-b-c'.split('-')", ["a", "b", "c"]), ("'a-b-c'.split('-', 1)", ["a", "b-c"])])
def text_split(meter: Meter, x: str, separator: str | None = None, limit: int = -1) -> list[str]:
    """The parts between separators; without one, the words."""
    return text.split_text(meter, x, separator, limit)


@method("text", "list[text]", [("'a-b-c'.rsplit('-', 1)", ["a-b", "c"])])
def text_rsplit(meter: Meter, x: str, separator: str | None = None, limit: int = -1) -> list[str]:
    """As split, but counting the cuts from the end."""
    text.split_text(meter, x, separator, limit)
    meter.steps(len(x) * len(separator or "") >> 6)
    return x.rsplit(separator, limit)


@method("text", "list[text]", [("'a\\nb'.splitlines()", ["a", "b"])])
def text_splitlines(meter: Meter, x: str) -> list[str]:
    """The lines."""
    return text.split_lines(meter, x)


@method("text", "list[text]", [("'a=b=c'.partition('=')", ["a", "=", "b=c"])])
def text_partition(meter: Meter, x: str, separator: str) -> list[str]:
    """What stands before the first separator, the separator, and the rest."""
    meter.chars(len(x), x.isascii())
    return list(x.partition(text.separates(separator)))


@method("text", "list[text]", [("'a=b=c'.rpartition('=')", ["a=b", "=", "c"])])
def text_rpartition(meter: Meter, x: str, separator: str) -> list[str]:
    """What stands before the last separator, the separator, and the rest."""
    meter.chars(len(x), x.isascii())
    meter.steps(len(x) * len(separator) >> 6)
    return list(x.rpartition(text.separates(separator)))


@method("text", "text", [("', '.join(['a', 'b'])", "a, b")])
def text_join(meter: Meter, x: str, items: list[Any]) -> str:
    """The items as texts, put together with this text between."""
    return text.join(meter, items, x)


@method("text", "text", [("'aXa'.replace('a', 'b')", "bXb")])
def text_replace(meter: Meter, x: str, old: str, new: str, limit: int = -1) -> str:
    """With every occurrence replaced, or the first so many."""
    return text.replace_text(meter, x, old, new, limit)


@method("text", "bool", [("'abc'.startswith('ab')", True)])
def text_startswith(meter: Meter, x: str, start: str) -> bool:
    """Whether the text begins so."""
    return text.starts_with(meter, x, start)


@method("text", "bool", [("'abc'.endswith('c')", True)])
def text_endswith(meter: Meter, x: str, end: str) -> bool:
    """Whether the text ends so."""
    return text.ends_with(meter, x, end)


@method("text", "int", [("'abcb'.find('b')", 1), ("'abc'.find('x')", -1)])
def text_find(meter: Meter, x: str, part: str, start: int = 0) -> int:
    """Position of the first occurrence, -1 where there is none."""
    meter.steps(len(x) >> 6)
    return x.find(part, start)


@method("text", "int", [("'abcb'.rfind('b')", 3)])
def text_rfind(meter: Meter, x: str, part: str) -> int:
    """Position of the last occurrence, -1 where there is none."""
    meter.steps(len(x) * max(1, len(part)) >> 6)
    return x.rfind(part)


@method("text", "int", [("'abc'.index('c')", 2)])
def text_index(meter: Meter, x: str, part: str) -> int:
    """Position of the first occurrence; an error where there is none."""
    place = text_find(meter, x, part)
    if place < 0:
        raise ExpressionError("expression.not_found", "The text does not hold this part.")
    return place


@method("text", "int", [("'abab'.count('ab')", 2)])
def text_count(meter: Meter, x: str, part: str) -> int:
    """How often the part occurs."""
    meter.steps(len(x) >> 6)
    return x.count(part)


@method("text", "text", [("'a.txt'.removesuffix('.txt')", "a")])
def text_removesuffix(meter: Meter, x: str, end: str) -> str:
    """Without this end, where it ends so."""
    meter.chars(len(x), x.isascii())
    return x.removesuffix(end)


@method("text", "text", [("'x-a'.removeprefix('x-')", "a")])
def text_removeprefix(meter: Meter, x: str, start: str) -> str:
    """Without this beginning, where it begins so."""
    meter.chars(len(x), x.isascii())
    return x.removeprefix(start)


@method("text", "text", [("'7'.zfill(3)", "007"), ("'-7'.zfill(3)", "-07")])
def text_zfill(meter: Meter, x: str, width: int) -> str:
    """Filled up with zeros on the left, after a sign."""
    meter.chars(max(len(x), width), x.isascii())
    return x.zfill(width)


@method("text", "text", [("'a'.ljust(3, '.')", "a..")])
def text_ljust(meter: Meter, x: str, width: int, fill: str = " ") -> str:
    """Filled up on the right."""
    return text.pad(meter, x, width, fill, "right")


@method("text", "text", [("'a'.rjust(3)", "  a")])
def text_rjust(meter: Meter, x: str, width: int, fill: str = " ") -> str:
    """Filled up on the left."""
    return text.pad(meter, x, width, fill, "left")


@method("text", "text", [("'a'.center(3, '-')", "-a-")])
def text_center(meter: Meter, x: str, width: int, fill: str = " ") -> str:
    """Filled up on both sides."""
    return text.pad(meter, x, width, fill, "both")


@method("list", "int", [("[1, 2, 1].count(1)", 2)])
def list_count(meter: Meter, x: list[Any], what: Any) -> int:
    """How many items equal the value."""
    meter.steps(len(x))
    return sum(1 for item in x if equal(meter, item, what))


@method("list", "int", [("['a', 'b'].index('b')", 1)])
def list_index(meter: Meter, x: list[Any], what: Any) -> int:
    """Position of the first item that equals the value; an error where there is none."""
    for place, item in enumerate(x):
        meter.steps(1)
        if equal(meter, item, what):
            return place
    raise ExpressionError("expression.not_in_list", "The list does not hold this value.")


@method("object", "any", [("{'a': 1}.get('a')", 1), ("{}.get('a', 0)", 0)], flow="passes")
def object_get(meter: Meter, x: dict[str, Any], key: str, otherwise: Any = None) -> Any:
    """The value of a key, or the second value where there is no such key."""
    return x.get(key, otherwise)


@method("object", "list[text]", [("{'a': 1}.keys()", ["a"])])
def object_keys(meter: Meter, x: dict[str, Any]) -> list[str]:
    """The keys."""
    return objects.keys(meter, x)


@method("object", "list[value]", [("{'a': 1}.values()", [1])], flow="passes")
def object_values(meter: Meter, x: dict[str, Any]) -> list[Any]:
    """The values."""
    return objects.values(meter, x)


@method("object", "list[list[any]]", [("{'a': 1}.items()", [["a", 1]])], flow="passes")
def object_items(meter: Meter, x: dict[str, Any]) -> list[Any]:
    """Pairs of key and value."""
    return objects.items(meter, x)


@method("datetime", "text", [("datetime('2024-05-31').isoformat()", "2024-05-31T00:00:00+00:00")])
def datetime_isoformat(meter: Meter, x: datetime) -> str:
    """The instant as ISO 8601 text."""
    return x.isoformat()


@method("date", "text", [("date('2024-05-31').isoformat()", "2024-05-31")])
def date_isoformat(meter: Meter, x: date) -> str:
    """The day as ISO 8601 text."""
    return x.isoformat()


@method("datetime", "text", [("datetime('2024-05-31').strftime('%d.%m.%Y')", "31.05.2024")])
def datetime_strftime(meter: Meter, x: datetime, format: str) -> str:
    """The instant in a format."""
    return dates.format_date(meter, x, format)


@method("date", "text", [("date('2024-05-31').strftime('%B')", "May")])
def date_strftime(meter: Meter, x: date, format: str) -> str:
    """The day in a format."""
    return dates.format_date(meter, x, format)


@method("datetime", "date", [("datetime('2024-05-31T12:00:00Z').date()", "2024-05-31")], flow="number")
def datetime_date(meter: Meter, x: datetime) -> date:
    """The calendar day."""
    return x.date()


@method("datetime", "number", [("datetime('1970-01-01T00:01:00Z').timestamp()", 60)])
def datetime_timestamp(meter: Meter, x: datetime) -> int | float:
    """Seconds since 1970 (UTC)."""
    return dates.timestamp(meter, x)


@method(
    "datetime",
    "datetime",
    [("datetime('2024-05-31T12:00:00Z').in_zone('Europe/Paris')", "2024-05-31T14:00:00+02:00")],
    flow="number",
)
def datetime_in_zone(meter: Meter, x: datetime, zone: str) -> datetime:
    """The same instant as clocks in a time zone show it."""
    return x.astimezone(_temporal.zone(zone))


@method("duration", "number", [("(date('2024-05-31') - date('2024-05-30')).total_seconds()", 86400)])
def duration_total_seconds(meter: Meter, x: timedelta) -> int | float:
    """The duration in seconds."""
    return seconds_of(x)
