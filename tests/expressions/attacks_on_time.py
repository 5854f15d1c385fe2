"""Hostile expressions that keep one call into Python or C busy, or allocate within it before anything is charged."""

from __future__ import annotations

from .attack import HARMLESS, REFUSED, Attack

_LONG = "'a' * 15000000"
_PADDED = "' ' * 15000000 + '1'"


def _texts() -> list[Attack]:
    """Texts that are long, repetitive or in the wrong order."""
    sources = [
        "url_decode('%' * 15000000)",
        "url_decode('%41x' * 3000000)",
        "html_unescape('&' * 15000000)",
        "html_unescape('&abcdefghijklmnop' * 460000)",
        "html_unescape('&ab' * 2600000)",
        "html_unescape('&#' + '1' * 1000000 + ';')",
        "base64_decode('ab ' * 2600000)",
        "hex_decode('ab ' * 5300000)",
        f"[sum(float(t) for x in range(100000)) for t in [{_PADDED}]]",
        f"[sum(int(t) for x in range(100000)) for t in [{_PADDED}]]",
        f"[any(not t.startswith(u) for x in range(100000)) for t, u in [[{_LONG}, {_LONG}]]]",
        f"[any(not ends_with(t, u) for x in range(100000)) for t, u in [[{_LONG}, {_LONG}]]]",
        f"[unique([x for z in range(100000) for x in [t, u]]) for t, u in [[{_LONG}, {_LONG}]]]",
        f"[mode([x for z in range(100000) for x in [t, u]]) for t, u in [[{_LONG}, {_LONG}]]]",
        "normalize('\\u0315' * 200000 + '\\u0316' * 200000)",
        "normalize('\\uff9e\\u0315' * 200000)",
        "normalize('\\u0315' * 200000 + '\\u0316' * 200000, 'NFD')",
        "slug('\\u0315' * 5000 + '\\u0316' * 5000)",
        "sorted([{}], 'ab.' * 5000000)",
        "get([1], 'ab.' * 5000000)",
        "has([1], 'ab.' * 5000000)",
        "get([1], '9' * 15000000)",
        "str(['\\x01' * 9000000])",
        "json(reduce(lambda a, x: [a], range(90), range(500000)), indent=true)",
        "parse_url('http://' + '\\u0315' * 4000 + '\\u0316' * 4000 + '/')",
    ]
    harmless = {
        "html_unescape('&#' + '1' * 1000000 + ';')",
        "normalize('\\u0315' * 200000 + '\\u0316' * 200000)",
        "normalize('\\uff9e\\u0315' * 200000)",
        "normalize('\\u0315' * 200000 + '\\u0316' * 200000, 'NFD')",
        "slug('\\u0315' * 5000 + '\\u0316' * 5000)",
        "parse_url('http://' + '\\u0315' * 4000 + '\\u0316' * 4000 + '/')",
    }
    return [Attack(f"call {source[:60]}", source, HARMLESS if source in harmless else REFUSED) for source in sources]


def _patterns() -> list[Attack]:
    """Patterns and formats whose matching explodes."""
    sources = [
        "regex_test('ab' * 500000, '((a|b){0,999}c)' * 60)",
        "regex_test('a' * 1000000, '(a{0,999})' * 90)",
        "regex_search('ab' * 500000, '(?:(a|b){0,500}c?)' * 50)",
        "regex_test('ab' * 500000, 'a[ab]{900}c')",
        "regex_find_all('a' * 1000000, '.*?' * 300 + 'c|a')",
        "date('a' * 195 + '!', '%A' * 26)",
        "date('a' * 195 + '!', '%a%A' * 20)",
        "datetime('1' * 199 + 'x', '%d%e%m%H%I%M%S%f')",
        "date('11', '%d%e')",
        "date('11', '%Y%Y')",
        "f'{55296:c}'",
        "f'{57343:c}'",
        "f'{1114112:c}'",
        "f'{1.5:c}'",
        "f'{1:.3}'",
        "f'{1:,x}'",
    ]
    return [Attack(f"pattern {source[:60]}", source) for source in sources]


def _numbers() -> list[Attack]:
    """Numbers many words wide, and numbers that collide."""
    sources = [
        "len(range(1 << 4000, (1 << 4000) + 1000000))",
        "len(enumerate(range(400000), 1 << 4000))",
        "len([(1 << 4000) + x for x in range(400000)])",
        "len([~b for z in [1 << 4000] for b in [z] * 400000])",
        "len([-b for z in [1 << 4000] for b in [z] * 400000])",
        "len([b | 1 for z in [1 << 4000] for b in [z] * 400000])",
        "len([b >> 1 for z in [1 << 4000] for b in [z] * 400000])",
        "len([b // 3 for z in [1 << 4000] for b in [z] * 400000])",
        "len([abs(-b) for z in [1 << 4000] for b in [z] * 400000])",
        "len(map(int, ['9' * 1200] * 150000))",
        "mode([x * (2 ** 61 - 1) for x in range(100000)])",
        "len({x * (2 ** 61 - 1): 1 for x in range(100000)})",
        "len({(x * (2 ** 61 - 1)) for x in range(200000)})",
        "'a' * (1 << 4000)",
        "xs[1 << 4000]",
    ]
    return [Attack(f"wide {source[:60]}", source) for source in sources]


def _messages() -> list[Attack]:
    """Errors that would quote what is too long to be quoted."""
    keys = "'a' * 15000000"
    sources = [
        f"null[{keys}]",
        f"skipped[{keys}]",
        f"wide[{keys}]",
        f"data[{keys}]",
        f"xs[{keys}]",
        f"now[{keys}]",
        f"datetime(0)[{keys}]",
        f"file[{keys}]",
        f"int({keys})",
        f"bool({keys})",
        f"date({keys})",
        f"in_zone(now, {keys})",
        f"duration({keys})",
        f"hash('a', {keys})",
        f"regex_test('a', {keys})",
        f"json_parse({keys})",
        f"format_date(now, {keys})",
        f"start_of(now, {keys})",
        f"normalize('é', {keys})",
        f"pad('a', 3, {keys})",
        f"date('1', '%' + {keys})",
    ]
    return [Attack(f"message {source[:60]}", source) for source in sources]


TIME_ATTACKS: list[Attack] = [*_texts(), *_patterns(), *_numbers(), *_messages()]
