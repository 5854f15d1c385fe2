"""Hostile expressions, each with what must come of it.

``REFUSED``: an ExpressionError. ``HARMLESS``: a small plain value, or an ExpressionError. In both cases within budget.
"""

from __future__ import annotations

from typing import Any, NamedTuple

REFUSED = "refused"
HARMLESS = "harmless"


class Attack(NamedTuple):
    """One hostile expression."""

    name: str
    source: str
    outcome: str = REFUSED


def _attributes() -> list[Attack]:
    """Ways from data to Python's objects."""
    walks = [
        "''.__class__", "''.__class__.__mro__", "().__class__.__bases__[0].__subclasses__()", "[].__class__",
        "{}.__class__", "text.__class__", "data.__class__", "data.__dict__", "data.a.__init__", "(1).__class__",
        "1.5.__class__", "true.__class__", "null.__class__", "len.__globals__", "len.__self__", "upper.__code__",
        "(lambda x: x).__globals__", "(lambda: 1).__code__", "map.__class__", "file.__class__", "file.blob",
        "file.blob.id", "file.__struct_fields__", "table.blob", "table.__class__", "skipped.node", "skipped.__class__",
        "lazy.__class__", "lazy.secret", "lazy.pages", "date('2024-01-01').__class__", "datetime(0).tzinfo",
        "datetime(0).__reduce__", "days(1).__class__", "data['__class__']", "data['__' + 'class__']", "text['__class__']",
        "[]['__class__']", "'{0.__class__}'.format(1)", "'{0[a]}'.format(data)", "'%(a)s' % data", "'%s' % text",
        "f'{text.__class__}'", "f'{text!r}'", "f'{text:{text}}'", "f'{text.__class__.__mro__}'", "''.format",
        "''.format_map(data)", "'a'.translate(data)", "''.maketrans('a', 'b')", "'a'.encode()", "data.items.__self__",
        "data.get.__func__", "data.pop('a')", "data.update(data)", "data.clear()", "data.setdefault('z', 1)",
        "xs.append(1)", "xs.sort()", "xs.extend(xs)", "xs.insert(0, 1)", "xs.remove(1)", "xs.reverse()", "xs.pop()",
        "get(text, '__class__')", "get(data, '__class__.__mro__')", "sorted([text], '__class__')",
        "map('__class__', xs)", "group_by(xs, '__class__')", "has(text, '__class__')", "[x.__class__ for x in xs]",
        "xs.__iter__()", "xs.__len__()", "text.__add__(text)", "text.__getattribute__('upper')", "self", "cls",
    ]  # fmt: skip
    harmless = {"get(data, '__class__.__mro__')", "has(text, '__class__')", "len.__self__"}
    return [Attack(f"attribute {walk}", walk, HARMLESS if walk in harmless else REFUSED) for walk in walks]


def _names() -> list[Attack]:
    """Names that mean something to Python or to the engine."""
    names = [
        "__import__('os')", "__import__", "eval('1')", "exec('1')", "compile('1', '', 'eval')", "open('/etc/passwd')",
        "globals()", "locals()", "vars()", "dir()", "getattr(text, 'upper')", "setattr(data, 'a', 2)", "type(text)",
        "object()", "super()", "breakpoint()", "input()", "print(1)", "help()", "id(text)", "iter(xs)", "next(xs)",
        "memoryview(text)", "bytearray(9)", "bytes(10)", "os", "sys", "builtins", "__builtins__", "__name__", "env",
        "credentials", "secrets", "credential.token", "print", "exit()", "import os", "def f(): pass", "a = 1",
        "(a := 1)", "del data", "yield 1", "await text", "async", "raise text", "assert text", "global text",
        "class A: pass", "@text", "*xs", "**data", "lambda: 1", "(lambda x: x)(1)", "x", "...", "__debug__", "_",
        "b'abc'", "rb'abc'", "1j", "0777", "1_", "0x", "'\\N{DIGIT ONE}'", "'\\ud800'", "'\\U00110000'", "r'\\'",
    ]  # fmt: skip
    return [Attack(f"name {name}", name) for name in names]


