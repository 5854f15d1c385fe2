"""Closures of the arguments of a call: checked values, lambdas, names of functions and of keys."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions._compiler import (
    DEEP,
    NOTHING,
    NUMBER,
    PLAIN,
    Code,
    Compiler,
    Env,
    Flow,
    guarded,
    join,
    overlapping,
)  # fmt: skip
from studio.expressions._convert import CONVERTERS
from studio.expressions._literals import MAX_NESTING
from studio.expressions._loops import compile_lambda, lazy_turns, repeats
from studio.expressions._names import THE_ITEM
from studio.expressions._nodes import Call, Comp, Const, Lambda, Name, Node
from studio.expressions._registry import FUNCTIONS, Function, Param
from studio.expressions._steps import step
from studio.expressions._values import kind_name


def compile_arguments(
    compiler: Compiler,
    node: Call,
    function: Function,
    bound: list[tuple[Param, list[Node] | Node | None]],
) -> tuple[list[Code | list[Code]], Flow]:
    """Closures of all arguments, and the flow of what the function gives."""
    codes: dict[int, Code | list[Code]] = {}
    flows: list[Flow] = []
    shared = function.flow == "shared"
    given: Flow | None = None
    bound = swapped(bound)
    order = sorted(range(len(bound)), key=lambda index: bound[index][0].arity != 0)
    for index in order:
        param, argument = bound[index]
        if argument is None:
            codes[index] = constant(param.default)
        elif isinstance(argument, list):
            compiled = [compiler.code(part) for part in argument]
            codes[index] = [_converted(fn, param, part) for (fn, _), part in zip(compiled, argument, strict=True)]
            flows += [flow for _, flow in compiled]
        elif param.arity and (param.arity > 0 or type(argument) is Lambda):
            codes[index], given, again = _function(compiler, function, param, argument, join(*flows))
            shared = shared or (again and function.flow == "maps")
        elif function.lazy and index == 0 and type(argument) is Comp and argument.kind == "generator":
            codes[index] = lazy_turns(compiler, argument)
            flows.append(Flow(DEEP, True))
        else:
            fn, flow = compiler.code(argument)
            codes[index] = _converted(fn, param, argument)
            flows.append(flow)
    return [codes[index] for index in range(len(bound))], _flow(function, flows, given, shared)


def swapped(
    bound: list[tuple[Param, list[Node] | Node | None]],
) -> list[tuple[Param, list[Node] | Node | None]]:
    """``map(items, f)`` is taken as ``map(f, items)``: both orders are known from elsewhere."""
    if len(bound) > 1 and bound[0][0].arity and type(bound[0][1]) is not Lambda and type(bound[1][1]) is Lambda:
        (first, a), (second, b) = bound[0], bound[1]
        return [(first, b), (second, a), *bound[2:]]
    return bound


def _flow(function: Function, flows: list[Flow], given: Flow | None, shared: bool) -> Flow:
    if function.flow == "plain":
        return NOTHING
    if function.flow == "number":
        return NUMBER
    merged = join(*flows)
    if function.flow == "maps" and given is not None:
        merged = Flow(DEEP if given.level else PLAIN, shared or merged.shared, merged.refs)
    return Flow(
        DEEP if merged.level or shared else PLAIN, shared or merged.shared or overlapping(merged.refs), merged.refs
    )


def constant(value: Any) -> Code:
    return lambda env: value


def _converted(fn: Code, param: Param, node: Node) -> Code:
    """The closure with its value checked to be what the parameter takes."""
    convert = CONVERTERS.get(param.takes)
    if convert is None:
        return fn
    checked = guarded(convert, node.start, node.end)
    name = param.name
    return lambda env: checked(env[1], fn(env), name)


def _function(compiler: Compiler, function: Function, param: Param, node: Node, items: Flow) -> tuple[Code, Flow, bool]:
    """An argument that is a function: a lambda, the name of a function, or the name of a key.

    Returns:
        The closure that gives a Python function, the flow of what that gives, and whether it may repeat data.
    """
    if type(node) is Lambda:
        arity = abs(param.arity)
        if len(node.params) != arity:
            raise ExpressionError(
                "expression.lambda_arity",
                "The lambda for {name} has {count} parameter(s).",
                start=node.start, end=node.end, name=param.name, count=arity,
            )  # fmt: skip
        inner = Flow(DEEP if items.level else PLAIN)
        flows = [inner] if arity == 1 else [Flow(DEEP, True), inner]
        make, flow, places = compile_lambda(compiler, node, flows, finish=False)
        return make, flow, repeats(flow, [items], places)
    if type(node) is Name and node.id in FUNCTIONS and node.id not in compiler.places:
        return _library_function(FUNCTIONS[node.id], param, node), Flow(DEEP), False
    if param.arity == 2 or (function.flow == "maps" and type(node) is not Const):
        raise ExpressionError(
            "expression.function_expected",
            "A function is expected here, as in {name}(lambda x: x.name, items).",
            start=node.start, end=node.end, name=function.name,
        )  # fmt: skip
    fn, _ = compiler.code(node)
    getter = guarded(_getter, node.start, node.end)
    needed = not param.takes.endswith("None")
    return (lambda env: getter(env, fn(env), needed)), Flow(DEEP), False


def _library_function(used: Function, param: Param, node: Name) -> Code:
    needed = sum(1 for each in used.params if each.required)
    takes = list(used.params[: param.arity])
    if used.run is None or needed > param.arity or len(takes) < param.arity or any(each.arity for each in takes):
        raise ExpressionError(
            "expression.function_argument",
            "{name} does not fit here; write a lambda: lambda x: {signature}",
            start=node.start, end=node.end, name=used.name, signature=used.signature,
        )  # fmt: skip
    run = guarded(used.run, node.start, node.end)
    converters = [CONVERTERS.get(each.takes) for each in takes]

    def make(env: Env) -> Callable[..., Any]:
        meter = env[1]

        def call(*values: Any) -> Any:
            meter.steps(4)
            ready = [
                value if convert is None else convert(meter, value, each.name)
                for value, convert, each in zip(values, converters, takes, strict=True)
            ]
            return run(meter, *ready)

        return call

    return make


def _getter(env: Env, key: Any, needed: bool) -> Callable[[Any], Any] | None:
    """A function that reads a key, or a dotted path of keys, from each item."""
    if key is None and not needed:
        return None
    if type(key) is not str and type(key) is not int:
        raise ExpressionError(
            "expression.function_value",
            "A function or the name of a key is expected here, not {kind}.",
            kind=kind_name(key),
        )
    meter = env[1]
    keys: list[Any] = [key]
    if type(key) is str:
        meter.scan(key)
        keys = key.split(".", MAX_NESTING)

    def get(item: Any) -> Any:
        meter.steps(1 + len(keys))
        if type(item) is dict and key in item:
            return item[key]
        for part in keys:
            item = step(item, part, THE_ITEM, None, None, 1)
        return item

    return get
