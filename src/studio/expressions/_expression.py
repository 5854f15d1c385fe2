"""One compiled expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions import _calls, _containers, _formula, _fstrings, _loops, library
from studio.expressions._compiler import (
    DEEP,
    PYTHON_ERRORS,
    SCALAR,
    Code,
    Compiler,
    Env,
    locate,
    python_error,
)  # fmt: skip
from studio.expressions._limits import DEFAULT_BUDGET, Budget, Meter
from studio.expressions._nodes import Name, Node
from studio.expressions._parser import parse
from studio.expressions._paths import bare_path
from studio.expressions._portable import portable
from studio.expressions._values import finish, finish_scalar

_REGISTERED = (_calls, _containers, _formula, _fstrings, _loops, library)
"""Modules that register what they compile when they are imported."""

ITEM_MILLISECONDS = 60_000.0
"""Time on the clock for all calls of one bound expression together."""


class Expression:
    """An expression, ready to be evaluated any number of times, by any number of threads.

    Args:
        text: The whole text it stands in; all offsets count characters of it.
        start: Where the expression begins in it.
        stop: What closes it: ``}}`` in templates, None where it is the whole text.
    """

    __slots__ = ("_blank", "_bound", "_bytes", "_code", "_free", "_steps", "end", "node", "offset", "path",
                 "references", "roots", "text")  # fmt: skip

    def __init__(self, text: str, start: int, stop: str | None) -> None:
        self.text = text
        self.offset = start
        try:
            self.node, self.end = parse(text, start, stop)
            self._code, compiler = _compile(self.node, ())
        except RecursionError as error:
            raise python_error(error, start, start) from None
        self.references: frozenset[tuple[str, ...]] = frozenset(compiler.references)
        self.roots: frozenset[str] = frozenset(path[0] for path in compiler.references)
        self._free = compiler.free
        self._steps = compiler.steps
        self._bytes = compiler.bytes
        self._blank: list[Any] = [None] * (compiler.size - 2)
        self.path = bare_path(self.node)
        self._bound: dict[tuple[str, str], tuple[Code, Compiler]] = {}

    @property
    def source(self) -> str:
        """The expression as it was written, without braces."""
        return self.text[self.offset : self.end]

    def evaluate(self, scope: Mapping[str, Any], budget: Budget | None = None, salt: str = "") -> Any:
        """The value over a scope, as plain data.

        Args:
            scope: Names and what they stand for. Nothing in it is changed; results may share parts of it.
            budget: What the evaluation may use up, by default ``Budget()``.
            salt: What tells this expression from others that draw random values with the same seed.

        Raises:
            ExpressionError: It cannot be evaluated; start and end name the place in ``text``.
        """
        try:
            if self.path:
                return self._code([scope, None])
            meter = Meter(budget or DEFAULT_BUDGET, scope, salt)
            meter.steps(self._steps)
            meter.alloc(self._bytes)
            return self._code([scope, meter, *self._blank])
        except ExpressionError as error:
            raise locate(error, self.node.start, self.node.end) from error.__cause__
        except PYTHON_ERRORS as error:
            raise python_error(error, self.node.start, self.node.end) from error

    def bind(
        self,
        scope: Mapping[str, Any],
        as_: str = "item",
        index_as: str = "index",
        budget: Budget | None = None,
        milliseconds: float = ITEM_MILLISECONDS,
        salt: str = "",
    ) -> Callable[[Any, int], Any]:
        """A function of (item, index) that evaluates with both as names over the scope.

        Every call has the budget's steps and bytes for itself; the clock runs for all calls together. The function
        serves one caller at a time.

        Args:
            scope: As in ``evaluate``.
            as_: What the item is called.
            index_as: What its position is called.
            budget: What one call may use up.
            milliseconds: What all calls may take together, counted from the first.
            salt: As in ``evaluate``; the index is added to it.
        """
        code, compiler = self._for_items(as_, index_as)
        limits = budget or DEFAULT_BUDGET
        meter = Meter(limits, scope, salt, milliseconds)
        env: Env = [scope, meter, *[None] * (compiler.size - 2)]
        cost, size, steps, total = compiler.steps, compiler.bytes, limits.steps, limits.bytes
        started = False

        def call(item: Any, index: int = 0) -> Any:
            nonlocal started
            if not started:
                started = True
                meter.deadline = perf_counter() + milliseconds / 1000.0
            env[2] = item
            env[3] = index
            meter.stream = index
            meter.drawn = 0
            meter.reserve = steps
            meter.bytes_left = total - size
            meter.left -= cost
            try:
                if meter.left < 0:
                    meter.refill()
                return code(env)
            except ExpressionError as error:
                raise locate(error, self.node.start, self.node.end) from error.__cause__
            except PYTHON_ERRORS as error:
                raise python_error(error, self.node.start, self.node.end) from error

        return call

    def _for_items(self, as_: str, index_as: str) -> tuple[Code, Compiler]:
        known = self._bound.get((as_, index_as))
        if known is None:
            known = _compile(self.node, (as_, index_as))
            self._bound[as_, index_as] = known
        return known

    @property
    def tree(self) -> list[Any]:
        """The syntax tree as plain lists, see ``_portable``: for nodes that translate it into another language."""
        return portable(self.node)

    @property
    def free_names(self) -> list[Name]:
        """Every place where a name of the scope is read, in the order of the source."""
        return sorted(self._free, key=lambda name: name.start)

    def rename(self, old: str, new: str) -> str:
        """The source with a name of the scope written differently, all else to the letter.

        Raises:
            ExpressionError: ``new`` is a variable of a loop or lambda around it, and would mean that.
        """
        return renamed(self.text, self.offset, self.end, [self], old, new)


def renamed(text: str, start: int, end: int, expressions: list[Expression], old: str, new: str) -> str:
    """A stretch of text with a name changed wherever the expressions in it read that name from the scope."""
    out: list[str] = []
    done = start
    for expression in expressions:
        for name in expression.free_names:
            if name.id == old:
                out += [text[done : name.start], new]
                done = name.end
    changed = "".join(out) + text[done:end]
    if out:
        for expression in expressions:
            _check_capture(expression, old, new)
    return changed


def _check_capture(expression: Expression, old: str, new: str) -> None:
    source = expression.text
    if new not in expression.source and expression.source.isascii():
        return  # a variable of that name would stand there
    places = [name for name in expression.free_names if name.id == old]
    text, shift = source[expression.offset : expression.end], expression.offset
    for name in reversed(places):
        text = text[: name.start - shift] + new + text[name.end - shift :]
    again = Expression(text, 0, None)
    expected = sorted(new if name.id == old else name.id for name in expression.free_names)
    if sorted(name.id for name in again.free_names) != expected:
        raise ExpressionError(
            "expression.rename_captured",
            "'{new}' is the name of a variable here, so '{old}' cannot be renamed to it.",
            start=places[0].start if places else None,
            end=places[0].end if places else None,
            new=new,
            old=old,
        )


def _compile(node: Node, names: tuple[str, ...]) -> tuple[Code, Compiler]:
    compiler = Compiler(names)
    fn, flow = compiler.result(node)
    if flow.level == DEEP or flow.shared:
        return (lambda env: finish(env[1], fn(env))), compiler
    if flow.level == SCALAR:
        return (lambda env: finish_scalar(fn(env))), compiler
    return fn, compiler
