"""Closures of literals, operators, conditions and f-strings, with short ways for plain numbers and texts."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from studio.expressions._comparison import contains, equal, is_null, less
from studio.expressions._compiler import (
    NOTHING,
    NUMBER,
    Code,
    Compiler,
    Env,
    Flow,
    guarded,
    handles,
    join,
    overlapping,
)  # fmt: skip
from studio.expressions._limits import Meter
from studio.expressions._nodes import Arith, Bool, Compare, Cond, Const, Unary
from studio.expressions._operators import ARITHMETIC, UNARY
from studio.expressions._values import INT_MAX, INT_MIN

_NATIVE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@handles(Const)
def compile_const(compiler: Compiler, node: Const) -> tuple[Code, Flow]:
    """A literal."""
    value = node.value
    plain = type(value) is not int or INT_MIN <= value <= INT_MAX
    return (lambda env: value), NOTHING if plain else NUMBER


@handles(Unary)
def compile_unary(compiler: Compiler, node: Unary) -> tuple[Code, Flow]:
    """``not x`` and signs."""
    fn, _ = compiler.code(node.operand)
    if node.op == "not":
        return (lambda env: not fn(env)), NOTHING
    apply = guarded(UNARY[node.op], node.start, node.end)
    return (lambda env: apply(env[1], fn(env))), NUMBER


@handles(Arith)
def compile_arith(compiler: Compiler, node: Arith) -> tuple[Code, Flow]:
    """A chain of operators of one precedence."""
    fn, flow = compiler.code(node.first)
    start = node.first.start
    flows = [flow]
    for op, right in node.rest:
        compiler.steps += 1
        compiler.bytes += 32
        right_fn, right_flow = compiler.code(right)
        flows.append(right_flow)
        slow = guarded(ARITHMETIC[op], start, right.end)
        fn = _arith(fn, right_fn, _NATIVE.get(op), slow)
    ops = {op for op, _ in node.rest}
    if ops <= {"-", "/", "//", "%", "**", "<<", ">>"} or _all_numbers(node):
        return fn, NUMBER
    merged = join(*flows, container=False)
    shared = merged.shared or overlapping(merged.refs) or "*" in ops
    return fn, Flow(max(NUMBER.level, merged.level), shared, merged.refs)


def _all_numbers(node: Arith) -> bool:
    """Whether a number literal takes part, so that the result is no list; ``*`` repeats lists by numbers."""
    parts = [node.first, *(right for _, right in node.rest)]
    fractions = any(type(part) is Const and type(part.value) is float for part in parts)
    whole = any(type(part) is Const and type(part.value) is int for part in parts)
    return fractions or (whole and all(op != "*" for op, _ in node.rest))


def _arith(left: Code, right: Code, native: Callable[[Any, Any], Any] | None, slow: Callable[..., Any]) -> Code:
    if native is None:
        return lambda env: slow(env[1], left(env), right(env))

    def run(env: Env) -> Any:
        a = left(env)
        b = right(env)
        cls = type(a)
        if cls is float or cls is int:
            cls = type(b)
            if cls is float or cls is int:
                try:
                    number = native(a, b)
                except ArithmeticError:
                    return slow(env[1], a, b)
                if type(number) is float or INT_MIN <= number <= INT_MAX:
                    return number
        return slow(env[1], a, b)

    return run


def _ordering(op: str) -> Callable[[Meter, Any, Any], bool]:
    native = _NATIVE[op]

    def run(meter: Meter, a: Any, b: Any) -> bool:
        cls = type(a)
        if (cls is float or cls is int) and type(b) in (float, int, bool):
            return native(a, b)
        if op == "<":
            return less(meter, op, a, b)
        if op == ">":
            return less(meter, op, b, a)
        if op == "<=":
            return not less(meter, op, b, a)
        return not less(meter, op, a, b)

    return run


def _different(meter: Meter, a: Any, b: Any) -> bool:
    return not equal(meter, a, b)


_COMPARISONS: dict[str, Callable[[Meter, Any, Any], bool]] = {
    "<": _ordering("<"),
    "<=": _ordering("<="),
    ">": _ordering(">"),
    ">=": _ordering(">="),
    "==": equal,
    "!=": _different,
    "in": contains,
    "not in": lambda meter, a, b: not contains(meter, a, b),
    "is": lambda meter, a, b: is_null(a) if b is None else a is b,
    "is not": lambda meter, a, b: not is_null(a) if b is None else a is not b,
}


@handles(Compare)
def compile_compare(compiler: Compiler, node: Compare) -> tuple[Code, Flow]:
    """``a < b``, and chains, where each value is computed once and later ones only while all holds."""
    fn, _ = compiler.code(node.first)
    if len(node.rest) == 1:
        op, right = node.rest[0]
        slow = guarded(_COMPARISONS[op], node.start, node.end)
        if type(right) is Const:
            return _with_constant(fn, op, right.value, slow), NOTHING
        return _general(fn, compiler.code(right)[0], _NATIVE.get(op), slow), NOTHING
    links: list[tuple[Callable[..., bool], Code]] = []
    for op, right in node.rest:
        compiler.steps += 1
        links.append((guarded(_COMPARISONS[op], node.start, right.end), compiler.code(right)[0]))

    def chain(env: Env) -> bool:
        a = fn(env)
        meter = env[1]
        for compare, right_fn in links:
            b = right_fn(env)
            if not compare(meter, a, b):
                return False
            a = b
        return True

    return chain, NOTHING


def _with_constant(fn: Code, op: str, constant: Any, slow: Callable[..., bool]) -> Code:
    native = _NATIVE.get(op)
    cls = type(constant)
    if native is not None and op in ("==", "!=") and cls is not str:
        return lambda env: native(fn(env), constant)
    if native is not None and cls in (str, int, float):
        if cls is str:

            def against_text(env: Env) -> bool:
                a = fn(env)
                return native(a, constant) if type(a) is str else slow(env[1], a, constant)

            return against_text

        def against_number(env: Env) -> bool:
            a = fn(env)
            cls = type(a)
            return native(a, constant) if cls is float or cls is int else slow(env[1], a, constant)

        return against_number
    return lambda env: slow(env[1], fn(env), constant)


def _general(left: Code, right: Code, native: Callable[[Any, Any], Any] | None, slow: Callable[..., bool]) -> Code:
    if native is None:
        return lambda env: slow(env[1], left(env), right(env))

    def run(env: Env) -> bool:
        a = left(env)
        b = right(env)
        cls = type(a)
        if cls is float or cls is int:
            cls = type(b)
            if cls is float or cls is int:
                return native(a, b)
        return slow(env[1], a, b)

    return run


@handles(Bool)
def compile_bool(compiler: Compiler, node: Bool) -> tuple[Code, Flow]:
    """``and`` and ``or``, which give one of their values as in Python."""
    compiled = [compiler.code(value) for value in node.values]
    flow = join(*(flow for _, flow in compiled), container=False)
    codes = [fn for fn, _ in compiled]
    stop_at = node.op == "or"
    if len(codes) == 2:
        left, right = codes
        if stop_at:
            return (lambda env: left(env) or right(env)), flow
        return (lambda env: left(env) and right(env)), flow
    *firsts, last = codes

    def run(env: Env) -> Any:
        for fn in firsts:
            value = fn(env)
            if bool(value) is stop_at:
                return value
        return last(env)

    return run, flow


@handles(Cond)
def compile_cond(compiler: Compiler, node: Cond) -> tuple[Code, Flow]:
    """``body if test else orelse``"""
    test, _ = compiler.code(node.test)
    inner = compiler.result if compiler.tail else compiler.code
    body, body_flow = inner(node.body)
    orelse, other_flow = inner(node.orelse)
    return (lambda env: body(env) if test(env) else orelse(env)), join(body_flow, other_flow, container=False)
