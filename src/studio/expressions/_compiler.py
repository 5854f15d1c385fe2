"""Syntax trees to closures.

Every node becomes a function of one argument, the environment: a list with the scope, the meter, and one place per
loop variable. Lambdas run only inside the call they are an argument of, and cannot call themselves, so every variable
has one place and nothing is copied.

Beside the function each node yields a ``Flow``: what its value may be when it leaves. That is known at compile time
for nearly all expressions, so that results are walked only where they can hold something that is not plain data, or
where shared parts could unfold into something huge.
"""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias, TypeVar

from studio.domain.errors import ExpressionError
from studio.expressions._nodes import Name, Node, Target
from studio.expressions._values import finish_scalar

Env: TypeAlias = "list[Any]"
Code: TypeAlias = "Callable[[list[Any]], Any]"
Ref: TypeAlias = "tuple[Any, ...]"

PLAIN, SCALAR, DEEP = 0, 1, 2
"""Levels of a flow: plain data; a scalar that may need converting; a container that may hold such scalars."""
_MANY_REFS = 64


class Flow(NamedTuple):
    """What is known of a value: its level, whether parts of it may repeat, and the data it may consist of."""

    level: int = PLAIN
    shared: bool = False
    refs: tuple[Ref, ...] = ()


NOTHING = Flow()
NUMBER = Flow(SCALAR)


def join(*flows: Flow, container: bool = True) -> Flow:
    """The flow of a value made of several: side by side in a container, or one of them."""
    level = max(flow.level for flow in flows) if flows else PLAIN
    refs = tuple(ref for flow in flows for ref in flow.refs)
    shared = any(flow.shared for flow in flows)
    if container and level == SCALAR:
        level = DEEP
    if len(refs) > _MANY_REFS:
        return Flow(level, True, refs[:1])
    return Flow(level, shared, refs)


def overlapping(refs: tuple[Ref, ...]) -> bool:
    """Whether one piece of data is referred to twice."""
    if len(refs) < 2:
        return False
    ordered = sorted(refs, key=repr)
    return any(a == b[: len(a)] or b == a[: len(b)] for a in ordered for b in ordered if a is not b)


Handler: TypeAlias = "Callable[[Compiler, Any], tuple[Code, Flow]]"
_H = TypeVar("_H", bound="Callable[..., Any]")
HANDLERS: dict[type, Handler] = {}


def handles(cls: type[Node]) -> Callable[[_H], _H]:
    """Register the function that compiles nodes of a class."""

    def register(handler: _H) -> _H:
        HANDLERS[cls] = handler
        return handler

    return register


class Compiler:
    """State of compiling one expression: places of variables, static costs, free names."""

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.places: dict[str, int] = {}
        self.flows: dict[int, Flow] = {}
        self.size = 2
        self.steps = 0
        self.bytes = 0
        self.tail = False
        self.free: list[Name] = []
        self.references: set[tuple[str, ...]] = set()
        for name in names:
            self.declare(name, NOTHING)

    def code(self, node: Node) -> tuple[Code, Flow]:
        """Closure and flow of a node whose value is used further."""
        self.steps += 1
        tail, self.tail = self.tail, False
        compiled = HANDLERS[type(node)](self, node)
        self.tail = tail
        return compiled

    def result(self, node: Node) -> tuple[Code, Flow]:
        """Closure and flow of a node whose value is (part of) the result: displays convert scalars as they go."""
        self.steps += 1
        tail, self.tail = self.tail, True
        compiled = HANDLERS[type(node)](self, node)
        self.tail = tail
        return compiled

    def part(self, node: Node) -> tuple[Code, Flow]:
        """A part of a container: finished at once where the container is the result."""
        if not self.tail:
            return self.code(node)
        fn, flow = self.result(node)
        if flow.level != SCALAR:
            return fn, flow
        return finished(fn), flow._replace(level=PLAIN)

    def declare(self, name: str, flow: Flow) -> int:
        """A place for a new variable."""
        place = self.size
        self.size += 1
        self.places[name] = place
        self.flows[place] = flow
        return place

    def bind(self, target: Target, flow: Flow) -> tuple[int, Callable[[Env, Any], None] | None]:
        """Places for a loop's variables. None for the second: assign to the place itself."""
        if isinstance(target, str):
            return self.declare(target, flow), None
        place = self.declare("", flow)
        inner = [self.bind(part, flow) for part in target]
        return place, _unpacker(inner)

    @contextmanager
    def variables(self) -> Generator[None, None, None]:
        """Variables declared inside end with the block."""
        before = dict(self.places)
        yield
        self.places = before

    @contextmanager
    def repeated(self) -> Generator[list[int], None, None]:
        """Static costs inside are a loop body's: given as [steps, bytes] after the block, not added outside."""
        outer = (self.steps, self.bytes)
        self.steps = self.bytes = 0
        cost = [0, 0]
        yield cost
        cost[0] = self.steps + 1
        cost[1] = self.bytes
        self.steps, self.bytes = outer


def finished(fn: Code) -> Code:
    """The closure with its scalar value converted to plain data."""
    return lambda env: finish_scalar(fn(env))


def _unpacker(inner: list[tuple[int, Callable[[Env, Any], None] | None]]) -> Callable[[Env, Any], None]:
    count = len(inner)

    def unpack(env: Env, value: Any) -> None:
        if type(value) is not list or len(value) != count:
            raise ExpressionError(
                "expression.unpack",
                "Each item is taken apart into {count} variables, but one is no list of that length.",
                count=count,
            )
        for (place, deeper), part in zip(inner, value, strict=True):
            env[place] = part
            if deeper is not None:
                deeper(env, part)

    return unpack


def locate(error: ExpressionError, start: int, end: int) -> ExpressionError:
    """The error with its place, unless a more precise one is known."""
    if error.start is None:
        error.start = start
        error.end = end
    return error


def python_error(error: BaseException, start: int, end: int) -> ExpressionError:
    """What an exception of Python means to the author of the expression."""
    if isinstance(error, ZeroDivisionError):
        return ExpressionError("expression.zero_division", "Division by zero.", start=start, end=end)
    if isinstance(error, OverflowError):
        return ExpressionError(
            "expression.overflow", "A number or date here lies beyond what can be represented.", start=start, end=end
        )
    if isinstance(error, RecursionError):
        return ExpressionError("expression.budget.recursion", "This is nested too deep.", start=start, end=end)
    if isinstance(error, MemoryError):
        return ExpressionError("expression.budget.memory", "There is not enough memory for this.", start=start, end=end)
    return ExpressionError(
        "expression.failed",
        "This cannot be computed: {reason}",
        start=start,
        end=end,
        reason=str(error)[:200] or type(error).__name__,
    )


PYTHON_ERRORS = (
    ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, MemoryError, UnicodeError,
)  # fmt: skip
"""What Python's own operations raise; turned into ExpressionError where an operation is known to be at fault."""


def guarded(fn: Callable[..., Any], start: int, end: int) -> Callable[..., Any]:
    """A function whose failures carry a place and are ExpressionErrors."""

    def run(*args: Any, **named: Any) -> Any:
        try:
            return fn(*args, **named)
        except ExpressionError as error:
            raise locate(error, start, end) from error.__cause__
        except PYTHON_ERRORS as error:
            raise python_error(error, start, end) from error

    return run
