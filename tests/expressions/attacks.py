"""Hostile expressions, each with what must come of it.

``REFUSED``: an ExpressionError. ``HARMLESS``: a small plain value, or an ExpressionError. In both cases within budget.
"""

from __future__ import annotations

from typing import Any

from .attack import HARMLESS, REFUSED, Attack
from .attacks_on_limits import LIMIT_ATTACKS
from .attacks_on_time import TIME_ATTACKS


def _attributes() -> list[Attack]:
    """Ways from data to Python's objects."""
    walks = [
        "''.__class__",
        "''.__class__.__mro__",
        "().__class__.__bases__[0].__subclasses__()",
        "[].__class__",
        "{}.__class__",
        "text.__class__",
        "data.__class__",
        "data.__dict__",
        "data.a.__init__",
        "(1).__class__",
        "1.5.__class__",
        "true.__class__",
        "null.__class__",
        "len.__globals__",
        "len.__self__",
        "upper.__code__",
        "(lambda x: x).__globals__",
        "(lambda: 1).__code__",
        "map.__class__",
        "file.__class__",
        "file.blob",
        "file.blob.id",
        "file.__struct_fields__",
        "table.blob",
        "table.__class__",
        "skipped.node",
        "skipped.__class__",
        "lazy.__class__",
        "lazy.secret",
        "lazy.pages",
        "date('2024-01-01').__class__",
        "datetime(0).tzinfo",
        "datetime(0).__reduce__",
        "days(1).__class__",
        "data['__class__']",
        "data['__' + 'class__']",
        "text['__class__']",
        "[]['__class__']",
        "'{0.__class__}'.format(1)",
        "'{0[a]}'.format(data)",
        "'%(a)s' % data",
        "'%s' % text",
        "f'{text.__class__}'",
        "f'{text!r}'",
        "f'{text:{text}}'",
        "f'{text.__class__.__mro__}'",
        "''.format",
        "''.format_map(data)",
        "'a'.translate(data)",
        "''.maketrans('a', 'b')",
        "'a'.encode()",
        "data.items.__self__",
        "data.get.__func__",
        "data.pop('a')",
        "data.update(data)",
        "data.clear()",
        "data.setdefault('z', 1)",
        "xs.append(1)",
        "xs.sort()",
        "xs.extend(xs)",
        "xs.insert(0, 1)",
        "xs.remove(1)",
        "xs.reverse()",
        "xs.pop()",
        "get(text, '__class__')",
        "get(data, '__class__.__mro__')",
        "sorted([text], '__class__')",
        "map('__class__', xs)",
        "group_by(xs, '__class__')",
        "has(text, '__class__')",
        "[x.__class__ for x in xs]",
        "xs.__iter__()",
        "xs.__len__()",
        "text.__add__(text)",
        "text.__getattribute__('upper')",
        "self",
        "cls",
    ]
    harmless = {"get(data, '__class__.__mro__')", "has(text, '__class__')", "len.__self__"}
    return [Attack(f"attribute {walk}", walk, HARMLESS if walk in harmless else REFUSED) for walk in walks]


def _names() -> list[Attack]:
    """Names that mean something to Python or to the engine."""
    names = [
        "__import__('os')",
        "__import__",
        "eval('1')",
        "exec('1')",
        "compile('1', '', 'eval')",
        "open('/etc/passwd')",
        "globals()",
        "locals()",
        "vars()",
        "dir()",
        "getattr(text, 'upper')",
        "setattr(data, 'a', 2)",
        "type(text)",
        "object()",
        "super()",
        "breakpoint()",
        "input()",
        "print(1)",
        "help()",
        "id(text)",
        "iter(xs)",
        "next(xs)",
        "memoryview(text)",
        "bytearray(9)",
        "bytes(10)",
        "os",
        "sys",
        "builtins",
        "__builtins__",
        "__name__",
        "env",
        "credentials",
        "secrets",
        "credential.token",
        "print",
        "exit()",
        "import os",
        "def f(): pass",
        "a = 1",
        "(a := 1)",
        "del data",
        "yield 1",
        "await text",
        "async",
        "raise text",
        "assert text",
        "global text",
        "class A: pass",
        "@text",
        "*xs",
        "**data",
        "lambda: 1",
        "(lambda x: x)(1)",
        "x",
        "...",
        "__debug__",
        "_",
        "b'abc'",
        "rb'abc'",
        "1j",
        "0777",
        "1_",
        "0x",
        "'\\N{DIGIT ONE}'",
        "'\\ud800'",
        "'\\U00110000'",
        "r'\\'",
    ]
    return [Attack(f"name {name}", name) for name in names]


