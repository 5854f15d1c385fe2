"""Closures of lists, objects, comprehensions and lambdas.

A loop charges for a few hundred turns at once, before it takes them; lists are worked through in such chunks, so the
clock is read in between.
"""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from studio.domain.lazy import LazyItems
from studio.expressions._compiler import (
    DEEP,
    NUMBER,
    PLAIN,
    Code,
    Compiler,
    Env,
    Flow,
    finished,
    guarded,
    handles,
    join,
    overlapping,
)  # fmt: skip
from studio.expressions._containers import (
    DICT_BYTES,
    PAIR_BYTES,
    compile_key,
)
from studio.expressions._limits import CHUNK, Meter
from studio.expressions._nodes import Comp, Lambda, Node
from studio.expressions._operators import plain_list
from studio.expressions._unique import Seen


class Loop(NamedTuple):
    """One clause of a comprehension, compiled."""

    source: Code
    place: int
    unpack: Callable[[Env, Any], None] | None
    conditions: list[Code]
    steps: int
    bytes: int


@handles(Comp)
def compile_comprehension(compiler: Compiler, node: Comp) -> tuple[Code, Flow]:
    """A comprehension of any kind; a generator becomes a list."""
    tail = compiler.tail
    with compiler.variables():
        loops, sources, places = _clauses(compiler, node)
        compiler.tail = tail
        with compiler.repeated() as cost:
            key_fn = None
            plain_keys = True
            if node.key is not None:
                key_fn, _, plain_keys = compile_key(compiler, node.key)
            fn, flow = compiler.part(node.element)
        loops[-1] = loops[-1]._replace(
            steps=loops[-1].steps + cost[0], bytes=loops[-1].bytes + cost[1] + (PAIR_BYTES if node.key else 0)
        )
    run = _runner(node, loops, fn, key_fn)
    level = DEEP if flow.level or not plain_keys else PLAIN
    refs = join(*sources).refs
    return run, Flow(level, any(source.shared for source in sources) or repeats(flow, sources, places), refs)


def _clauses(compiler: Compiler, node: Comp) -> tuple[list[Loop], list[Flow], list[int]]:
    loops: list[Loop] = []
    sources: list[Flow] = []
    places: list[int] = []
    steps = bytes_ = 0
    for index, clause in enumerate(node.clauses):
        if index == 0:
            source, flow = compiler.code(clause.source)
        else:
            with compiler.repeated() as cost:
                source, flow = compiler.code(clause.source)
            loops[-1] = loops[-1]._replace(steps=loops[-1].steps + cost[0], bytes=loops[-1].bytes + cost[1])
        inner = Flow(DEEP if flow.level else PLAIN)
        place, unpack = compiler.bind(clause.target, inner)
        with compiler.repeated() as cost:
            conditions = [compiler.code(condition)[0] for condition in clause.conditions]
        steps, bytes_ = cost
        loops.append(
            Loop(
                guarded_source(source, clause.source), place, _located(unpack, clause.source), conditions, steps, bytes_
            )
        )
        sources.append(flow)
        places.append(place)
    return loops, sources, places


def guarded_source(fn: Code, node: Node) -> Code:
    """What a loop goes over: a list as it is, other sequences as a list."""
    convert = guarded(iterable, node.start, node.end)

    def run(env: Env) -> Any:
        value = fn(env)
        return value if type(value) is list else convert(env[1], value)

    return run


def iterable(meter: Meter, value: Any) -> Any:
    """A list, or a long list that is read in slices."""
    return value if isinstance(value, LazyItems) else plain_list(meter, value)


def _located(unpack: Callable[[Env, Any], None] | None, node: Node) -> Callable[[Env, Any], None] | None:
    return None if unpack is None else guarded(unpack, node.start, node.end)


def repeats(flow: Flow, sources: list[Flow], places: list[int]) -> bool:
    """Whether the elements of a loop may hold the same data several times.

    They do not where each consists of different parts of the innermost variable, and every loop but the first goes
    over the variable of the one before it.
    """
    for source, outer in zip(sources[1:], places, strict=False):
        if any(ref[0] != outer for ref in source.refs):
            return True
    if flow.shared or any(ref[0] != places[-1] for ref in flow.refs):
        return True
    return overlapping(flow.refs)


def _runner(node: Comp, loops: list[Loop], fn: Code, key_fn: Code | None) -> Code:
    if key_fn is not None:
        return _dict_runner(loops, fn, key_fn)
    if len(loops) == 1 and loops[0].unpack is None and len(loops[0].conditions) < 2 and node.kind != "set":
        return _single(loops[0], fn)
    unique = node.kind == "set"

    def run(env: Env) -> list[Any]:
        out: list[Any] = []
        meter: Meter = env[1]
        limit = meter.budget.length
        for _ in turns(env, loops, 0):
            out.append(fn(env))
            if len(out) > limit:
                meter.items(len(out))
        return Seen(meter).distinct(out) if unique else out

    return run