def _numbers() -> list[Attack]:
    """Numbers that grow."""
    sources = [
        "2 ** 10 ** 6", "9 ** 9 ** 9", "9 ** 9 ** 9 ** 9", "10 ** 10000", "-10 ** 10000", "1 << 10 ** 9", "1 << 5000",
        "2 ** -10 ** 9 ** 9", "(-8) ** 0.5", "0.0 ** -1", "0 ** -1", "1e308 * 10", "1e308 * 10 - 1e308 * 10", "1e999",
        "9" * 5000, "int('9' * 5000)", "int('1' * 200, 36)", "float('nan')", "float('inf')", "float('1e999')",
        "float('-Infinity')", "2 ** 63", "-2 ** 63 - 1", "2 ** 4000 * 1.0", "1 / 0", "1 % 0", "1 // 0", "1.5 // 0",
        "round(5, -10 ** 9)", "round(1.5, 10 ** 9)", "floor(1e308 * 10)", "int(1e308 * 10)", "sqrt(-1)", "log(0)",
        "exp(10 ** 6)", "product([9] * 100000)", "product([2.5] * 100000)", "sum([2 ** 62] * 10)",
        "reduce(lambda a, x: a * a, range(60), 3)", "reduce(lambda a, x: a + a, range(100000), 1)",
        "reduce(lambda a, x: a ** 2, range(1000), 2)", "sum([1e308, 1e308])", "[2 ** 63]", "{'a': 2 ** 64}",
        "{'a': [1e308 * 10]}", "str(2 ** 4096)", "f'{10 ** 2000}'", "f'{2 ** 4000:d}'", "2 ** 4000 % 7", "1 >> -1",
        "1 << -1", "range(10 ** 12)", "range(0, 10 ** 30, 1)", "range(1, 2, 0)", "random_int(0, 2 ** 100)",
        "quantile([1], 5)", "mean([])", "stdev([1])", "~true", "hash(2)",
    ]  # fmt: skip
    harmless = {"round(1.5, 10 ** 9)", "2 ** 4000 % 7", "product([2.5] * 100000)", "2 ** -10 ** 9 ** 9"}
    return [Attack(f"number {source[:40]}", source, HARMLESS if source in harmless else REFUSED) for source in sources]


def _sizes() -> list[Attack]:
    """Texts and lists that grow."""
    sources = [
        "'a' * 10 ** 9", "10 ** 9 * 'a'", "[0] * 10 ** 9", "[[0] * 1000] * 10 ** 6", "'ab' * 16000000",
        "'a' * 10000000 + 'b' * 10000000", "'x'.center(10 ** 9)", "'x'.ljust(10 ** 9)", "'x'.rjust(10 ** 9, '0')",
        "'x'.zfill(10 ** 9)", "pad('x', 10 ** 9)", "f'{1:>1000000000}'", "f'{1:01000000000}'", "f'{1.5:.1000000000f}'",
        "f'{1.5:.99999f}'", "f'{1:1001}'", "('a' * 10000).replace('a', 'b' * 10000)", "('a' * 4000).replace('', 'b' * 9000)",
        "('a' * 9999).join(['b'] * 9999)", "join(['b' * 10000] * 10000)", "('a,' * 8000000).split(',')",
        "('a ' * 8000000).split()", "('\\n' * 16000000).splitlines()", "list('a' * 16000000)", "lines('\\n' * 9000000)",
        "range(1000000) + range(1000000)", "[*range(900000), *range(900000)]", "[range(1000) for x in range(100000)]",
        "[x for x in range(2000) for y in range(2000)]", "[1 for a in range(99) for b in range(99) for c in range(99) for d in range(99)]",
        "{str(x): [x] * 100 for x in range(900000)}", "{x: y for x in range(3000) for y in range(3000)}",
        "zip(*[range(9)])", "zip(range(999999), range(999999), range(999999), range(999999))", "transpose([range(1000)] * 5000)",
        "enumerate(range(1000000))", "chunk(range(1000000), 1)", "flatten([range(1000)] * 5000)", "flatten([[range(10)]] * 9, 10 ** 9)",
        "flat_map(lambda x: range(1000), range(100000))", "map(lambda x: [x] * 1000, range(100000))", "[big] * 100000",
        "[big for x in range(100000)]", "{'a': [big] * 1000, 'b': [big] * 100000}", "json([big] * 100000)", "str([big] * 100000)",
        "f'{[big] * 100000}'", "merge(*[data])", "group_by(range(1000000), lambda x: x)", "unique(range(1000000))",
        "sorted(range(1000000), key=lambda x: -x)", "shuffle(range(1000000))", "url_encode('é' * 9000000)", "html_escape('<' * 9000000)",
        "base64_encode('é' * 16000000)", "hex_encode('a' * 16000000)", "('ß' * 9000000).upper()", "normalize('ﷺ' * 4000000)",
        "slug('ﷺ' * 9999) + slug('ﷺ' * 99999)", "regex_replace('a' * 100000, 'a', 'b' * 100000)", "reduce(lambda a, x: a + a, range(60), 'ab')",
        "reduce(lambda a, x: a + a, range(60), [1])", "reduce(lambda a, x: f'{a}{a}', range(60), 'ab')",
        "reduce(lambda a, x: merge(a, {f'{x}{a}': 1}), range(2000), {})", "query_string({'a': [text * 100000] * 1000})",
        "text * 10 ** 18", "[1] * 2 ** 70", "'a' * 2 ** 70", "[x] * 3 if false else [0] * 10 ** 8",
    ]  # fmt: skip
    harmless = {"flatten([[range(10)]] * 9, 10 ** 9)", "slug('ﷺ' * 9999) + slug('ﷺ' * 99999)"}
    return [Attack(f"size {source[:60]}", source, HARMLESS if source in harmless else REFUSED) for source in sources]


