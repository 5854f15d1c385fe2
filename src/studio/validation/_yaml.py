"""YAML 1.2 core to plain data, with the place of everything.

ruamel.yaml reads the syntax and gives events; the tree is composed here, without recursion, so that depth, aliases
and scalars are under control: nothing but plain data can come of any text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

import msgspec

from studio.validation._positions import Path, Place, line_and_column
from studio.validation._problems import Problem, problem
from studio.validation._scalars import resolve, short

MAX_DEPTH = 100
MAX_ALIAS_WEIGHT = 2_000_000
"""Nodes and characters that aliases may add in all."""

MAX_VALUES = 200_000
"""Scalars and collections in one document; reading one takes some 30 microseconds."""
MAX_PROBLEMS = 1000

_PROPERTIES = re.compile(r"(?:[&!]\S*(?:[ \t\r\n]+|(?=[\[{])))+")
_LONE = re.compile(r"\s*\{\{(?!\{\{)(?:(?!\{\{).)*\}\}\n", re.DOTALL)
_STRING_TAGS = ("!", "tag:yaml.org,2002:str")
_COLLECTION_TAGS = ("!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


class UnquotedExpression(Exception):
    """``{{`` stands where YAML reads a mapping; ``offset`` says where."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class YamlSyntax(Exception):
    """The text is not YAML; ``offset`` says where, ``found`` what is wrong."""

    def __init__(self, offset: int, found: Problem) -> None:
        super().__init__(offset)
        self.offset = offset
        self.problem = found


class _Frame:
    """A collection that is being read. ``key`` is the mapping key whose value comes next."""

    __slots__ = ("anchor", "key", "key_place", "place", "sequence", "value", "weight")

    def __init__(self, value: Any, place: Place, anchor: str | None) -> None:
        self.value = value
        self.sequence = isinstance(value, list)
        self.place = place
        self.anchor = anchor
        self.key: str | None = None
        self.key_place: Place | None = None
        self.weight = 1


class Composer:
    """Makes a tree of plain data and a tree of places from YAML events."""

    def __init__(self, text: str) -> None:
        self.problems: list[tuple[Path, Problem]] = []
        self._text = text
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, Place, int]] = {}
        self._alias_weight = 0
        self._values = 0
        self._documents = 0
        self.result: tuple[Any, Place] | None = None
        self._handlers: dict[str, Callable[[Any], None]] = {
            "ScalarEvent": self._scalar,
            "MappingStartEvent": self._mapping,
            "SequenceStartEvent": self._sequence,
            "MappingEndEvent": self._end,
            "SequenceEndEvent": self._end,
            "AliasEvent": self._alias,
            "DocumentStartEvent": self._document,
        }

    def compose(self) -> None:
        """Read the whole text into ``result`` and ``problems``.

        Raises:
            UnquotedExpression: An expression stands without quotes.
            YamlSyntax: The text is not YAML, or too deep, or its aliases expand to too much.
        """
        # Imported here, for a JSON document needs none of the library.
        from ruamel.yaml.error import MarkedYAMLError
        from ruamel.yaml.reader import ReaderError

        from studio.validation._events import yaml_events

        handlers = self._handlers
        try:
            for event in yaml_events(self._text):
                handler = handlers.get(type(event).__name__)
                if handler is not None:
                    handler(event)
        except MarkedYAMLError as error:
            mark = cast("Any", error).problem_mark or cast("Any", error).context_mark
            raise YamlSyntax(mark.index if mark else 0, _syntax_problem(cast("Any", error))) from error
        except ReaderError as error:
            bad = problem(
                "workflow.yaml_character",
                "the character U+{number} is not allowed",
                number=f"{cast('Any', error).character:04X}",
            )
            raise YamlSyntax(int(cast("Any", error).position), bad) from error
        except (ValueError, IndexError, KeyError, AttributeError, TypeError, AssertionError, OverflowError) as error:
            # The library lets such escape for some broken texts, for example escapes of no character.
            bad = problem("workflow.yaml_syntax", "this is not YAML: {reason}", reason=short(str(error)))
            raise YamlSyntax(len(self._text), bad) from error

    def _path(self) -> Path:
        path: list[str | int] = []
        for frame in self._frames:
            if frame.sequence:
                path.append(len(frame.value))
            elif frame.key is not None:
                path.append(frame.key)
        return tuple(path)

    def _place(self, event: Any) -> Place:
        """Where the value of an event begins, behind its anchor and tag."""
        mark = event.start_mark
        line, column, start = mark.line + 1, mark.column + 1, mark.index
        if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
            before = _PROPERTIES.match(self._text, start)
            if before is not None and before.end() <= event.end_mark.index:
                lines, after = line_and_column(before[0], len(before[0]))
                line, column = (line + lines - 1, after) if lines > 1 else (line, column + len(before[0]))
                start = before.end()
        return Place(line, column, start, event.end_mark.index, getattr(event, "style", None) or "")

    def _report(self, place: Place, found: Problem) -> None:
        self.problems.append((self._path(), _at(found, place)))
        if len(self.problems) > MAX_PROBLEMS:
            self._stop(
                place.start,
                problem(
                    "workflow.too_many_problems",
                    "there are more than {limit} problems; the rest is not read",
                    limit=MAX_PROBLEMS,
                ),
            )

    def _report_tag(self, event: Any) -> None:
        mark = event.start_mark
        self._report(Place(mark.line + 1, mark.column + 1, mark.index, mark.index), _tag_problem(event.tag))

    def _stop(self, offset: int, found: Problem) -> None:
        raise YamlSyntax(offset, found)

    def _document(self, event: Any) -> None:
        self._documents += 1
        start = event.start_mark.index
        if self._documents > 1:
            self._stop(
                start, problem("workflow.yaml_documents", "a file holds one workflow; a second `---` begins one")
            )
        if event.version is not None and tuple(event.version) != (1, 2):
            self._stop(start, problem("workflow.yaml_version", "workflow files are YAML 1.2; leave out the directive"))

    def _mapping(self, event: Any) -> None:
        if event.flow_style:
            start = self._place(event).start
            if self._text.startswith("{{", start):
                raise UnquotedExpression(start)
        self._open({}, event)

    def _sequence(self, event: Any) -> None:
        self._open([], event)

    def _open(self, value: Any, event: Any) -> None:
        place = self._place(event)
        if len(self._frames) >= MAX_DEPTH:
            self._stop(
                place.start, problem("workflow.too_deep", "nested more than {limit} levels deep", limit=MAX_DEPTH)
            )
        if event.tag is not None and event.tag not in _COLLECTION_TAGS:
            self._report_tag(event)
        self._frames.append(_Frame(value, place, event.anchor))

    def _end(self, event: Any) -> None:
        frame = self._frames.pop()
        frame.place.end = event.end_mark.index
        self._put(frame.value, frame.place, frame.weight)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.value, frame.place, frame.weight)

    def _alias(self, event: Any) -> None:
        place = self._place(event)
        known = self._anchors.get(event.anchor)
        if known is None:
            what = problem(
                "workflow.yaml_alias", "`*{name}` has no `&{name}` complete before it", name=short(event.anchor)
            )
            self._report(place, what)
            self._put(None, place, 1)
            return
        value, target, weight = known
        self._alias_weight += weight
        if self._alias_weight > MAX_ALIAS_WEIGHT:
            self._stop(place.start, problem("workflow.yaml_aliases", "the aliases of this file expand to too much"))
        self._put(value, target, weight)

    def _scalar(self, event: Any) -> None:
        place = self._place(event)
        value: Any = event.value
        tag = event.tag
        if tag is None and not event.style:
            value, wrong = resolve(value)
            if wrong is not None:
                self._report(place, wrong)
        elif tag is not None and tag not in _STRING_TAGS:
            self._report_tag(event)
        if isinstance(value, str) and place.style == '"' and not value.isascii():
            value = self._joined(value, place)
        if event.style in ("|", ">") and isinstance(value, str) and _LONE.fullmatch(value):
            # A block ends with a line end that nobody wrote; it must not turn the expression in it into a text.
            value = value[:-1]
        weight = 1 + len(event.value)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, place, weight)
        self._put(value, place, weight)

    def _joined(self, value: str, place: Place) -> str:
        """``value`` with surrogate pairs made one character, as JSON does."""
        try:
            return value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._report(place, problem("workflow.surrogate", "the text holds half a surrogate pair"))
            return value.encode("utf-8", "replace").decode()

    def _put(self, value: Any, place: Place, weight: int) -> None:
        """Hand a finished value to the collection around it."""
        self._values += 1
        if self._values > MAX_VALUES:
            self._stop(
                place.start,
                problem("workflow.too_many_values", "the document holds more than {limit} values", limit=MAX_VALUES),
            )
        if not self._frames:
            self.result = (value, place)
            return
        frame = self._frames[-1]
        frame.weight += weight
        if frame.sequence:
            frame.place.items[len(frame.value)] = place
            frame.value.append(value)
        elif frame.key is None:
            frame.key = self._key(frame, value, place)
            frame.key_place = place
        else:
            key = frame.key
            frame.value.setdefault(key, value)
            frame.place.items.setdefault(key, place)
            frame.place.keys.setdefault(key, cast("Place", frame.key_place))
            frame.key = None

    def _key(self, frame: _Frame, value: Any, place: Place) -> str:
        """The value as a mapping key; what cannot be one is reported and gets a name of its own."""
        if isinstance(value, str):
            if value == "<<" and not place.style:
                self._report(place, problem("workflow.yaml_merge", "merge keys (`<<`) are not part of YAML 1.2"))
            elif value in frame.value:
                line = frame.place.keys[value].line
                what = problem(
                    "workflow.duplicate_key", "the key `{key}` already stands in line {line}", key=value, line=line
                )
                self._report(place, what)
            return value
        if value is None or isinstance(value, bool | int | float):
            written = short(self._text[place.start : place.end])
            self._report(
                place, problem("workflow.key_not_text", "the key `{key}` is not a text; quote it", key=written)
            )
            return self._text[place.start : place.end]
        self._report(place, problem("workflow.key_not_scalar", "a key must be a text, not a list or mapping"))
        return f"\0{place.start}"


def _at(found: Problem, place: Place) -> Problem:
    return msgspec.structs.replace(found, line=place.line, column=place.column)


def _tag_problem(tag: str) -> Problem:
    name = short(tag.replace("tag:yaml.org,2002:", "!!"))
    return problem("workflow.yaml_tag", "tags such as `{tag}` are not allowed; a workflow is plain data", tag=name)


def _syntax_problem(error: Any) -> Problem:
    reason = " ".join(part.strip() for part in (error.context, error.problem) if part)
    if "'\\t'" in reason or "tab" in reason.lower():
        return problem("workflow.yaml_tab", "YAML is indented with spaces; there is a tab here")
    return problem("workflow.yaml_syntax", "this is not YAML: {reason}", reason=" ".join(reason.split())[:200])
