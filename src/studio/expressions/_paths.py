"""Names and paths: the hot way is plain subscription, everything else is looked at only when that fails."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.domain.errors import ExpressionError
from studio.domain.lazy import LazyItems
from studio.expressions._compiler import DEEP, PLAIN, SCALAR, Code, Compiler, Env, Flow, guarded, handles
from studio.expressions._habits import METHODS, WORDS
from studio.expressions._nodes import Attr, Const, Item, Name, Node, Slice
from studio.expressions._values import OPAQUE, Missing, Skipped, attribute, kind, near

_FAILS = (KeyError, IndexError, TypeError)


def unknown_name(scope: Any, name: str, start: int, end: int) -> ExpressionError:
    """The error for a name that stands for nothing, with what was probably meant."""
    from studio.expressions._registry import FUNCTIONS

    if name in FUNCTIONS:
        return ExpressionError(
            "expression.function_name", "{name} is a function; call it: {name}(...)", start=start, end=end, name=name
        )
    if name in WORDS:
        return ExpressionError(
            "expression.foreign",
            "'{wrote}' is not written so here. Write: {instead}",
            start=start,
            end=end,
            wrote=name,
            instead=WORDS[name],
        )
    known = [key for key in scope if type(key) is str and key[:1] != "\0"] if isinstance(scope, Mapping) else []
    close = near(name, known)
    if close:
        return ExpressionError(
            "expression.unknown_name_near",
            "There is no '{name}' here; near: {near}",
            start=start,
            end=end,
            name=name[:60],
            near=", ".join(close),
        )
    return ExpressionError(
        "expression.unknown_name", "There is no '{name}' here.", start=start, end=end, name=name[:60]
    )


def step(value: Any, key: Any, path: str, start: int, end: int, quiet: int) -> Any:
    """``value[key]`` for whatever kinds they are.

    Args:
        value: What is looked into.
        key: A text or a whole number.
        path: How the value is written, for messages.
        start: Where the value's source begins.
        end: Where the key's source ends.
        quiet: Above 0, someone catches what is missing: near names need not be found.

    Raises:
        ExpressionError: It has no such key; ``Missing`` where ``default`` may answer.
    """
    cls = type(value)
    if cls is dict or isinstance(value, Mapping):
        try:
            return value[key]
        except KeyError:
            raise _missing_key(value, key, path, start, end, quiet) from None
    if cls is Skipped:
        raise Missing(
            "expression.skipped",
            "{node} did not run, so it has no {key}. Write default({path}.{key}, ...) for that case.",
            start=start, end=end, node=value.node, key=key, path=path,
        )  # fmt: skip
    if value is None:
        raise Missing(
            "expression.null_path", "{path} is null; it has no {key}.", start=start, end=end, path=path, key=key
        )
    known = OPAQUE.get(cls)
    if known is not None:
        if key in known:
            return attribute(value, key)
        raise ExpressionError(
            "expression.opaque_key",
            "{path} is a {kind}; it has {known}, not {key}.",
            start=start, end=end, path=path, kind=kind(value), known=", ".join(sorted(known)), key=str(key)[:60],
        )  # fmt: skip
    if type(key) is int and (cls is list or cls is str or isinstance(value, LazyItems)):
        try:
            return value[key]
        except IndexError:
            raise Missing(
                "expression.missing_index",
                "{path} has {length} items; there is none at {index}.",
                start=start, end=end, path=path, length=len(value), index=key,
            ) from None  # fmt: skip
    raise _no_keys(value, key, path, start, end)


def _missing_key(value: Any, key: Any, path: str, start: int, end: int, quiet: int) -> ExpressionError:
    dashed = None if quiet else next((each for each in value if type(each) is str and each.startswith(f"{key}-")), None)
    if dashed is not None:
        return Missing(
            "expression.missing_key_dashed",
            "no key '{key}' in {path}. Write {path}['{dashed}'] for a key with a dash.",
            start=start, end=end, key=str(key)[:60], path=path, dashed=dashed[:60],
        )  # fmt: skip
    close = near(str(key), value) if not quiet else []
    hint = METHODS.get(key) if type(key) is str and not close else None
    if close:
        return Missing(
            "expression.missing_key_near",
            "no key '{key}' in {path}; near: {near}",
            start=start, end=end, key=str(key)[:60], path=path, near=", ".join(f"'{name}'" for name in close),
        )  # fmt: skip
    if hint is not None and not quiet:
        return Missing(
            "expression.missing_key_hint",
            "no key '{key}' in {path}. Or did you mean {hint}?",
            start=start, end=end, key=str(key)[:60], path=path, hint=hint,
        )  # fmt: skip
    return Missing(
        "expression.missing_key", "no key '{key}' in {path}", start=start, end=end, key=str(key)[:60], path=path
    )


def _no_keys(value: Any, key: Any, path: str, start: int, end: int) -> ExpressionError:
    shown = str(key)[:60]
    if type(key) is str and key in METHODS:
        return ExpressionError(
            "expression.foreign",
            "'{wrote}' is not written so here. Write: {instead}",
            start=start, end=end, wrote=f".{shown}", instead=METHODS[key],
        )  # fmt: skip
    if type(value) is list or isinstance(value, LazyItems):
        return ExpressionError(
            "expression.list_key",
            "{path} is a list; it has no '{key}'. Pick an item ({path}[0].{key}) or go through all of them: "
            "[x.{key} for x in {path}]",
            start=start, end=end, path=path, key=shown,
        )  # fmt: skip
    if type(value) is str and type(key) is str and key in OPAQUE_WORDS:
        return ExpressionError(
            "expression.text_time",
            "{path} is a text. Write datetime({path}).{key}",
            start=start, end=end, path=path, key=shown,
        )  # fmt: skip
    return ExpressionError(
        "expression.no_keys", "{path} is {kind}; it has no '{key}'.",
        start=start, end=end, path=path, kind=kind(value), key=shown,
    )  # fmt: skip


OPAQUE_WORDS = frozenset({"year", "month", "day", "hour", "minute", "second", "weekday"})


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
            value = step(value, key, path_text(name, keys[:index]) if not quiet else name, start, ends[index], quiet)
        return value

    return run


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


def is_bare_path(node: Node) -> bool:
    """Whether it is a name with at least one constant key: such an expression needs neither meter nor conversion."""
    root, keys, _ = static_path(node)
    return type(root) is Name and bool(keys)


def _from_value(compiler: Compiler, root: Node, keys: list[Any], ends: list[int]) -> tuple[Code, Flow]:
    fn, flow = compiler.code(root)
    start = root.start

    def run(env: Env) -> Any:
        value = fn(env)
        for index, key in enumerate(keys):
            value = step(value, key, path_text("the value", keys[:index]), start, ends[index], env[1].quiet)
        return value

    return run, Flow(DEEP if flow.level else PLAIN, flow.shared, flow.refs)


def _dynamic(compiler: Compiler, node: Item) -> tuple[Code, Flow]:
    """``value[key]`` with a computed key."""
    fn, flow = compiler.code(node.value)
    key_fn, _ = compiler.code(node.key)
    root, keys, _ = static_path(node.value)
    path = path_text(root.id, keys) if type(root) is Name else "the value"
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
            kind=kind(key),
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
                "expression.slice_bound", "The bounds of a slice are whole numbers, not {kind}.", kind=kind(bound)
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
    raise ExpressionError("expression.slice_kind", "Only lists and texts can be cut, not {kind}.", kind=kind(value))
