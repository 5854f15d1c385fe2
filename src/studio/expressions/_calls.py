"""Closures of calls: of the library's functions by name, and of methods after a dot.

Functions are no values: a name is called, or stands as an argument where a function is taken. Lambdas stand only there.
"""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions._arguments import (
    compile_arguments,
    constant,
)
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
)  # fmt: skip
from studio.expressions._lookup import bind_arguments, find_function, find_methods, wrong_arguments
from studio.expressions._names import type_names
from studio.expressions._nodes import Call, Lambda, Node
from studio.expressions._registry import METHODS, Function
from studio.expressions._values import Missing, kind, kind_name


@handles(Lambda)
def compile_bare_lambda(compiler: Compiler, node: Lambda) -> tuple[Code, Flow]:
    """A lambda where no function is taken."""
    raise ExpressionError(
        "expression.lambda_place",
        "A lambda stands only as an argument that takes a function, as in sorted(items, key=lambda x: x.name).",
        start=node.start,
        end=node.end,
    )


@handles(Call)
def compile_call(compiler: Compiler, node: Call) -> tuple[Code, Flow]:
    """A call by name or of a method."""
    if node.receiver is not None:
        return _method_call(compiler, node, node.receiver)
    function = find_function(node, compiler.places)
    if function.run is None:
        return _fallback(compiler, node, function)
    bound = bind_arguments(function, node)
    codes, flow = compile_arguments(compiler, node, function, bound)
    compiler.bytes += 64
    names = [param.name for param in function.params if param.keyword]
    return _invoke(guarded(function.run, node.start, node.end), codes, names), flow


def _invoke(run: Callable[..., Any], codes: list[Code | list[Code]], names: list[str]) -> Code:
    """The closure of a call, shortest for few arguments; the last ones are passed by name where ``names`` has them."""
    flat = [code for code in codes if not isinstance(code, list)]
    if len(flat) == len(codes):
        if len(flat) == 1:
            (only,) = flat
            return lambda env: run(env[1], only(env))
        if len(flat) == 2:
            first, second = flat
            return lambda env: run(env[1], first(env), second(env))
        return lambda env: run(env[1], *[code(env) for code in flat])
    positional = codes[: len(codes) - len(names)]
    named = list(zip(names, flat[len(flat) - len(names) :], strict=True))
    return lambda env: run(env[1], *_spread(env, positional), **{name: code(env) for name, code in named})


def _spread(env: Env, codes: list[Code | list[Code]]) -> list[Any]:
    values: list[Any] = []
    for code in codes:
        values += [part(env) for part in code] if isinstance(code, list) else [code(env)]
    return values


def _fallback(compiler: Compiler, node: Call, function: Function) -> tuple[Code, Flow]:
    """``default`` and ``coalesce``: the first argument that is there and not null; others are not evaluated."""
    bind_arguments(function, node)
    if node.keywords or not node.args:
        raise wrong_arguments(function, node, node)
    inner = compiler.result if compiler.tail else compiler.code
    compiled = [inner(argument) for argument in node.args]
    flow = join(*(flow for _, flow in compiled), container=False)
    *firsts, last = [fn for fn, _ in compiled]
    if not firsts or function.name == "coalesce":
        firsts, last = [*firsts, last], constant(None)

    def run(env: Env) -> Any:
        meter = env[1]
        for fn in firsts:
            meter.quiet += 1
            try:
                value = fn(env)
                if value is not None:
                    return value
            except Missing:
                continue
            finally:
                meter.quiet -= 1
        return last(env)

    return run, flow


def _method_call(compiler: Compiler, node: Call, receiver: Node) -> tuple[Code, Flow]:
    """``receiver.name(...)``: the method of the kind of value that comes."""
    found = find_methods(node, receiver, compiler.places)
    fn, flow = compiler.code(receiver)
    ready: dict[str, tuple[Callable[..., Any], list[Code | list[Code]]]] = {}
    flows = [flow]
    problem: ExpressionError | None = None
    for owner, each in found.items():
        try:
            bound = bind_arguments(each, node)
        except ExpressionError as error:
            problem = error
            continue
        codes, made = compile_arguments(compiler, node, each, bound)
        ready[owner] = (guarded(each.run or _fallback, node.start, node.end), codes)
        flows.append(made)
    if not ready and problem is not None:
        raise problem
    name, start, end = node.name, node.name_start, node.name_end
    compiler.bytes += 64

    def run(env: Env) -> Any:
        value = fn(env)
        method = ready.get(kind(value))
        if method is None:
            raise _no_method(value, name, start, end)
        apply, codes = method
        return apply(env[1], value, *_spread(env, codes))

    return run, _method_flow(found, flows)


def _method_flow(found: Mapping[str, Function], flows: list[Flow]) -> Flow:
    kinds = {each.flow for each in found.values()}
    if kinds == {"plain"}:
        return NOTHING
    if kinds <= {"plain", "number"}:
        return NUMBER
    return join(*flows)


def _no_method(value: Any, name: str, start: int, end: int) -> ExpressionError:
    if value is None:
        return Missing(
            "expression.null_method", "The value is null; it has no {name}().", start=start, end=end, name=name
        )
    owners = sorted(METHODS[name])
    return ExpressionError(
        "expression.method_kind",
        "{name}() belongs to {owners}, not to {kind}.",
        start=start, end=end, name=name, owners=type_names(owners), kind=kind_name(value),
    )  # fmt: skip
