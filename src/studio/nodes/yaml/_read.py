"""YAML 1.2 to plain data.

ruamel.yaml gives events; the values are composed here, without recursion, so that tags build nothing and aliases
cannot expand without bound. Scalars follow the core schema (YAML 1.2.2, section 10.3): ``no`` and ``on`` are texts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, cast

from studio.sdk import Phrase, UserError

DEEPEST = 100
MOST = 2_000_000
"""Values in all, those that aliases repeat counted again."""

_INTEGER = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_CORE = "tag:yaml.org,2002:"


class _Level:
    """A list or an object being read; ``key`` is the name whose value comes next, ``size`` counts what is inside."""

    __slots__ = ("anchor", "key", "named", "size", "value")

    def __init__(self, value: Any, anchor: str | None) -> None:
        self.value: Any = value
        self.named = isinstance(value, dict)
        self.anchor = anchor
        self.key: str | None = None
        self.size = 1


class Composer:
    """Turns events into values, one document after the other."""

    def __init__(self) -> None:
        self.documents: list[Any] = []
        self._levels: list[_Level] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._count = 0

    def take(self, event: Any) -> None:
        """Take the next event.

        Raises:
            UserError: Names the line and what is not allowed there.
        """
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._add(_scalar(event), 1, event, is_text=not event.implicit[0])
            if event.anchor:
                self._anchors[event.anchor] = (_scalar(event), 1)
        elif kind == "AliasEvent":
            if event.anchor not in self._anchors:
                raise UserError(
                    "yaml.unknown_alias",
                    "Line {line}: *{name} stands for nothing yet.",
                    line=_line(event),
                    name=event.anchor,
                )
            value, size = self._anchors[event.anchor]
            self._add(value, size, event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._open({} if kind == "MappingStartEvent" else [], event)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            level = self._levels.pop()
            if level.anchor:
                self._anchors[level.anchor] = (level.value, level.size)
            self._put(level.value, level.size, event)
        elif kind == "DocumentStartEvent":
            self._anchors.clear()

    def _open(self, value: Any, event: Any) -> None:
        if event.tag and event.tag not in ("!", f"{_CORE}map", f"{_CORE}seq"):
            raise UserError("yaml.tag", "Line {line}: the tag {tag} is not allowed.", line=_line(event), tag=event.tag)
        if len(self._levels) >= DEEPEST:
            raise UserError(
                "yaml.nesting",
                "Line {line}: values are nested more than {limit} deep.",
                line=_line(event),
                limit=DEEPEST,
            )
        if self._levels and self._levels[-1].named and self._levels[-1].key is None:
            raise UserError("yaml.key", "Line {line}: a key must be a text.", line=_line(event))
        self._charge(1, event)
        self._levels.append(_Level(value, event.anchor))

    def _add(self, value: Any, size: int, event: Any, *, is_text: bool = False) -> None:
        self._charge(size, event)
        level = self._levels[-1] if self._levels else None
        if level is None or level.key is not None or not level.named:
            self._put(value, size, event)
            return
        if type(event).__name__ == "AliasEvent" and not isinstance(value, str):
            raise UserError("yaml.key", "Line {line}: a key must be a text.", line=_line(event))
        key = str(event.value) if type(event).__name__ == "ScalarEvent" else cast("str", value)
        if key == "<<" and not is_text:
            raise UserError(
                "yaml.merge_key", "Line {line}: merge keys (<<) are not part of YAML 1.2.", line=_line(event)
            )
        if key in level.value:
            raise UserError(
                "yaml.key_twice", "Line {line}: the key {key} comes twice.", line=_line(event), key=repr(key[:60])
            )
        level.key = key

    def _put(self, value: Any, size: int, event: Any) -> None:
        if not self._levels:
            self.documents.append(value)
            return
        level = self._levels[-1]
        level.size += size
        if level.named:
            level.value[level.key] = value
            level.key = None
        else:
            level.value.append(value)

    def _charge(self, size: int, event: Any) -> None:
        self._count += size
        if self._count > MOST:
            raise UserError(
                "yaml.too_many",
                "Line {line}: there are more than {limit} values, with those that aliases repeat.",
                line=_line(event),
                limit=MOST,
            )


def _scalar(event: Any) -> Any:
    text = str(event.value)
    plain, tag = event.implicit[0], event.tag
    if tag in (None, "!") and not plain:
        return text
    if tag in (f"{_CORE}str", "!"):
        return text
    if tag not in (None, *(f"{_CORE}{name}" for name in ("null", "bool", "int", "float"))):
        raise UserError("yaml.tag", "Line {line}: the tag {tag} is not allowed.", line=_line(event), tag=tag)
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        number = int(text, 0) if text[:2] in ("0o", "0x") else int(text) if len(text) <= 20 else 2**64
        if not -(2**63) <= number < 2**63:
            raise UserError(
                "yaml.number_range",
                "Line {line}: the number {number} has more than 64 bits; quote it to keep its digits.",
                line=_line(event),
                number=text[:40],
            )
        return number
    if _NOT_FINITE.match(text) or (_FLOAT.match(text) and not math.isfinite(float(text))):
        raise UserError(
            "yaml.not_finite",
            "Line {line}: {number} is not a finite number; quote it to keep it as a text.",
            line=_line(event),
            number=text[:40],
        )
    return float(text) if _FLOAT.match(text) else text


def events(text: str) -> Iterator[Any]:
    """The events of a YAML text, with failures of the syntax as ``yaml.not_yaml``."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    parser: Any = YAML(typ="safe", pure=True)
    parser.version = (1, 2)
    try:
        yield from parser.parse(text)
    except MarkedYAMLError as error:
        mark: Any = cast("Any", error).problem_mark or cast("Any", error).context_mark
        reason = str(cast("Any", error).problem or cast("Any", error).context or "")
        raise _not_yaml(mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, reason) from error
    except ReaderError as error:
        place = int(cast("Any", error).position)
        raise _not_yaml(
            text.count("\n", 0, place) + 1, 1, Phrase("yaml.character", "a character that is not allowed")
        ) from error
    except (ValueError, IndexError, KeyError, AttributeError, TypeError, AssertionError, OverflowError) as error:
        raise _not_yaml(text.count("\n") + 1, 1, str(error)) from error  # the library lets some escape


def _not_yaml(line: int, column: int, reason: str) -> UserError:
    return UserError(
        "yaml.not_yaml",
        "This is not YAML: {reason} in line {line}, column {column}.",
        reason=reason if isinstance(reason, Phrase) else reason[:200],
        line=line,
        column=column,
    )


def _line(event: Any) -> int:
    return event.start_mark.line + 1
