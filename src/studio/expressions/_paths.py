"""Names and paths: the hot way is plain subscription, everything else is looked at only when that fails."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from typing import Any

from studio.domain.errors import ExpressionError
from studio.domain.lazy import LazyItems
from studio.domain.phrases import Phrase
from studio.expressions._compiler import DEEP, PLAIN, SCALAR, Code, Compiler, Env, Flow, guarded, handles
from studio.expressions._names import THE_VALUE
from studio.expressions._nodes import Attr, Const, Item, Name, Node, Slice
from studio.expressions._steps import step, unknown_name
from studio.expressions._values import Missing, Skipped, kind_name

_FAILS = (KeyError, IndexError, TypeError)


def static_path(node: Node) -> tuple[Node, list[Any], list[int]]:
    """A path taken apart: what it starts from, its constant keys, and where each of them ends in the source."""
    keys: list[Any] = []
    ends: list[int] = []
    while True:
        if type(node) is Attr:
            keys.append(node.key)
        elif type(node) is Item and type(node.key) is Const and type(node.key.value) in (str, int):
            keys.append(node.key.value)
        else:
            break
        ends.append(node.end)
        node = node.value
    keys.reverse()
    ends.reverse()
    return node, keys, ends


def path_text(root: str, keys: list[Any]) -> str:
    """How a path is written, shortened where it is long."""
    if isinstance(root, Phrase):
        return Phrase("expression.inside", "{value}{path}", value=root, path=path_text("", keys)) if keys else root
    written = root + "".join(f".{key}" if type(key) is str and key.isidentifier() else f"[{key!r}]" for key in keys)
    return written if len(written) <= 120 else written[:117] + "..."


@handles(Name)
def compile_name(compiler: Compiler, node: Name) -> tuple[Code, Flow]:
    """A variable, or a name of the scope."""
    place = compiler.places.get(node.id)
    if place is not None:
        flow = compiler.flows[place]
        return (lambda env: env[place]), Flow(flow.level, False, ((place,),))
    compiler.free.append(node)
    compiler.references.add((node.id,))
    name, start, end = node.id, node.start, node.end

    def run(env: Env) -> Any:
        try:
            value = env[0][name]
        except KeyError:
            raise unknown_name(env[0], name, start, end) from None
        return None if type(value) is Skipped else value

    return run, Flow(SCALAR, False, ((name,),))


@handles(Attr)
@handles(Item)
def compile_path(compiler: Compiler, node: Attr | Item) -> tuple[Code, Flow]:
    """A path of constant keys from a name, or one key on any other value."""
    root, keys, ends = static_path(node)
    if type(root) is Name:
        if keys:
            return _from_name(compiler, root, keys, ends)
    elif keys:
        return _from_value(compiler, root, keys, ends)
    assert isinstance(node, Item)
    return _dynamic(compiler, node)


def _from_name(compiler: Compiler, root: Name, keys: list[Any], ends: list[int]) -> tuple[Code, Flow]:
    place = compiler.places.get(root.id)
    start, name = root.start, root.id
    if place is not None:
        slow = _slow(lambda env: env[place], name, keys, start, ends)
        level = compiler.flows[place].level
        return _local_path(place, keys, slow), Flow(DEEP if level else PLAIN, False, ((place, *keys),))
    compiler.free.append(root)
    static = [name]
    for key in keys:
        if type(key) is not str:
            break
        static.append(key)
    compiler.references.add(tuple(static))

    def from_scope(env: Env) -> Any:
        try:
            return env[0][name]
        except KeyError:
            raise unknown_name(env[0], name, start, root.end) from None

    return _scope_path(name, keys, _slow(from_scope, name, keys, start, ends)), Flow(PLAIN, False, ((name, *keys),))


def _slow(first: Code, name: str, keys: list[Any], start: int, ends: list[int]) -> Code:
    """The same path one step at a time: for values that are not subscripted, and for the message."""

    def run(env: Env) -> Any:
        value = first(env)
        meter = env[1]
        quiet = meter.quiet if meter is not None else 0
        for index, key in enumerate(keys):
            value = _quick_step(value, key, (name, keys[:index]), start, ends[index], quiet)
        return value

    return run


def _quick_step(value: Any, key: Any, path: tuple[str, list[Any]], start: int, end: int, quiet: int) -> Any:
    """One step; how the path is written is put together only where a message will be read."""
    if quiet:
        try:
            return step(value, key, path[0], start, end, quiet)
        except Missing:
            raise
        except ExpressionError:
            pass  # said again below, with the whole path
    return step(value, key, path_text(*path), start, end, 0)


def _local_path(place: int, keys: list[Any], slow: Code) -> Code:
    if len(keys) == 1:
        (a,) = keys

        def one(env: Env) -> Any:
            try:
                return env[place][a]
            except _FAILS:
                return slow(env)

        return one
    if len(keys) == 2:
        a, b = keys

        def two(env: Env) -> Any:
            try:
                return env[place][a][b]
            except _FAILS:
                return slow(env)

        return two

    def many(env: Env) -> Any:
        try:
            value = env[place]
            for key in keys:
                value = value[key]
        except _FAILS:
            return slow(env)
        return value

    return many


def _scope_path(name: str, keys: list[Any], slow: Code) -> Code:
    if len(keys) == 1:
        (a,) = keys

        def one(env: Env) -> Any:
            try:
                return env[0][name][a]
            except _FAILS:
                return slow(env)

        return one
    if len(keys) == 2:
        a, b = keys

        def two(env: Env) -> Any:
            try:
                return env[0][name][a][b]
            except _FAILS:
                return slow(env)

        return two
    a, b, c, *rest = keys

    def many(env: Env) -> Any:
        try:
            value = env[0][name][a][b][c]
            for key in rest:
                value = value[key]
        except _FAILS:
            return slow(env)
        return value

    return many


def bare_path(node: Node) -> tuple[Any, ...] | None:
    """The name and the keys of a name with at least one constant key, None for anything else.

    Such an expression needs neither meter nor conversion.
    """
    root, keys, _ = static_path(node)
    return (root.id, *keys) if type(root) is Name and keys else None


def _from_value(compiler: Compiler, root: Node, keys: list[Any], ends: list[int]) -> tuple[Code, Flow]:
    fn, flow = compiler.code(root)
    start = root.start
    paths = [path_text(THE_VALUE, keys[:index]) for index in range(len(keys))]

    def run(env: Env) -> Any:
        value = fn(env)
        for index, key in enumerate(keys):
            value = step(value, key, paths[index], start, ends[index], env[1].quiet)
        return value

    return run, Flow(DEEP if flow.level else PLAIN, flow.shared, flow.refs)


def _dynamic(compiler: Compiler, node: Item) -> tuple[Code, Flow]:
    """``value[key]`` with a computed key."""
    fn, flow = compiler.code(node.value)
    key_fn, _ = compiler.code(node.key)
    root, keys, _ = static_path(node.value)
    path = path_text(root.id, keys) if type(root) is Name else THE_VALUE
    start, end, key_start = node.start, node.end, node.key.start

    def run(env: Env) -> Any:
        value = fn(env)
        key = key_fn(env)
        if type(key) is str or type(key) is int:
            try:
                return value[key]
            except _FAILS:
                return step(value, key, path, start, end, env[1].quiet)
        if type(value) is dict and (key is None or type(key) in (bool, float)) and key in value:
            return value[key]
        raise ExpressionError(
            "expression.key_type",
            "A key is a text or a whole number, not {kind}.",
            start=key_start,
            end=end,
            kind=kind_name(key),
        )

    return run, Flow(DEEP if flow.level else PLAIN, flow.shared, flow.refs)


@handles(Slice)
def compile_slice(compiler: Compiler, node: Slice) -> tuple[Code, Flow]:
    """``value[lower:upper:step]`` of a list or text."""
    fn, flow = compiler.code(node.value)
    bounds = [compiler.code(part)[0] if part is not None else _none for part in (node.lower, node.upper, node.step)]
    lower, upper, stride = bounds
    cut = guarded(_cut, node.start, node.end)

    def run(env: Env) -> Any:
        return cut(env[1], fn(env), lower(env), upper(env), stride(env))

    return run, flow


def _none(env: Env) -> Any:
    return None


def _cut(meter: Any, value: Any, lower: Any, upper: Any, stride: Any) -> Any:
    for bound in (lower, upper, stride):
        if bound is not None and type(bound) is not int:
            raise ExpressionError(
                "expression.slice_bound", "The bounds of a slice are whole numbers, not {kind}.", kind=kind_name(bound)
            )
    if stride == 0:
        raise ExpressionError("expression.slice_step", "The step of a slice is not 0.")
    cut = slice(lower, upper, stride)
    if type(value) is str:
        meter.chars(len(range(*cut.indices(len(value)))), value.isascii())
        return value[cut]
    if type(value) is list or isinstance(value, LazyItems):
        count = len(range(*cut.indices(len(value))))
        meter.items(count)
        meter.steps(count >> 4)
        return value[cut]
    if value is None or type(value) is Skipped:
        raise Missing("expression.null_slice", "The value is null; nothing can be cut from it.")
    raise ExpressionError(
        "expression.slice_kind", "Only lists and texts can be cut, not {kind}.", kind=kind_name(value)
    )
