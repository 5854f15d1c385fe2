"""Templates: texts with expressions in them, and trees of such texts."""

# Params are JSON trees whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeAlias, TypeVar

from studio.domain.errors import ExpressionError
from studio.expressions._compiler import locate
from studio.expressions._expression import Expression, renamed
from studio.expressions._fstrings import concatenate
from studio.expressions._limits import DEFAULT_BUDGET, Budget, Meter
from studio.expressions._nodes import Name
from studio.expressions._values import finish_scalar
from studio.expressions._values import text as to_text

MAX_TEMPLATE = 1_000_000
MAX_EXPRESSIONS = 2_000
MAX_TREE_DEPTH = 100
_CACHED_LENGTH = 512
"""Longer texts are compiled each time: compiled they take some 350 times their length in memory."""

TreePath: TypeAlias = "tuple[str | int, ...]"


class Template:
    """A text with expressions in double braces.

    A text that is one expression and nothing else gives that expression's value as it is. Any other
    gives a text. Four opening braces stand for two.
    """

    __slots__ = ("expressions", "parts", "references", "roots", "text", "whole")

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[str | Expression] = split(text, lambda whole, start: Expression(whole, start, "}}"))
        self.expressions: list[Expression] = [part for part in self.parts if isinstance(part, Expression)]
        self.whole: Expression | None = self.expressions[0] if len(self.parts) == 1 and self.expressions else None
        self.references: frozenset[tuple[str, ...]] = frozenset().union(*(each.references for each in self.expressions))
        self.roots: frozenset[str] = frozenset(path[0] for path in self.references)

    def evaluate(self, scope: Mapping[str, Any], budget: Budget | None = None, salt: str = "") -> Any:
        """The value, or the text with all values filled in; see ``Expression.evaluate``."""
        if self.whole is not None:
            return self.whole.evaluate(scope, budget, salt)
        meter = Meter(budget or DEFAULT_BUDGET, scope, salt)
        filled: list[str] = []
        for place, part in enumerate(self.parts):
            if isinstance(part, str):
                filled.append(part)
                continue
            value = part.evaluate(scope, budget, f"{salt}#{place}" if place else salt)
            try:
                filled.append(to_text(meter, value))
            except ExpressionError as error:
                raise locate(error, part.offset, part.end) from error.__cause__
        return concatenate(meter, filled)

    def rename(self, old: str, new: str) -> str:
        """The text with a name of the scope written differently in its expressions, all else to the letter."""
        return renamed(self.text, 0, len(self.text), self.expressions, old, new)


class _Ends(Protocol):
    @property
    def end(self) -> int: ...


_P = TypeVar("_P", bound=_Ends)


def split(text: str, make: Callable[[str, int], _P]) -> list[str | _P]:
    """Literal parts and expressions in order; ``make`` reads the expression at an offset and knows its end."""
    if len(text) > MAX_TEMPLATE:
        raise ExpressionError(
            "expression.template_length", "A text with expressions has at most {limit} characters.", limit=MAX_TEMPLATE
        )
    parts: list[str | _P] = []
    literal: list[str] = []
    done = count = 0
    while True:
        place = text.find("{{", done)
        if place < 0:
            break
        literal.append(text[done:place])
        if text.startswith("{{{{", place):
            literal.append("{{")
            done = place + 4
            continue
        expression = make(text, place + 2)
        done = expression.end + 2
        count += 1
        if count > MAX_EXPRESSIONS:
            raise ExpressionError(
                "expression.template_parts",
                "A text has at most {limit} expressions.",
                start=place,
                end=done,
                limit=MAX_EXPRESSIONS,
            )
        before = "".join(literal)
        parts += [before, expression] if before else [expression]
        literal = []
    rest = "".join([*literal, text[done:]])
    if rest:
        parts.append(rest)
    return parts


@lru_cache(maxsize=1_024)
def _cached(text: str) -> Template:
    return Template(text)


def compile_template(text: str) -> Template:
    """Compile one text. Recent short ones are kept, so that the same text is compiled once.

    Raises:
        ExpressionError: An expression in it is not valid; start and end are offsets in ``text``.
    """
    return _cached(text) if len(text) <= _CACHED_LENGTH else Template(text)


def compile_expression(text: str) -> Expression:
    """Compile one expression, written with or without braces; offsets count in ``text`` as it is given.

    Raises:
        ExpressionError: It is not valid, or something stands beside the braces.
    """
    bare = text.strip()
    if not bare.startswith("{{"):
        return Expression(text, 0, None)
    start = text.index("{{") + 2
    expression = Expression(text, start, "}}")
    if text[expression.end + 2 :].strip():
        raise ExpressionError(
            "expression.one_expected",
            "One expression alone is expected here.",
            start=expression.end + 2,
            end=len(text),
        )
    return expression


def is_template(text: str) -> bool:
    """Whether a text holds expressions or escaped braces."""
    return "{{" in text


def iter_templates(value: Any) -> Iterator[tuple[TreePath, str]]:
    """Every text in a tree of lists and objects that holds expressions, with its path."""
    pending: list[tuple[TreePath, Any]] = [((), value)]
    while pending:
        path, each = pending.pop()
        if isinstance(each, str):
            if "{{" in each:
                yield path, each
        elif isinstance(each, dict | list):
            if len(path) > MAX_TREE_DEPTH:
                raise ExpressionError("expression.tree_depth", "The value lies too many levels deep.")
            inner = each.items() if isinstance(each, dict) else enumerate(each)
            pending += [((*path, key), part) for key, part in reversed(list(inner))]


