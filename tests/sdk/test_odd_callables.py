"""Callables of every kind: each works as a node, or is refused where it is made one, with a reason that helps."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import math
import operator
import typing as t
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import pytest
from pydantic import BaseModel, Field

from studio.domain.errors import InputInvalid
from studio.sdk import BaseNode, Effect, NodeContext, NodeDefinitionError, Param, as_node
from studio.testing import NodeTester


class Animal(msgspec.Struct, rename="camel"):
    leg_count: t.Annotated[int, msgspec.Meta(ge=0)]
    born: dt.date | None = None
    young: list[Animal] = []


class Point(BaseModel):
    x: int
    y: int = 0


@dataclass
class Box:
    width: int
    label: str = "box"


class Colour(enum.Enum):
    RED = "red"


class Machine:
    def method(self, a: int) -> int:
        return a

    @classmethod
    def of_class(cls, a: int) -> str:
        return cls.__name__ * a

    async def __call__(self, a: int) -> int:
        return a + 1


async def doubled(a: int) -> int:
    return a * 2


def promised(a: int) -> Awaitable[int]:
    return doubled(a)


def promised_too(a: int) -> Coroutine[t.Any, t.Any, int]:
    return doubled(a)


def hidden(a: int) -> int:
    """A plain wrapper around something asynchronous, as decorators make them."""
    return doubled(a)  # type: ignore[return-value]


def counted(a: int) -> Iterable[int]:
    yield from range(a)


def given_whole(a: int) -> Iterable[int]:
    return range(a)


async def counted_later(a: int) -> AsyncIterable[int]:
    for one in range(a):
        yield one


@functools.singledispatch
def dispatched(a: int, b: int = 2) -> int:
    return a * b


def with_params(a: int = Param(1, ge=1, widget="slider", description="How many"), b: str = Field(max_length=2)) -> str:
    return b * a


async def perhaps_with_context(a: int, ctx: NodeContext | None = None) -> bool:
    return ctx is not None


def marked(a=3):
    return a


marked.__annotations__ = {"a": t.Final[int], "return": int}


def animals(a: Animal, more: Sequence[Animal] = (), by_name: dict[str, Animal] | None = None) -> list[Animal]:
    return [a, *more, *(by_name or {}).values()]


def same(a: Animal) -> Animal:
    return a


def mixed(a: Point | Box | None, c: Colour = Colour.RED, *rest: int, k: t.Literal["x", "y"] = "x") -> dict[str, t.Any]:
    return {"kind": type(a).__name__, "colour": c, "rest": rest, "k": k}


def letters(a: str) -> Counter[str]:
    return Counter(a)


@pytest.mark.parametrize(
    ("function", "input", "output"),
    [
        (Machine().method, {"a": 1}, {"result": 1}),
        (Machine.of_class, {"a": 2}, {"result": "MachineMachine"}),
        (Machine(), {"a": 1}, {"result": 2}),
        (functools.partial(dispatched, b=5), {"a": 2}, {"result": 10}),
        (dispatched, {"a": 2}, {"result": 4}),
        (promised, {"a": 2}, {"result": 4}),
        (promised_too, {"a": 2}, {"result": 4}),
        (hidden, {"a": 2}, {"result": 4}),
        (counted, {"a": 3}, {"items": [0, 1, 2]}),
        (given_whole, {"a": 3}, {"result": [0, 1, 2]}),
        (counted_later, {"a": 3}, {"items": [0, 1, 2]}),
        (with_params, {"a": 2, "b": "x"}, {"result": "xx"}),
        (perhaps_with_context, {"a": 2}, {"result": True}),
        (marked, {}, {"result": 3}),
        (animals, {"a": {"legCount": 4}}, {"result": [{"legCount": 4, "born": None, "young": []}]}),
        (same, {"a": {"legCount": 4, "born": "2020-01-31"}}, {"leg_count": 4, "born": "2020-01-31", "young": []}),
        (
            mixed,
            {"a": {"width": 1}, "rest": [1, 2], "k": "y"},
            {"result": {"kind": "Box", "colour": "red", "rest": [1, 2], "k": "y"}},
        ),
        (letters, {"a": "aba"}, {"result": {"a": 2, "b": 1}}),
    ],
)
async def test_works(function: Callable[..., t.Any], input: dict[str, t.Any], output: dict[str, t.Any]):
    with NodeTester(made(function)) as tester:
        result = await tester.run(input)
    assert result.error is None
    assert result.output == output


def made(function: Callable[..., t.Any]) -> type[BaseNode]:
    return as_node(function, type="odd.callable", effect=Effect.PURE)


def wrong_default(a: int = "x") -> int:  # type: ignore[assignment]
    return a


def never(a: int) -> t.NoReturn:
    raise SystemExit(a)


def unknown(a: Nowhere) -> int:  # type: ignore[name-defined]  # noqa: F821
    return 1


def takes_function(a: Callable[[int], int]) -> int:
    return a(1)


def open_ended(**values: int) -> int:
    return len(values)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (Machine.method, "the parameter `self` has no type (a method is given by one of its objects)"),
        (Machine, "it is a class; give a function"),
        (functools.partial(Box, width=1), "it makes objects of a class"),
        (math.sqrt, "Python knows no types of it"),
        ("x".upper, "Python knows no types of it"),
        (str.upper, "Python knows no types of it"),
        (max, "Python knows no signature of it"),
        (operator.itemgetter(1), "Python knows no signature of it"),
        (wrong_default, "the default of `a` is 'x', which does not fit: Input should be a valid integer"),
        (never, "it never returns"),
        (unknown, "its type hints cannot be read: NameError"),
        (takes_function, "hold a type that is not data: `a: collections.abc.Callable"),
        (open_ended, "`**values` leaves open which params there are"),
    ],
)
def test_is_refused(function: Callable[..., t.Any], reason: str):
    with pytest.raises(NodeDefinitionError) as refused:
        made(function)
    assert reason in str(refused.value)


def test_what_the_form_of_a_function_shows():
    shown = made(with_params).input_schema({})
    assert shown["properties"]["a"] | {"title": ""} == {
        "title": "", "type": "integer", "minimum": 1, "default": 1, "description": "How many", "x-widget": "slider",
    }  # fmt: skip
    assert shown["required"] == ["b"]
    animal = made(same).input_schema({})["properties"]["a"]
    assert animal["properties"]["legCount"] == {"type": "integer", "minimum": 0}
    assert animal["properties"]["young"]["items"] == {"type": "object"}
    assert "$defs" not in made(same).input_schema({})


async def test_structs_that_do_not_fit():
    with NodeTester(made(animals)) as tester:
        result = await tester.run({"a": {"legCount": -1}})
        braces = await tester.run({"a": {"legCount": 1}, "more": [{"legCount": 1, "born": "{x}"}]})
    assert isinstance(result.error, InputInvalid)
    assert "Expected `int` >= 0 - at `$.legCount`" in result.error.message
    assert "param more.0" in braces.error.message.lower()


async def test_stop_iteration_from_a_thread_arrives():
    def nothing_left(a: list[int]) -> int:
        return next(one for one in a if one > 1)

    nothing_left.__annotations__ = {"a": list[int], "return": int}
    with NodeTester(made(nothing_left)) as tester, pytest.raises(RuntimeError, match="StopIteration"):
        await tester.run({"a": [1]})


async def test_a_stream_of_structs_and_an_iterator_that_is_no_generator():
    def young(count: int) -> Iterator[Animal]:
        return map(Animal, range(count))

    async def later(count: int) -> AsyncIterator[Animal]:
        for one in range(count):
            yield Animal(one)

    expected = [{"legCount": 0, "born": None, "young": []}, {"legCount": 1, "born": None, "young": []}]
    for function in (young, later):
        function.__annotations__ = {"count": int, "return": t.get_type_hints(function, globals())["return"]}
        with NodeTester(made(function)) as tester:
            assert (await tester.run({"count": 2})).output == {"items": expected}