def _numbers() -> list[Attack]:
    """Numbers that grow."""
    sources = [
        "2 ** 10 ** 6",
        "9 ** 9 ** 9",
        "9 ** 9 ** 9 ** 9",
        "10 ** 10000",
        "-10 ** 10000",
        "1 << 10 ** 9",
        "1 << 5000",
        "2 ** -10 ** 9 ** 9",
        "(-8) ** 0.5",
        "0.0 ** -1",
        "0 ** -1",
        "1e308 * 10",
        "1e308 * 10 - 1e308 * 10",
        "1e999",
        "9" * 5000,
        "int('9' * 5000)",
        "int('1' * 200, 36)",
        "float('nan')",
        "float('inf')",
        "float('1e999')",
        "float('-Infinity')",
        "2 ** 63",
        "-2 ** 63 - 1",
        "2 ** 4000 * 1.0",
        "1 / 0",
        "1 % 0",
        "1 // 0",
        "1.5 // 0",
        "round(5, -10 ** 9)",
        "round(1.5, 10 ** 9)",
        "floor(1e308 * 10)",
        "int(1e308 * 10)",
        "sqrt(-1)",
        "log(0)",
        "exp(10 ** 6)",
        "product([9] * 100000)",
        "product([2.5] * 100000)",
        "sum([2 ** 62] * 10)",
        "reduce(lambda a, x: a * a, range(60), 3)",
        "reduce(lambda a, x: a + a, range(100000), 1)",
        "reduce(lambda a, x: a ** 2, range(1000), 2)",
        "sum([1e308, 1e308])",
        "[2 ** 63]",
        "{'a': 2 ** 64}",
        "{'a': [1e308 * 10]}",
        "str(2 ** 4096)",
        "f'{10 ** 2000}'",
        "f'{2 ** 4000:d}'",
        "2 ** 4000 % 7",
        "1 >> -1",
        "1 << -1",
        "range(10 ** 12)",
        "range(0, 10 ** 30, 1)",
        "range(1, 2, 0)",
        "random_int(0, 2 ** 100)",
        "quantile([1], 5)",
        "mean([])",
        "stdev([1])",
        "~true",
        "hash(2)",
    ]
    harmless = {"round(1.5, 10 ** 9)", "2 ** 4000 % 7", "product([2.5] * 100000)", "2 ** -10 ** 9 ** 9"}
    return [Attack(f"number {source[:40]}", source, HARMLESS if source in harmless else REFUSED) for source in sources]


def _unicode() -> list[Attack]:
    """Spellings that look or normalise alike, and characters that hide."""
    sources = [
        "ｌｅｎ([1])",
        "ｄａｔａ",
        "ﬁle.name",
        "data.ａ",
        "ⅼen([1])",
        "ªny([1])",
        "data\u200b.a",
        "\u202edata",
        "da\u00adta",
        "data\u2028.a",
        "‘a’",
        "“a”",
        "data․a",
        "data．a",
        "1＋1",
        "（1）",
        "ﬁrst([1])",
        "𝐥𝐞𝐧([1])",
        "𝓽𝓻𝓾𝓮",
        "ｔｒｕｅ",
        "nｕll",
        "data['ａ']",
        "__ｃlass__",
        "text.__ｃlass__",
        "١ + ١",
        "int('١')",
        "float('１.５')",
        "1²",
        "x\u0301",
        "\ud800",
        "'\ud800'",
        "{{ data }}",
        "}}",
        "{{",
        "%a%",
        "🐍",
        "data.🐍",
        "\x1b[31m",
    ]
    harmless = {"'\ud800'", "{{ data }}"}
    return [Attack(f"unicode {source!a}", source, HARMLESS if source in harmless else REFUSED) for source in sources]


ATTACKS: list[Attack] = [
    *_attributes(),
    *_names(),
    *_numbers(),
    *LIMIT_ATTACKS,
    *TIME_ATTACKS,
    *_unicode(),
]


def scope() -> dict[str, Any]:
    """What the attacks find."""
    from studio.domain.values import BlobRef, FileRef, TableRef
    from studio.expressions import SKIPPED

    blob = BlobRef("b1", 10, b"digest")
    return {
        "text": "text",
        "data": {"a": 1, "b": {"c": [1, 2]}},
        "xs": [1, 2, 3],
        "big": {"rows": [{"id": n, "name": f"row {n}"} for n in range(3000)]},
        "wide": {f"key_{n}": n for n in range(5000)},
        "file": FileRef(blob, "a.txt", "text/plain"),
        "table": TableRef(blob, 3, (("a", "Int64"),)),
        "lazy": Pages(1000),
        "skipped": SKIPPED("skipped"),
        "now": "2024-05-31T12:00:00+00:00",
        "\0seed": "seed",
    }


class Pages:
    """A long list with something beside its items that must not be reached."""

    secret = "planted"

    def __init__(self, count: int) -> None:
        self.count = count
        self.pages = {"secret": "planted"}

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, key: int | slice) -> Any:
        if isinstance(key, slice):
            return list(range(self.count))[key]
        return range(self.count)[key]

    def __iter__(self) -> Any:
        return iter(range(self.count))