def _single(loop: Loop, fn: Code) -> Code:
    """The most frequent form: one variable, at most one condition."""
    source, place, _, conditions, steps, bytes_ = loop
    bytes_ += 8
    condition = conditions[0] if conditions else None

    def run(env: Env) -> list[Any]:
        items = source(env)
        meter: Meter = env[1]
        count = len(items)
        meter.bytes_left -= 64
        if count <= meter.small and type(items) is list:
            meter.left -= count * steps
            if meter.left < 0:
                meter.refill()
            meter.bytes_left -= count * bytes_
            if meter.bytes_left < 0:
                meter.alloc(0)
            if condition is None:
                return [fn(env) for env[place] in items]
            return [fn(env) for env[place] in items if condition(env)]
        out: list[Any] = []
        for chunk in chunks(meter, items, steps, bytes_):
            if condition is None:
                out += [fn(env) for env[place] in chunk]
            else:
                out += [fn(env) for env[place] in chunk if condition(env)]
        return out

    return run


def chunks(meter: Meter, items: Any, steps: int, bytes_: int) -> Iterator[list[Any]]:
    """A sequence in slices, each charged before it is given."""
    if len(items) > meter.budget.length:
        meter.items(len(items))
    for start in range(0, len(items), CHUNK):
        count = min(CHUNK, len(items) - start)
        meter.steps(count * steps)
        meter.alloc(count * bytes_)
        yield items[start : start + count]


def turns(env: Env, loops: list[Loop], index: int) -> Iterator[None]:
    """All turns of nested loops, with the variables assigned."""
    loop = loops[index]
    place, unpack, conditions = loop.place, loop.unpack, loop.conditions
    innermost = index == len(loops) - 1
    for chunk in chunks(env[1], loop.source(env), loop.steps + 1, loop.bytes + 8):
        for item in chunk:
            env[place] = item
            if unpack is not None:
                unpack(env, item)
            for condition in conditions:
                if not condition(env):
                    break
            else:
                if innermost:
                    yield
                else:
                    yield from turns(env, loops, index + 1)


def _dict_runner(loops: list[Loop], fn: Code, key_fn: Code) -> Code:
    def run(env: Env) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        meter: Meter = env[1]
        limit = meter.budget.length
        meter.alloc(DICT_BYTES)
        for _ in turns(env, loops, 0):
            key = key_fn(env)
            out[key] = fn(env)
            if len(out) > limit:
                meter.items(len(out))
        return out

    return run


def lazy_turns(compiler: Compiler, node: Comp) -> Code:
    """A generator as an iterator that stops where its reader stops; for any, all and first."""
    with compiler.variables():
        loops, _, _ = _clauses(compiler, node)
        with compiler.repeated() as cost:
            fn, _ = compiler.code(node.element)
        loops[-1] = loops[-1]._replace(steps=loops[-1].steps + cost[0], bytes=loops[-1].bytes + cost[1])

    def run(env: Env) -> Iterator[Any]:
        for _ in turns(env, loops, 0):
            yield fn(env)

    return run


def compile_lambda(compiler: Compiler, node: Lambda, flows: list[Flow], finish: bool) -> tuple[Code, Flow, list[int]]:
    """A lambda that is an argument: a closure that makes the function, the flow of what it gives, its places.

    ``finish``: what it gives goes straight into the result.
    """
    with compiler.variables():
        places = [compiler.declare(name, flow) for name, flow in zip(node.params, flows, strict=True)]
        with compiler.repeated() as cost:
            fn, flow = compiler.result(node.body) if finish else compiler.code(node.body)
    if finish and flow.level == NUMBER.level:
        fn, flow = finished(fn), flow._replace(level=PLAIN)
    return _maker(fn, places, cost[0] + 2, cost[1]), flow, places


def _maker(fn: Code, places: list[int], steps: int, bytes_: int) -> Code:
    first = places[0]
    second = places[1] if len(places) > 1 else 0

    def make(env: Env) -> Callable[..., Any]:
        meter: Meter = env[1]

        def one(value: Any) -> Any:
            meter.left -= steps
            if meter.left < 0:
                meter.refill()
            meter.bytes_left -= bytes_
            if meter.bytes_left < 0:
                meter.alloc(0)
            env[first] = value
            return fn(env)

        def two(value: Any, other: Any) -> Any:
            env[second] = other
            return one(value)

        return two if second else one

    return make
