"""Closures of lists and objects written out."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions._compiler import (
    DEEP,
    Code,
    Compiler,
    Env,
    Flow,
    guarded,
    handles,
    join,
)  # fmt: skip
from studio.expressions._limits import Meter
from studio.expressions._nodes import Const, DictOf, ListOf, Node, Star
from studio.expressions._operators import plain_list
from studio.expressions._unique import Seen
from studio.expressions._values import bad_key, kind_name

DICT_BYTES = 232
PAIR_BYTES = 64


@handles(ListOf)
def compile_list(compiler: Compiler, node: ListOf) -> tuple[Code, Flow]:
    """``[a, *b]``, and ``{a, b}`` as a list without double values."""
    compiler.bytes += 64 + 8 * len(node.items)
    parts = [(compiler.part(item.value if type(item) is Star else item), type(item) is Star) for item in node.items]
    flow = join(*(flow for (_, flow), _ in parts))
    if any(star for _, star in parts) or node.unique:
        merged = guarded(_merged_list, node.start, node.end)
        codes = [(fn, star) for (fn, _), star in parts]
        unique = node.unique
        return (lambda env: merged(env, codes, unique)), flow
    fns = [fn for (fn, _), _ in parts]
    if len(fns) == 2:
        first, second = fns
        return (lambda env: [first(env), second(env)]), flow
    return (lambda env: [fn(env) for fn in fns]), flow


def _merged_list(env: Env, codes: list[tuple[Code, bool]], unique: bool) -> list[Any]:
    meter: Meter = env[1]
    out: list[Any] = []
    for fn, star in codes:
        value = fn(env)
        if star:
            items = plain_list(meter, value)
            meter.items(len(out) + len(items))
            meter.steps(len(items) >> 4)
            out += items
        else:
            out.append(value)
    return Seen(meter).distinct(out) if unique else out


@handles(DictOf)
def compile_dict(compiler: Compiler, node: DictOf) -> tuple[Code, Flow]:
    """``{key: value, **other}``"""
    compiler.bytes += DICT_BYTES + PAIR_BYTES * len(node.pairs)
    pairs: list[tuple[Code | None, Code]] = []
    flows: list[Flow] = []
    constant: list[tuple[str, Code]] | None = []
    for key, value in node.pairs:
        if key is None:
            fn, flow = compiler.part(value)
            pairs.append((None, fn))
            flows.append(flow)
            constant = None
            continue
        key_fn, key_name, plain = compile_key(compiler, key)
        fn, flow = compiler.part(value)
        pairs.append((key_fn, fn))
        flows.append(flow if plain else flow._replace(level=DEEP))
        if constant is not None and key_name is not None:
            constant.append((key_name, fn))
        else:
            constant = None
    if constant is not None:
        fields = constant
        return (lambda env: {name: fn(env) for name, fn in fields}), join(*flows)
    merged = guarded(_merged_dict, node.start, node.end)
    return (lambda env: merged(env, pairs)), join(*flows)


def compile_key(compiler: Compiler, node: Node) -> tuple[Code, str | None, bool]:
    """Closure of a key, the key itself where it is a constant text, and whether it is sure to be a text."""
    fn, _ = compiler.code(node)
    constant = node.value if type(node) is Const else None
    if type(constant) is str:
        return fn, constant, True
    if compiler.tail:
        return guarded(_text_key(fn), node.start, node.end), None, True
    return guarded(_any_key(fn), node.start, node.end), None, False


def _text_key(fn: Code) -> Code:
    def run(env: Env) -> str:
        key = fn(env)
        if type(key) is not str:
            raise bad_key(key)
        return key

    return run


def _any_key(fn: Code) -> Code:
    def run(env: Env) -> Any:
        key = fn(env)
        if key is None or type(key) in (str, int, float, bool):
            return key
        raise ExpressionError(
            "expression.key_type", "A key is a text or a whole number, not {kind}.", kind=kind_name(key)
        )

    return run


def _merged_dict(env: Env, pairs: list[tuple[Code | None, Code]]) -> dict[Any, Any]:
    meter: Meter = env[1]
    out: dict[Any, Any] = {}
    for key, fn in pairs:
        if key is not None:
            name = key(env)
            out[name] = fn(env)
            continue
        value = fn(env)
        if not isinstance(value, Mapping):
            raise ExpressionError(
                "expression.not_an_object", "An object is expected here, not {kind}.", kind=kind_name(value)
            )
        meter.items(len(out) + len(value), PAIR_BYTES)
        meter.steps(len(value) >> 2)
        out.update(value)
    return out
