"""Checking an expression against the types of what it will find, before anything runs.

The walk finds every problem it can: names, keys, functions, methods, arguments and operands. A value whose type is not
known is never a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions import _check_operators as operators
from studio.expressions import _check_values as values
from studio.expressions._check_calls import call_type
from studio.expressions._expression import Expression
from studio.expressions._names import THE_VALUE
from studio.expressions._nodes import (
    Arith,
    Attr,
    Bool,
    Call,
    Comp,
    Compare,
    Cond,
    Const,
    DictOf,
    FString,
    Item,
    Lambda,
    ListOf,
    Name,
    Node,
    Slice,
    Star,
    Target,
    Unary,
)
from studio.expressions._parser import parse
from studio.expressions._paths import path_text, static_path
from studio.expressions._steps import unknown_name
from studio.expressions._template import Template, split
from studio.expressions._values import near
from studio.expressions.types import ANY, BOOL, STR, ListType, Type, may_be_null, type_of, union, without_null


@dataclass(frozen=True, slots=True)
class ExpressionProblem:
    """One problem found.

    Args:
        code: Stable identifier.
        template: English sentence with ``{name}`` for arguments.
        arguments: Arguments of the sentence.
        start: Offset where it begins, in the text that was checked.
        end: Offset where it ends, exclusive.
        suggestion: What was probably meant, None where that is not clear.
        severity: ``error``, or ``warning`` for what fails only sometimes.
    """

    code: str
    template: str
    arguments: Mapping[str, Any]
    start: int
    end: int
    suggestion: str | None = None
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All problems in the order of the source, and the type of the value."""

    problems: list[ExpressionProblem] = field(default_factory=list[ExpressionProblem])
    type: Type = ANY


@dataclass(frozen=True, slots=True)
class _Parsed:
    node: Node
    end: int


def check(expression: Expression | Template | str, types: Mapping[str, Type]) -> CheckResult:
    """Check an expression, or all expressions of a template, against the types of the names in scope.

    Args:
        expression: A compiled expression or template, or its text. A text with ``{{`` is taken as a template.
        types: Every name that may be used, with its type.
    """
    text = expression if isinstance(expression, str) else expression.text
    checker = Checker(types)
    try:
        if isinstance(expression, Expression):
            kind = checker.infer(expression.node)
        elif "{{" in text:
            parts = split(text, lambda whole, start: _Parsed(*parse(whole, start, "}}")))
            found = [checker.infer(part.node) for part in parts if isinstance(part, _Parsed)]
            kind = found[0] if found and len(parts) == 1 else STR
        else:
            kind = checker.infer(parse(text, 0, None)[0])
        if not checker.failed and isinstance(expression, str):
            # What only the compiler sees: where a lambda may stand, for example.
            _ = Template(text) if "{{" in text else Expression(text, 0, None)
    except ExpressionError as error:
        checker.report(error, error.arguments.get("instead"))
        kind = ANY
    except RecursionError:
        return CheckResult([], ANY)
    return CheckResult(sorted(checker.problems, key=lambda problem: (problem.start, problem.end)), kind)