def _sharing() -> list[Attack]:
    """Small values that unfold into huge ones."""
    twice = "reduce(lambda a, x: [a, a], range(60), [1])"
    paired = "reduce(lambda a, x: {'a': a, 'b': a}, range(60), {})"
    nested = "reduce(lambda a, x: [a], range(50000), [])"
    sources = [
        twice, paired, f"{twice} == {twice}", f"{paired} == {paired}", f"str({twice})", f"json({paired})", f"f'{{{twice}}}'",
        f"unique([{twice}, {twice}])", f"[{twice}].index({twice})", f"{twice} in [{twice}]", f"sorted([{twice}, {twice}])",
        f"{twice} < {twice}", f"flatten({twice}, 20)", f"hash(json({twice}))", f"is_unique([{twice}])", f"len(str({twice}))",
        nested, f"{nested} == {nested}", f"str({nested})", f"{nested} < {nested}", f"json({nested})", f"sorted([{nested}, {nested}])",
        "reduce(lambda a, x: [a, [a, a]], range(40), data)", "reduce(lambda a, x: merge(a, {'k': a, 'l': a}), range(60), data)",
        "reduce(lambda a, x: deep_merge(a, {'k': a, 'l': a}), range(60), data)", "[[[[[[xs] * 99] * 99] * 99] * 99] * 99] * 99",
        "[a for a in [[[[[xs] * 99] * 99] * 99] * 99] * 99]", "zip([big] * 1000, [big] * 1000)", "map(lambda x: big, range(10000))",
        "[[y, y] for y in [[x, x] for x in [[w, w] for w in [big, big]]] * 100]", "{'a': [[big] * 100] * 100}",
        "{'a': default([[big] * 100] * 100, 1)}", "[big] * 10000 if true else 1", "[] or [[big] * 300] * 300", "items({'a': [big] * 10000})",
        "values({'a': [big] * 10000})", "[[big] * 10000][0]", "[[[big] * 100] * 100][0:1]", "first([[[big] * 100] * 100])",
        "group_by([[big] * 100] * 100, lambda x: 1)", "[1, [[[big] * 50] * 50] * 50].index(2)",
    ]  # fmt: skip
    return [Attack(f"sharing {source[:60]}", source) for source in sources]


