"""Texts that are never shown, found in whatever form they may stand in.

A secret is found as it is, as a part of a longer text, and as the usual encodings of a text turn it out: JSON, HTML,
addresses, hexadecimal, base64 at any place within what was encoded. What a workflow changes otherwise (a digest, a
text turned round or cut in pieces) is not the secret any more and not found.
"""

from __future__ import annotations

import base64
import html
import importlib
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol, cast
from urllib.parse import quote, quote_plus

from studio.services.auditing import MASKED

WHOLE, INSIDE = 3, 6
"""A text is masked as a whole from so many characters on, and inside a longer text."""
_LONGEST = 8192
"""Characters up to which encodings of a text are looked for too."""
_LINE = 16
"""Characters from which a line of a text counts by itself: of a key in PEM, say."""
_SHORT = 256
_TOGETHER = 1000
_SECRET_NAMES = ("key", "secret", "token", "password", "passphrase")


class _Pattern(Protocol):
    def sub(self, repl: Any, text: Any) -> Any: ...
    def search(self, text: Any) -> Any: ...


class Hidden:
    """Masks a set of texts.

    Args:
        texts: What is not shown.
        variables: Names of the variables that are secret.
    """

    def __init__(self, texts: Iterable[str] = (), variables: Iterable[str] = ()) -> None:
        self.secret_variables = frozenset(variables)
        self.given = frozenset(texts)
        self.texts = frozenset(one for text in self.given for one in (text, *_parts(text)) if len(one) >= WHOLE)

    @cached_property
    def _forms(self) -> list[str]:
        forms = {form for text in self.texts if len(text) >= INSIDE for form in forms_of(text)}
        # Of one that is a part of another the longer goes first: nothing of it is left over.
        return sorted(forms, key=lambda one: (-len(one), one))

    @cached_property
    def _long(self) -> list[str]:
        """What is looked for one by one: a token of a kilobyte would only swell a pattern."""
        return [form for form in self._forms if len(form) > _SHORT]

    @cached_property
    def _patterns(self) -> list[_Pattern]:
        return [_pattern(group) for group in _groups(self._forms[len(self._long) :])]

    @cached_property
    def _raw(self) -> list[_Pattern]:
        return [_pattern([form.encode() for form in group]) for group in _groups(self._forms[len(self._long) :])]

    @cached_property
    def _longest(self) -> int:
        return max((len(form.encode()) for form in self._forms), default=0)

    def __bool__(self) -> bool:
        return bool(self.texts or self.secret_variables)

    def text(self, text: str) -> str:
        """A text with what is hidden masked."""
        if text in self.texts:
            return MASKED
        if len(text) < INSIDE or not self._forms:
            return text
        for form in self._long:
            if form in text:
                text = text.replace(form, MASKED)
        for pattern in self._patterns:
            if pattern.search(text) is not None:
                text = pattern.sub(_masked, text)
        return text

    def prepare(self) -> None:
        """Do now what the first look would do: it takes a second where there are a thousand secrets."""
        self.text("-" * INSIDE)

    def number(self, value: int | float) -> bool:
        """Whether a number is hidden."""
        written = str(value)
        return len(written) >= INSIDE and written in self.texts

    def plain(self, value: Any) -> Any:
        """A plain value with what is hidden masked, keys included."""
        return masked(value, self.text, self.number) if self else value

    def variables(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The workspace's variables; secret ones are masked whatever they hold."""
        return {name: MASKED if name in self.secret_variables else value for name, value in values.items()}

    def _same_length(self, data: bytes) -> bytes:
        for form in self._long:
            raw = form.encode()
            if raw in data:
                data = data.replace(raw, b"*" * len(raw))
        for pattern in self._raw:
            if pattern.search(data) is not None:
                data = pattern.sub(_stars, data)
        return data

    async def stream(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """A file's content with what is hidden replaced by as many stars, so that its size stays what was announced."""
        kept = b""
        # What may be the beginning of something hidden waits for what follows it.
        longest = max(0, self._longest - 1)
        async for chunk in chunks:
            data = self._same_length(kept + chunk)
            held = min(len(data), longest)
            if len(data) > held:
                yield data[: len(data) - held]
            kept = data[len(data) - held :]
        if kept:
            yield kept


def masked(value: Any, text: Callable[[str], str], number: Callable[[int | float], bool]) -> Any:
    """A plain value with its texts and numbers masked."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        return {text(str(key)): masked(inner, text, number) for key, inner in entries.items()}
    if isinstance(value, list | tuple):
        return [masked(inner, text, number) for inner in cast("Sequence[Any]", value)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return MASKED if number(value) else value
    return value


def _masked(_found: Any) -> str:
    return MASKED


def _stars(found: Any) -> bytes:
    return b"*" * len(found[0])


def _groups(forms: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(forms), _TOGETHER):
        yield forms[at : at + _TOGETHER]


def _pattern(forms: Sequence[str] | Sequence[bytes]) -> _Pattern:
    re2: Any = importlib.import_module("re2")  # it has no types
    options = re2.Options()
    options.max_mem, options.longest_match, options.log_errors = 64 << 20, True, False
    if isinstance(forms[0], bytes):
        options.encoding = re2.Options.Encoding.LATIN1
        return cast("_Pattern", re2.compile(b"|".join(re2.escape(one) for one in forms), options))
    return cast("_Pattern", re2.compile("|".join(re2.escape(one) for one in forms), options))


def texts_in(value: Any) -> Iterator[str]:
    """The texts of a secret value; numbers as they are written."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, Mapping):
        for inner in cast("Mapping[str, Any]", value).values():
            yield from texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in cast("Sequence[Any]", value):
            yield from texts_in(inner)


def _parts(text: str) -> Iterator[str]:
    """What of a secret text is secret by itself: lines of a key, the secret entries of a JSON object."""
    lines = text.splitlines()
    if len(lines) > 1:
        yield from (line for line in map(str.strip, lines) if len(line) >= _LINE and not line.startswith("-----"))
    if text.lstrip().startswith("{"):
        try:
            found: object = json.loads(text)
        except ValueError:
            return
        for name, value in cast("dict[str, object]", found).items() if isinstance(found, dict) else ():
            if isinstance(value, str) and name.lower().endswith(_SECRET_NAMES):
                yield value
                yield from _parts(value)


def forms_of(text: str) -> set[str]:
    """How a text may stand inside another."""
    raw = text.encode(errors="replace")
    if len(text) > _LONGEST:
        return {text, json.dumps(text, ensure_ascii=False)[1:-1]}
    forms = {
        text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], html.escape(text),
        html.escape(text, quote=False), raw.hex(), raw.hex().upper(),
    }  # fmt: skip
    for quoted in (quote(text), quote(text, safe=""), quote_plus(text)):
        forms |= {quoted, _lower_escapes(quoted)}
    for before in range(3):
        core = _in_base64(raw, before)
        if len(core) >= INSIDE:
            forms |= {core, core.replace("+", "-").replace("/", "_")}
    return forms


def _lower_escapes(quoted: str) -> str:
    """An address with its escapes in small letters."""
    head, *rest = quoted.split("%")
    return head + "".join(f"%{part[:2].lower()}{part[2:]}" for part in rest)


def _in_base64(raw: bytes, before: int) -> str:
    """What of the base64 of a text is this part's alone, where ``before`` bytes of a group of three precede it."""
    encoded = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
    size = before + len(raw)
    first = (0, 2, 3)[before]
    last = size // 3 * 4 + size % 3
    return encoded[first:last]