class Checker:
    """One walk over a syntax tree."""

    def __init__(self, types: Mapping[str, Type]) -> None:
        self.types = types
        self.locals: dict[str, Type] = {}
        self.problems: list[ExpressionProblem] = []
        self.failed = False
        self.guarded = 0

    def report(self, error: ExpressionError, suggestion: str | None = None, severity: str = "error") -> None:
        """Add an error as a problem, once for each place."""
        start = error.start or 0
        end = error.end if error.end is not None else start
        if severity == "error":
            self.failed = True
        if not any(each.code == error.code and each.start == start for each in self.problems):
            self.problems.append(
                ExpressionProblem(error.code, error.template, error.arguments, start, end, suggestion, severity)
            )

    def attempt(self, infer: Callable[[], Type]) -> tuple[Type, list[ExpressionProblem]]:
        """What ``infer`` gives, and the problems it finds, which are not added."""
        problems, failed = self.problems, self.failed
        self.problems = list(problems)
        kind = infer()
        found = self.problems[len(problems) :]
        self.problems, self.failed = problems, failed
        return kind, found

    def add(self, problems: list[ExpressionProblem]) -> None:
        """Add problems that an attempt found."""
        self.problems += problems
        self.failed = self.failed or any(problem.severity == "error" for problem in problems)

    @contextmanager
    def variables(self, names: Mapping[str, Type]) -> Any:
        """Variables with their types for the time of the block."""
        before = dict(self.locals)
        self.locals.update(names)
        yield
        self.locals = before

    @contextmanager
    def tolerant(self) -> Any:
        """Inside, what is missing or null is caught by ``default``."""
        self.guarded += 1
        yield
        self.guarded -= 1

    @property
    def missing_severity(self) -> str:
        """How bad a key is that is not there: ``default`` would answer it."""
        return "warning" if self.guarded else "error"

    def infer(self, node: Node) -> Type:
        """The type of a node's value; problems are reported on the way."""
        match node:
            case Const():
                return type_of(node.value)
            case Name():
                return self.name(node)
            case Attr() | Item():
                return self.path(node)
            case Slice():
                for bound in (node.lower, node.upper, node.step):
                    if bound is not None:
                        self.infer(bound)
                return values.slice_type(self, node, self.infer(node.value))
            case Unary():
                inner = self.infer(node.operand)
                return BOOL if node.op == "not" else operators.unary_type(self, node, inner)
            case Arith():
                return self.arith(node)
            case Compare():
                return self.compare(node)
            case Bool():
                found = [self.infer(value) for value in node.values]
                firsts = [without_null(each) for each in found[:-1]] if node.op == "or" else found[:-1]
                return union(*firsts, found[-1])
            case Cond():
                self.infer(node.test)
                return union(self.infer(node.body), self.infer(node.orelse))
            case Call():
                return call_type(self, node)
            case _:
                return self.display(node)

    def display(self, node: Node) -> Type:
        """The type of lists, objects, comprehensions and f-strings."""
        match node:
            case FString():
                for part in node.parts:
                    if not isinstance(part, str):
                        self.infer(part[0])
                return STR
            case ListOf():
                return ListType(item=union(*(self.item(each) for each in node.items)) if node.items else ANY)
            case DictOf():
                return values.object_type(self, node)
            case Comp():
                return self.comprehension(node)
            case Lambda():
                with self.variables(dict.fromkeys(node.params, ANY)):
                    self.infer(node.body)
                return ANY
            case _:
                return ANY

    def item(self, node: Node) -> Type:
        """The type of one item of a list display."""
        if isinstance(node, Star):
            return values.item_type(self, self.infer(node.value), node.value)
        return self.infer(node)

    def name(self, node: Name) -> Type:
        """A variable or a name of the scope."""
        if node.id in self.locals:
            return self.locals[node.id]
        if node.id in self.types:
            return self.types[node.id]
        close = near(node.id, self.types)
        self.report(unknown_name(self.types, node.id, node.start, node.end), close[0] if close else None)
        return ANY

    def path(self, node: Attr | Item) -> Type:
        """One step of a path."""
        of = self.infer(node.value)
        root, keys, _ = static_path(node.value)
        written = path_text(root.id, keys) if isinstance(root, Name) else THE_VALUE
        if isinstance(node, Item) and not (isinstance(node.key, Const) and type(node.key.value) in (str, int)):
            return values.dynamic_item(self, node, of, self.infer(node.key))
        key = node.key if isinstance(node, Attr) else node.key.value if isinstance(node.key, Const) else None
        if may_be_null(of) and not self.guarded:
            self.report(
                ExpressionError(
                    "expression.check.may_be_null",
                    "{path} may be null. Write default({path}.{key}, ...) for that case.",
                    start=node.start,
                    end=node.end,
                    path=written,
                    key=key,
                ),
                severity="warning",
            )
        return values.key_type(self, node, without_null(of), key, written)

    def arith(self, node: Arith) -> Type:
        """A chain of operators."""
        kind = self.infer(node.first)
        for op, right in node.rest:
            kind = operators.arith_type(self, node, op, kind, right, self.infer(right))
        return kind

    def compare(self, node: Compare) -> Type:
        """A chain of comparisons."""
        kind = self.infer(node.first)
        for op, right in node.rest:
            other = self.infer(right)
            operators.check_comparison(self, node, op, kind, other)
            kind = other
        return BOOL

    def comprehension(self, node: Comp) -> Type:
        """The type of a comprehension."""
        before = dict(self.locals)
        for clause in node.clauses:
            item = values.item_type(self, self.infer(clause.source), clause.source)
            self.locals.update(targets(clause.target, item))
            for condition in clause.conditions:
                self.infer(condition)
        element = self.infer(node.element)
        if node.key is not None:
            self.infer(node.key)
        self.locals = before
        return values.comprehension_type(node, element)


def targets(target: Target, item: Type) -> dict[str, Type]:
    """Variables of a loop with their types."""
    if isinstance(target, str):
        return {target: item}
    inner = item.item if isinstance(item, ListType) else ANY
    found: dict[str, Type] = {}
    for part in target:
        found.update(targets(part, inner))
    return found