@dataclass(frozen=True, slots=True)
class Located:
    """An expression and where it stands: the path to its text in the tree, and its offset in that text."""

    expression: Expression
    source: str
    offset: int
    path: TreePath


Lookup: TypeAlias = "Callable[[Mapping[str, Any]], Any]"
LOOKUP_FAILS = (KeyError, IndexError, TypeError)
_Build: TypeAlias = "Callable[[Mapping[str, Any], Budget | None, str], Any]"


class Compiled:
    """A JSON tree with templates in it.

    ``lookup`` is there where every template is a name or a path of constant keys and nothing else. It gives the same as
    ``evaluate`` by plain subscription, and raises one of ``LOOKUP_FAILS`` where ``evaluate`` has to be asked: for
    values that are not subscripted, and for what is missing.
    """

    __slots__ = ("_build", "expressions", "lookup", "references", "roots", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        templates = {path: compile_template(text) for path, text in iter_templates(value)}
        self.expressions: tuple[Located, ...] = tuple(
            Located(each, each.source, each.offset, path)
            for path, template in templates.items()
            for each in template.expressions
        )
        self.references: frozenset[tuple[str, ...]] = frozenset().union(
            *(each.references for each in templates.values())
        )
        self.roots: frozenset[str] = frozenset(path[0] for path in self.references)
        self._build = _builder(value, (), templates)
        self.lookup: Lookup | None = _lookup(value)

    def evaluate(self, scope: Mapping[str, Any], budget: Budget | None = None, salt: str = "") -> Any:
        """The tree with every template replaced by its value; see ``Expression.evaluate``.

        All lists and objects of the tree are new; the budget holds for each template by itself. Expressions at
        different places of the tree draw different random values.
        """
        return self._build(scope, budget, salt)

    def rename(self, old: str, new: str) -> Any:
        """The tree with a name of the scope written differently in all expressions, all else as it is."""
        return _rename(self.value, old, new)


def compile_value(value: Any) -> Compiled | None:
    """Compile the value of a param: any JSON tree. None where no text in it holds ``{{``.

    Raises:
        ExpressionError: An expression in it is not valid; start and end are offsets in its text.
    """
    return None if next(iter_templates(value), None) is None else Compiled(value)


def _builder(value: Any, path: TreePath, templates: Mapping[TreePath, Template]) -> _Build:
    template = templates.get(path) if isinstance(value, str) else None
    if template is not None:
        salt = "".join(f"/{part}" for part in path)
        evaluate = template.evaluate if template.whole is None else template.whole.evaluate
        if not salt:
            return evaluate
        return lambda scope, budget, outer: evaluate(scope, budget, outer + salt)
    if isinstance(value, dict):
        fields = [(key, _builder(part, (*path, key), templates)) for key, part in value.items()]
        if len(fields) == 1:
            # By far the most frequent shape of params, worth sparing the loop.
            ((only, inner),) = fields
            return lambda scope, budget, salt: {only: inner(scope, budget, salt)}
        return lambda scope, budget, salt: {key: build(scope, budget, salt) for key, build in fields}
    if isinstance(value, list):
        parts = [_builder(part, (*path, place), templates) for place, part in enumerate(value)]
        return lambda scope, budget, salt: [build(scope, budget, salt) for build in parts]
    return lambda scope, budget, salt: value


def _lookup(value: Any) -> Lookup | None:
    """Plain subscription for a tree of paths and constants; None for any other."""
    if isinstance(value, str):
        return _path_lookup(value) if "{{" in value else lambda scope: value
    if isinstance(value, dict):
        fields = [(key, _lookup(part)) for key, part in value.items()]
        known = [(key, part) for key, part in fields if part is not None]
        if len(known) != len(fields):
            return None
        if len(known) == 1:
            return _single_lookup(*known[0], value)
        return lambda scope: {key: part(scope) for key, part in known}
    if isinstance(value, list):
        parts = [_lookup(part) for part in value]
        found = [part for part in parts if part is not None]
        return (lambda scope: [part(scope) for part in found]) if len(found) == len(parts) else None
    return lambda scope: value


def _single_lookup(only: str, inner: Lookup, value: dict[str, Any]) -> Lookup:
    """The object with one field, in one call where that field is a path of one key: the most frequent of all params."""
    text = value[only]
    whole = compile_template(text).whole if isinstance(text, str) else None
    if whole is None or whole.path is None or len(whole.path) != 2:
        return lambda scope: {only: inner(scope)}
    name, key = whole.path
    return lambda scope: {only: scope[name][key]}


def _path_lookup(text: str) -> Lookup | None:
    whole = compile_template(text).whole
    if whole is not None and type(whole.node) is Name:
        return _name_lookup(whole.node.id)
    if whole is None or whole.path is None:
        return None
    name, first, *rest = whole.path
    if not rest:
        return lambda scope: scope[name][first]

    def follow(scope: Mapping[str, Any]) -> Any:
        value = scope[name][first]
        for key in rest:
            value = value[key]
        return value

    return follow


def _name_lookup(name: str) -> Lookup:
    def read(scope: Mapping[str, Any]) -> Any:
        try:
            return finish_scalar(scope[name])
        except ExpressionError:
            raise TypeError from None  # evaluation says it with its place

    return read


def _rename(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return compile_template(value).rename(old, new) if "{{" in value else value
    if isinstance(value, dict):
        return {key: _rename(part, old, new) for key, part in value.items()}
    if isinstance(value, list):
        return [_rename(part, old, new) for part in value]
    return value