def _syntax() -> list[Attack]:
    """Sources that exhaust a parser."""
    sources = {
        "parens": "(" * 5000 + "1" + ")" * 5000, "brackets": "[" * 5000 + "]" * 5000, "braces": "{" * 5000, "open": "(" * 200000,
        "not": "not " * 5000 + "1", "minus": "-" * 5000 + "1", "tilde": "~" * 9000 + "1", "lambda": "lambda x: " * 3000 + "1",
        "cond": "1 if 1 else " * 2000 + "1", "power": "2 ** " * 3000 + "1", "dots": "data" + ".a" * 5000, "items": "data" + "[0]" * 5000,
        "calls": "text" + ".upper()" * 3000, "long": "1 + " * 60000 + "1", "long name": "a" * 200000, "long text": "'" + "a" * 200000 + "'",
        "list": "[" + "1," * 20000 + "]", "args": "max(" + "1," * 20000 + "1)", "compare": "1 < " * 20000 + "1", "and": "1 and " * 9000 + "1",
        "fstring": "f'" + "{" * 9999 + "'", "nested fstring": "f'{f\"{f'''{1}'''}\"}'" * 3000, "f depth": "f'{" * 500 + "1" + "}'" * 500,
        "clauses": "[1 " + "for x in xs " * 500 + "]", "unclosed": "'abc", "unclosed 2": "f'{1", "empty": "", "spaces": " " * 40000,
        "null byte": "1\0", "comment": "1 # 2", "semicolon": "1; 2", "backslash": "1 \\\n + 1", "bom": "\ufeff1", "unpack": "a, b",
        "mismatch": "(1]", "closing": "1)", "dict deep": "{'a':" * 500 + "1" + "}" * 500, "subscript deep": "xs[" * 500 + "0" + "]" * 500,
        "targets": "[1 for " + "(" * 500 + "x" + ",)" * 500 + " in xs]", "keyword args": "max(" + "a=1," * 5000 + ")",
        "star": "[" + "*" * 5000 + "xs]", "quotes": "'" * 30001, "slices": "xs[" + ":" * 5000 + "]", "ternary mess": "1 if " * 5000,
        "many names": " + ".join(f"a{n}" for n in range(4000)), "digits": "1" * 30000, "mixed": "([{" * 1000, "is": "1 is 1", "walrus": "(x := 5)",
    }  # fmt: skip
    return [Attack(f"syntax {name}", source) for name, source in sources.items()]


