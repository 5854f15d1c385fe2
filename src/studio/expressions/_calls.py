"""Closures of calls: of the library's functions by name, and of methods after a dot.

Functions are no values: a name is called, or stands as an argument where a function is taken. Lambdas stand only there.
"""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    handles,
    join,
    overlapping,
)  # fmt: skip
from studio.expressions._convert import CONVERTERS
from studio.expressions._habits import GLOBAL_OBJECTS, GLOBALS, WORDS, method_hint
from studio.expressions._lexer import foreign
from studio.expressions._loops import compile_lambda, lazy_turns, repeats
from studio.expressions._nodes import Call, Comp, Const, Lambda, Name, Node
from studio.expressions._paths import step
from studio.expressions._registry import FUNCTIONS, METHODS, Function, Param
from studio.expressions._values import Missing, kind, near


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
    codes, flow = _arguments(compiler, node, function, bound)
    compiler.bytes += 64
    names = [param.name for param in function.params if param.keyword]
    return _invoke(guarded(function.run, node.start, node.end), codes, names), flow


def find_function(node: Call, places: Mapping[str, Any]) -> Function:
    """The library's function that a call names.

    Raises:
        ExpressionError: There is none, or the name is a variable.
    """
    name, start, end = node.name, node.name_start, node.name_end
    found = FUNCTIONS.get(name)
    if name in places or (found is None and name in ("now", "item", "index", "input", "inputs")):
        raise ExpressionError(
            "expression.not_a_function",
            "{name} is a value, not a function; write it without brackets.",
            start=start, end=end, name=name,
        )  # fmt: skip
    if found is not None:
        return found
    if name in WORDS:
        raise foreign(name, WORDS[name], start, end)
    close = near(name, FUNCTIONS)
    if name in METHODS:
        raise ExpressionError(
            "expression.method_alone", "{name} is a method: write x.{name}(...)", start=start, end=end, name=name
        )
    if close:
        raise ExpressionError(
            "expression.unknown_function_near",
            "There is no function '{name}'; near: {near}",
            start=start, end=end, name=name[:60], near=", ".join(close),
        )  # fmt: skip
    raise ExpressionError(
        "expression.unknown_function", "There is no function '{name}'.", start=start, end=end, name=name[:60]
    )


def bind_arguments(function: Function, node: Call) -> list[tuple[Param, list[Node] | Node | None]]:
    """Arguments matched to parameters; None where one is left out, a list for the rest parameter.

    Raises:
        ExpressionError: There are too many, too few, or unknown ones.
    """
    bound: list[tuple[Param, list[Node] | Node | None]] = []
    args = list(node.args)
    keywords = dict(node.keywords)
    for param in function.params:
        if param.rest:
            bound.append((param, args))
            args = []
        elif args and not param.keyword:
            bound.append((param, args.pop(0)))
            if param.name in keywords:
                raise _signature(function, node, keywords[param.name])
        elif param.name in keywords:
            bound.append((param, keywords.pop(param.name)))
        elif param.required:
            raise _signature(function, node, node)
        else:
            bound.append((param, None))
    if args or keywords:
        raise _signature(function, node, args[0] if args else next(iter(keywords.values())))
    return bound


def _signature(function: Function, node: Call, at: Node) -> ExpressionError:
    return ExpressionError(
        "expression.arguments",
        "It is written {signature}",
        start=at.start if at is not node else node.name_start,
        end=at.end,
        signature=function.signature,
    )


def _arguments(
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
    bound = _swapped(bound)
    order = sorted(range(len(bound)), key=lambda index: bound[index][0].arity != 0)
    for index in order:
        param, argument = bound[index]
        if argument is None:
            codes[index] = _value(param.default)
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


def _swapped(
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


def _value(value: Any) -> Code:
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
    if function.flow == "maps" and type(node) is not Const:
        raise ExpressionError(
            "expression.function_expected",
            "A function is expected here, as in {name}(lambda x: x.name, items).",
            start=node.start, end=node.end, name=function.name,
        )  # fmt: skip
    fn, _ = compiler.code(node)
    getter = guarded(_getter, node.start, node.end)
    return (lambda env: getter(env, fn(env))), Flow(DEEP), False


def _library_function(used: Function, param: Param, node: Name) -> Code:
    needed = sum(1 for each in used.params if each.required)
    takes = [each for each in used.params[: param.arity]]
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


def _getter(env: Env, key: Any) -> Callable[[Any], Any] | None:
    """A function that reads a key, or a dotted path of keys, from each item."""
    if key is None:
        return None
    if type(key) is not str and type(key) is not int:
        raise ExpressionError(
            "expression.function_value", "A function or the name of a key is expected here, not {kind}.", kind=kind(key)
        )
    keys: list[Any] = key.split(".") if type(key) is str else [key]
    meter = env[1]

    def get(item: Any) -> Any:
        meter.steps(1 + len(keys))
        if type(item) is dict and key in item:
            return item[key]
        for part in keys:
            item = step(item, part, "the item", 0, 0, 1)
        return item

    return get


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
    if node.keywords:
        raise _signature(function, node, node)
    inner = compiler.result if compiler.tail else compiler.code
    compiled = [inner(argument) for argument in node.args]
    flow = join(*(flow for _, flow in compiled), container=False)
    *firsts, last = [fn for fn, _ in compiled]
    if not firsts or function.name == "coalesce":
        firsts, last = [*firsts, last], _value(None)

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
        codes, made = _arguments(compiler, node, each, bound)
        ready[owner] = (guarded(each.run or _fallback, node.start, node.end), codes)
        flows.append(made if each.flow != "passes" else flow)
    if not ready and problem is not None:
        raise problem
    name, start, end = node.name, node.start, node.name_end
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
        start=start, end=end, name=name, owners=", ".join(owners), kind=kind(value),
    )  # fmt: skip


def find_methods(node: Call, receiver: Node, places: Mapping[str, Any]) -> Mapping[str, Function]:
    """The methods of a name, by kind of value.

    Raises:
        ExpressionError: There is none of that name; says how it is written here where that is known.
    """
    name, start, end = node.name, node.name_start, node.name_end
    root = receiver.id if type(receiver) is Name and receiver.id not in places else None
    if root in GLOBAL_OBJECTS and f"{root}.{name}" in GLOBALS:
        raise foreign(f"{root}.{name}()", GLOBALS[f"{root}.{name}"], receiver.start, end)
    found = METHODS.get(name)
    if found is not None:
        return found
    hint = method_hint(root, name)
    if hint is None and name in FUNCTIONS:
        hint = f"{name}(x)"
    if hint is not None:
        raise foreign(f".{name}()", hint, start, end)
    close = near(name, METHODS)
    if close:
        raise ExpressionError(
            "expression.unknown_method_near",
            "There is no method '{name}'; near: {near}",
            start=start, end=end, name=name[:60], near=", ".join(close),
        )  # fmt: skip
    raise ExpressionError(
        "expression.unknown_method",
        "There is no method '{name}'. A key is read without brackets.",
        start=start, end=end, name=name[:60],
    )  # fmt: skip
