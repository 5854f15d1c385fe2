"""Functions and methods as nodes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, ClassVar, ParamSpec, TypeVar, cast

import msgspec
from pydantic import BaseModel, TypeAdapter

from studio.domain.errors import UserError
from studio.domain.status import Effect
from studio.sdk._base import BaseNode, Example, Rate
from studio.sdk._context import NodeContext
from studio.sdk._docstring import parse_docstring
from studio.sdk._dump import dump_value
from studio.sdk._signature import Shape, read_shape, refuse, target_of

builtin_type = type  # the argument of that name hides it below
P = ParamSpec("P")
R = TypeVar("R")

_ATTRIBUTE = "__studio_node__"
_BATCH = 256
"""Items taken from a generator per visit to its thread."""

_END = object()


class FunctionNode(BaseNode, abstract=True):
    """Base of nodes made from a callable, which is kept as ``function``."""

    function: ClassVar[Callable[..., Any]]
    shape: ClassVar[Shape]
    refusals: ClassVar[tuple[type[Exception], ...]] = ()
    """Exceptions by which the callable says that its input is wrong."""

    async def run(self, input: Any, ctx: NodeContext) -> Any:
        """Call the function with the input's fields and give what it returns."""
        cls = type(self)
        positional: list[Any] = []
        for one in cls.shape.parameters:
            if one.positional:
                value = _given(input, one.field, ctx)
                positional.extend(value if one.several else (value,))
        named = {one.name: _given(input, one.field, ctx) for one in cls.shape.parameters if not one.positional}
        try:
            if cls.shape.stream:
                return await _collect(cls, positional, named, ctx)
            return _fields(await _call(cls, positional, named), cls.shape)
        except cls.refusals as error:
            raise UserError(
                "node.refused", "{type} refuses its input: {reason}", type=self.type, reason=str(error)
            ) from error


def _given(input: Any, field: str | None, ctx: NodeContext) -> Any:
    return ctx if field is None else getattr(input, field)


async def _call(cls: type[FunctionNode], positional: list[Any], named: dict[str, Any]) -> Any:
    if cls.runs_in != "thread":
        value = cls.function(*positional, **named)
    else:
        value = await asyncio.to_thread(_called, cls.function, positional, named)
    return await value if inspect.isawaitable(value) else value


def _called(function: Callable[..., Any], positional: list[Any], named: dict[str, Any]) -> Any:
    """Call it in its thread. StopIteration would never arrive from there: no future can carry it."""
    try:
        return function(*positional, **named)
    except StopIteration as error:
        raise RuntimeError("StopIteration") from error


async def _collect(cls: type[FunctionNode], positional: list[Any], named: dict[str, Any], ctx: NodeContext) -> Any:
    """Show each item as it comes, and keep all of them as the output."""
    source = cls.function(*positional, **named)
    item = cast("TypeAdapter[Any]", cls.shape.item)

    async def plain() -> AsyncIterator[Any]:
        pieces = source if hasattr(source, "__aiter__") else _in_thread(source)
        async for one in pieces:
            part = dump_value(item, item.validate_python(one))
            await ctx.emit(part)
            yield part

    try:
        return {"items": await ctx.make_items(plain())}
    finally:
        await _close(source)


async def _in_thread(source: Iterator[Any]) -> AsyncIterator[Any]:
    """A generator's items, taken in a thread: one at first, so that it shows at once, then more per visit."""
    size = 1
    while True:
        batch, ended = await asyncio.to_thread(_take, source, size)
        for one in batch:
            yield one
        if ended:
            return
        size = min(size * 2, _BATCH)


def _take(source: Iterator[Any], size: int) -> tuple[list[Any], bool]:
    out: list[Any] = []
    while len(out) < size:
        one = next(source, _END)
        if one is _END:
            return out, True
        out.append(one)
    return out, False


async def _close(source: Any) -> None:
    """Let a generator that was left early clean up."""
    if hasattr(source, "aclose"):
        await source.aclose()
    elif hasattr(source, "close"):
        with contextlib.suppress(ValueError):  # cancelled while its thread is in it: it ends with that thread
            await asyncio.to_thread(source.close)


def _fields(value: Any, shape: Shape) -> Any:
    """What the function returned, as the output's fields."""
    if shape.single:
        return {"result": value}
    if value is None:
        return {}
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, msgspec.Struct):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    return value._asdict() if hasattr(value, "_asdict") else value