def _time() -> list[Attack]:
    """What takes long."""
    sources = {
        "regex": "regex_match('a' * 100000 + 'b', '(a+)+$')", "regex alternation": "regex_match('a' * 30000 + 'b', '(a|a)*$')",
        "regex nested": "regex_search('x' * 50000, '(x+x+)+y')", "regex repeat": "regex_test('a', '(((a{100}){100}){100}){100}')",
        "regex size": "regex_test('a', 'a{1000}{1000}')", "regex look-behind": "regex_test('ab', '(?<=a)b')", "regex back": r"regex_test('aa', r'(a)\1')",
        "regex broken": "regex_test('a', '(')", "regex long": "regex_test('a', 'a' * 2000)", "regex long text": "regex_test('a' * 2000000, 'a')",
        "regex quadratic": "regex_find_all('x' * 1000000, 'x*y|x')", "regex empty": "len(regex_find_all('x' * 1000000, ''))",
        "regex loop": "[regex_test('a' * 100000, f'(a|b|{x})*c') for x in range(10000)]", "regex split": "regex_split('a' * 1000000, 'b*')",
        "regex group": r"regex_replace('a', 'a', r'\9')", "sort keys": "sorted(range(90000), key=lambda x: sum(range(1000)))",
        "sort lists": "sorted([[0] * 1000 for x in range(900)])", "sort long texts": "sorted(['a' * 100000 + str(x) for x in range(600)])",
        "sort same text": "sorted(['a' * 10000000, 'a' * 10000000 + 'b'] * 100000)", "sort mixed": "sorted([1, 'a', null])", "sort objects": "sorted([{}, {}])",
        "equal texts": "[('a' * 9000000 + 'b') == ('a' * 9000000 + 'c') for x in range(100000)]", "in text": "[('a' * 5000 + 'b') in ('a' * 9000000) for x in range(1000)]",
        "rfind": "('a' * 4000000).rfind('b' + 'a' * 100000)", "find": "('ab' * 2000000).find('ab' * 90000 + 'c')",
        "rsplit": "('a' * 4000000).rsplit('b' + 'a' * 100000)", "strip": "('a' * 1000000).strip('b' * 100000)", "rpartition": "('a' * 4000000).rpartition('b' + 'a' * 100000)",
        "nested loops": "[[[1 for x in range(1000)] for y in range(1000)] for z in range(1000)]", "any": "any(false for x in range(1000000) for y in range(1000000))",
        "all": "all(true for x in range(1000000) for y in range(1000000))", "first": "first(x for x in range(1000000) for y in range(1000000) if false)",
        "count": "count(range(1000000), lambda x: sum(range(100)) > 1)", "min": "min(range(1000000), key=lambda x: sum(range(100)))",
        "reduce": "reduce(lambda a, x: a + sum(range(10000)), range(1000000), 0)", "filter": "filter(lambda x: sum(range(1000)) < 0, range(1000000))",
        "in list": "[x in range(100000) for x in range(100000)]", "not in list": "[[x] in [[y] for y in range(9000)] for x in range(9000)]",
        "index": "[xs.index(1) for a in range(999999) for b in range(9)]", "collisions": "{x * (2 ** 61 - 1): 1 for x in range(900000)}",
        "collisions 2": "unique([x * (2 ** 61 - 1) for x in range(400000)])", "collisions 3": "len({(x * (2 ** 61 - 1)) % 2 ** 80: 1 for x in range(300000)})",
        "float keys": "len({x * 2.0 ** 61: 1 for x in range(900000)})", "json": "json_parse('[' * 100000)", "json object": "json_parse('{\"a\":' * 100000)",
        "json quoted": "json_parse('[\"' + '\\\\\"' * 90000 + '[' * 300 + '\"]')", "json bomb": "json_parse('[' + '[],' * 5000000 + '1]')", "json nan": "json_parse('NaN')",
        "json big": "json_parse('1' + '0' * 100)", "json exponent": "json_parse('1e999')", "json surrogate": r"json_parse(r'[\"\ud800\"]')",
        "format date": "format_date(now, '%99999999d')", "format date long": "format_date(now, '%Y' * 1000)", "strptime": "date('1' * 100, '%Y' * 10)",
        "date overflow": "date('9999-12-31') + days(1)", "date underflow": "date('0001-01-01') - days(1)", "date year": "date('99999-01-01')", "days": "days(10 ** 12)",
        "days float": "days(1e308)", "timestamp": "datetime(10 ** 18)", "timestamp 2": "datetime(-1e300)", "months": "add_months(now, 10 ** 18)",
        "zone": "in_zone(now, '../../etc/passwd')", "zone 2": "in_zone(now, '/etc/localtime')", "zone 3": "in_zone(now, 'a' * 9999)", "zone 4": "in_zone(now, '+99:99')",
        "duration": "duration('9' * 90)", "month loop": "[add_months(now, x) for x in range(1000000)]", "uuid": "[uuid() for x in range(1000000)]",
        "sha": "[sha256('a' * 9000000) for x in range(10000)]", "mode": "mode([[1], {}])", "between": "[between('a' * 900000, 'a', 'b') for x in range(100000)]",
        "get path": "get(data, '.' * 1000000)", "near": "data['" + "a" * 30000 + "']", "near loop": "[data[f'a{x}'] for x in xs]", "near many": "wide.missing_key_x",
        "default loop": "[default(wide[f'k{x}y'], 0) for x in range(1000000)]", "default deep": "default(" * 30 + "1" + ")" * 30 + " + [0] * 10 ** 8",
        "y combinator": "(lambda f: f(f))(lambda f: f(f))", "omega": "map(lambda f: f(f), [1])", "self": "map(map, [xs])", "recursion": "reduce(lambda a, x: a(x), xs, len)",
    }  # fmt: skip
    harmless = {
        "regex", "regex alternation", "regex nested", "json quoted", "json bomb", "regex quadratic", "regex empty", "sort lists", "sort long texts", "find",
        "collisions 2", "collisions 3", "regex split", "json big", "near many", "in text", "get path", "float keys", "default loop",
    }  # fmt: skip
    return [
        Attack(f"time {name}", source, HARMLESS if name in harmless else REFUSED) for name, source in sources.items()
    ]


def _unicode() -> list[Attack]:
    """Spellings that look or normalise alike, and characters that hide."""
    sources = [
        "ｌｅｎ([1])", "ｄａｔａ", "ﬁle.name", "data.ａ", "ⅼen([1])", "ªny([1])", "data\u200b.a", "\u202edata", "da\u00adta", "data\u2028.a",
        "‘a’", "“a”", "data․a", "data．a", "1＋1", "（1）", "ﬁrst([1])", "𝐥𝐞𝐧([1])", "𝓽𝓻𝓾𝓮", "ｔｒｕｅ", "nｕll", "data['ａ']", "__ｃlass__", "text.__ｃlass__",
        "١ + ١", "int('١')", "float('１.５')", "1²", "x\u0301", "\ud800", "'\ud800'", "{{ data }}", "}}", "{{", "%a%", "🐍", "data.🐍", "\x1b[31m",
    ]  # fmt: skip
    harmless = {"'\ud800'", "{{ data }}"}
    return [Attack(f"unicode {source!a}", source, HARMLESS if source in harmless else REFUSED) for source in sources]


ATTACKS: list[Attack] = [
    *_attributes(), *_names(), *_numbers(), *_sizes(), *_sharing(), *_syntax(), *_time(), *_unicode(),
]  # fmt: skip


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