def as_node(
    function: Callable[..., Any],
    *,
    type: str,
    effect: Effect,
    version: int = 1,
    title: str = "",
    category: str = "",
    icon: str = "",
    keywords: tuple[str, ...] = (),
    credentials: tuple[str, ...] = (),
    timeout: float | None = None,
    retries: int = 1,
    rate: Rate | None = None,
    runs_in: str | None = None,
    memory_mb: int = 0,
    cpu_heavy: bool = False,
    description: str = "",
    refusals: tuple[builtin_type[Exception], ...] = (),
    examples: Sequence[Example] = (),
) -> builtin_type[BaseNode]:
    """A node class from any typed callable: a function, a bound method, an object that can be called.

    Params come from the signature, their help from the docstring (Google's or NumPy's style) or from ``Annotated``.
    What is returned becomes the output's ``result``; fields of a data class, typed dict, model, struct or named tuple
    become the output's fields; a generator's items are shown while they come and become ``items``. A parameter of
    type ``NodeContext`` is given the context.

    Args:
        function: What to call.
        type: Node type, such as ``math.gcd``; with the other facts as in ``BaseNode``.
        effect: The effect of a call.
        version: Version of the node.
        title: Name in the palette.
        category: Category in the palette; the pack's where it is empty.
        icon: Icon; the pack's where it is empty.
        keywords: Words to be found by.
        credentials: Credential types that may be chosen.
        timeout: Seconds for one attempt.
        retries: Default number of attempts.
        rate: How often it may run.
        runs_in: ``thread`` for what blocks (default where it is not async), ``inline`` for what is very short.
        memory_mb: Memory it needs, for planning.
        cpu_heavy: Whether it keeps a core busy.
        description: Text instead of the docstring's.
        refusals: Exceptions that mean wrong input; they become errors the user can act on.
        examples: Runs that document it.

    Raises:
        NodeDefinitionError: It cannot be a node; says why.
    """
    name = getattr(function, "__qualname__", None) or repr(function)
    docs = parse_docstring(_docstring(function))
    class_name = "".join(part.capitalize() for part in type.rpartition(".")[2].split("_")) or "Function"
    shape = read_shape(function, name, docs, class_name)
    waits = _is_async(function)
    where = runs_in or ("inline" if waits else "thread")
    if waits and where == "thread":
        refuse(name, "it is async, so it does not belong in a thread")
    if where == "process":
        refuse(name, "a node made from a callable runs in this process; write a class to run it elsewhere")
    if not waits and any(one.field is None for one in shape.parameters):
        refuse(name, "it takes a NodeContext, all of whose methods are async, so it must be `async def`")
    facts = {
        "type": type, "effect": effect, "version": version, "title": title, "category": category, "icon": icon,
        "keywords": keywords, "credentials": credentials, "timeout": timeout, "retries": retries, "rate": rate,
        "runs_in": where, "memory_mb": memory_mb, "cpu_heavy": cpu_heavy, "refusals": refusals, "examples": examples,
    }  # fmt: skip
    namespace = {
        **facts,
        "__doc__": description or docs.text or None,
        "__module__": getattr(function, "__module__", None) or "callable",
        "__qualname__": class_name,
        "input_model": shape.input_model,
        "output_model": shape.output_model,
        "shape": shape,
        "function": staticmethod(function),
    }
    return cast("builtin_type[BaseNode]", builtin_type(class_name, (FunctionNode,), namespace))


def node(*, type: str, effect: Effect, **facts: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a node; it stays a function that can be called. See ``as_node`` for the facts.

    Raises:
        NodeDefinitionError: It cannot be a node; says why.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        setattr(function, _ATTRIBUTE, as_node(function, type=type, effect=effect, **facts))
        return function

    return decorate


def node_class(found: Any) -> builtin_type[BaseNode]:
    """The node class behind a class, or behind a function decorated with ``@node``.

    Raises:
        TypeError: It is neither.
    """
    cls = getattr(found, _ATTRIBUTE, found)
    if not isinstance(cls, builtin_type) or not issubclass(cls, BaseNode):
        raise TypeError(f"{getattr(found, '__qualname__', found)!r} is no node")
    return cls


def _docstring(function: Callable[..., Any]) -> str | None:
    return inspect.getdoc(target_of(function))


def _is_async(function: Callable[..., Any]) -> bool:
    target = target_of(function)
    return inspect.iscoroutinefunction(target) or inspect.isasyncgenfunction(target)
