"""Any typed callable is a node, and what cannot be one is refused with the reason."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import decimal
import enum
import functools
import statistics
import threading
import typing as t
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path

import pytest
import typing_extensions
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from studio.domain.errors import InputInvalid, OutputInvalid, UserError
from studio.domain.values import FileRef, TableRef
from studio.sdk import (
    BaseNode,
    Effect,
    Example,
    File,
    Items,
    NodeContext,
    NodeModel,
    PerItem,
    Rate,
    Table,
    as_node,
    node,
    node_class,
)
from studio.sdk._docstring import parse_docstring
from studio.testing import NodeTester


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0


class Person(t.TypedDict):
    name: str
    born: t.NotRequired[dt.date]


class Modern(typing_extensions.TypedDict):
    people: list[Person]


class Pair(t.NamedTuple):
    left: int
    right: dt.timedelta


class Report(BaseModel):
    """A model that is not Studio's."""

    title: str = Field("none", description="Its title")
    points: list[Point] = []


class Answer(NodeModel):
    text: str


def made(function: Callable[..., t.Any], **facts: t.Any) -> type[BaseNode]:
    return as_node(function, type="test.made", effect=Effect.PURE, **facts)


async def call(function: Callable[..., t.Any], input: dict[str, t.Any], **facts: t.Any) -> dict[str, t.Any]:
    with NodeTester(made(function, **facts)) as tester:
        result = await tester.run(input)
    if result.error:
        raise result.error
    assert result.output is not None
    return result.output


def add(a: int, b: int = 2, /, *, times: int = 1) -> int:
    """Add two numbers.

    And multiply.

    Args:
        a: First number,
            with more to say.
        b (int): Second number.
        times: How often: once, mostly.

    Returns:
        int: The sum.

    Raises:
        ValueError: Never.
    """
    return (a + b) * times


async def test_a_function():
    assert await call(add, {"a": 1}) == {"result": 3}
    assert await call(add, {"a": 1, "b": 1, "times": 5}) == {"result": 10}
    cls = made(add)
    assert cls.__doc__ == "Add two numbers.\n\nAnd multiply."
    assert (cls.__name__, cls.runs_in) == ("Made", "thread")
    schema = cls.input_model.model_json_schema()["properties"]
    assert schema["a"]["description"] == "First number, with more to say."
    assert schema["b"] == {"default": 2, "description": "Second number.", "title": "B", "type": "integer"}
    assert schema["times"]["description"] == "How often: once, mostly."
    assert cls.output_model.model_json_schema()["properties"]["result"]["description"] == "The sum."
    with pytest.raises(InputInvalid):
        await call(add, {"a": "one"})
    with pytest.raises(InputInvalid):
        await call(add, {"a": 1, "c": 1})


async def test_every_fact_can_be_given():
    cls = made(
        add, version=1, title="Plus", category="math", icon="plus", keywords=("sum",), credentials=("http.bearer",),
        timeout=3.0, retries=2, rate=Rate(1, 1.0), runs_in="inline", memory_mb=1, cpu_heavy=True, description="Plus.",
        examples=(Example(input={"a": 1}, output={"result": 3}),),
    )  # fmt: skip
    assert (cls.title, cls.category, cls.icon, cls.keywords, cls.retries) == ("Plus", "math", "plus", ("sum",), 2)
    assert cls.__doc__ == "Plus."
    assert made(add, runs_in="inline")().effect_of(None) is Effect.PURE


async def test_where_it_runs():
    here = threading.get_ident()

    def where() -> bool:
        return threading.get_ident() == here

    assert await call(where, {}) == {"result": False}
    assert await call(where, {}, runs_in="inline") == {"result": True}

    async def there() -> bool:
        await asyncio.sleep(0)
        return threading.get_ident() == here

    assert await call(there, {}) == {"result": True}
    assert made(there).runs_in == "inline"


async def test_all_kinds_of_types_in_and_out():
    def everything(
        point: Point, color: Color, day: dt.date, path: Path, person: Person, modern: Modern, maybe: int | None = None,
        either: int | str = 1, money: decimal.Decimal = decimal.Decimal(1), pair: tuple[int, str] = (1, "a"),
        loose: t.Any = None, old: int = None,  # type: ignore[assignment]  # noqa: RUF013 - as libraries write it
    ) -> dict[str, t.Any]:  # fmt: skip
        assert isinstance(point, Point)
        assert isinstance(color, Color)
        assert isinstance(path, Path)
        assert isinstance(person["born"], dt.date)
        assert old is None
        return {"point": point.x, "day": day.isoformat(), "people": len(modern["people"]), "maybe": maybe}

    given = {
        "point": {"x": 3}, "color": "red", "day": "2020-02-29", "path": "/tmp/x", "old": None,
        "person": {"name": "A", "born": "2000-01-01"}, "modern": {"people": [{"name": "B"}]},
    }  # fmt: skip
    assert await call(everything, given) == {
        "result": {"point": 3, "day": "2020-02-29", "people": 1, "maybe": None}
    }  # fmt: skip
    with pytest.raises(InputInvalid):
        await call(everything, {**given, "person": {"name": "A", "age": 3}, "point": {}})


@pytest.mark.parametrize(
    ("returned", "annotation", "expected"),
    [
        (Point(1, 2.5), Point, {"x": 1, "y": 2.5}),
        ({"name": "A"}, Person, {"name": "A", "born": None}),
        ({"name": "A", "born": dt.date(2000, 1, 2)}, Person, {"name": "A", "born": "2000-01-02"}),
        ({"people": [{"name": "A"}]}, Modern, {"people": [{"name": "A"}]}),
        (Pair(1, dt.timedelta(hours=1)), Pair, {"left": 1, "right": "PT1H"}),
        (Report(title="T", points=[Point(1)]), Report, {"title": "T", "points": [{"x": 1, "y": 0.0}]}),
        (Answer(text="a"), Answer, {"text": "a"}),
        (None, None, {}),
        (dt.datetime(2020, 1, 2, tzinfo=dt.UTC), dt.datetime, {"result": "2020-01-02T00:00:00Z"}),
        ([Path("/a")], list[Path], {"result": ["/a"]}),
        (Color.RED, Color | None, {"result": "red"}),
        (None, Point | None, {"result": None}),
        ({"b": [Point(1)]}, dict[str, list[Point]], {"result": {"b": [{"x": 1, "y": 0.0}]}}),
        ("a", t.Annotated[str, "What it says"], {"result": "a"}),
        ({1, 1}, set[int], {"result": [1]}),
        ((1, "a"), tuple[int, str], {"result": [1, "a"]}),
    ],
)
async def test_results(returned, annotation, expected):
    def give():
        return returned

    give.__annotations__["return"] = annotation
    assert await call(give, {}) == expected


async def test_a_result_that_does_not_fit():
    def give() -> int:
        return "many"  # type: ignore[return-value]

    with pytest.raises(OutputInvalid):
        await call(give, {})


async def test_a_generator_shows_its_items_as_they_come():
    closed: list[bool] = []

    def days(count: int) -> Iterator[dt.date]:
        """Days.

        Parameters
        ----------
        count : int
            How many,
            at least.

        Yields
        ------
        date
            A day.
        """
        try:
            for number in range(count):
                yield dt.date(2020, 1, 1) + dt.timedelta(number)
        finally:
            closed.append(True)

    cls = made(days)
    assert cls.input_model.model_json_schema()["properties"]["count"]["description"] == "How many, at least."
    assert cls.output_model.model_fields["items"].description == "A day."
    with NodeTester(cls) as tester:
        result = await tester.run({"count": 3})
        assert result.output == {"items": ["2020-01-01", "2020-01-02", "2020-01-03"]}
        assert result.parts == ["2020-01-01", "2020-01-02", "2020-01-03"]
        long = await tester.run({"count": 1500})
        assert long.output is not None
        assert len(long.output["items"]) == 1500
    assert closed == [True, True]


async def test_an_async_generator_with_the_context():
    async def points(count: int, ctx: NodeContext) -> AsyncIterator[Point]:
        for number in range(count):
            await ctx.progress(number)
            yield Point(number)

    with NodeTester(made(points)) as tester:
        result = await tester.run({"count": 2})
    assert result.output == {"items": [{"x": 0, "y": 0.0}, {"x": 1, "y": 0.0}]}
    assert result.progress == [(0, None), (1, None)]


async def test_a_stream_without_element_type_and_items_that_do_not_fit():
    def loose() -> Generator:  # type: ignore[type-arg]
        yield 1
        yield "a"

    assert await call(loose, {}) == {"items": [1, "a"]}

    def wrong() -> Iterator[int]:
        yield "a"  # type: ignore[misc]

    with NodeTester(made(wrong)) as tester, pytest.raises(ValueError, match="valid integer"):
        await tester.run({})

    class Own:
        """An iterator without ``close``."""

        def __init__(self) -> None:
            self.left = 2

        def __next__(self) -> int:
            self.left -= 1
            if self.left < 0:
                raise StopIteration
            return self.left

    def own() -> Iterator[int]:
        return Own()  # type: ignore[return-value]

    assert await call(own, {}) == {"items": [1, 0]}


async def test_leaving_a_generator_while_its_thread_works():
    entered, leave = threading.Event(), threading.Event()

    def slow() -> Iterator[int]:
        entered.set()
        leave.wait(10)
        yield 1

    with NodeTester(made(slow)) as tester:
        task = asyncio.ensure_future(tester.run({}))
        await asyncio.to_thread(entered.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        leave.set()


class Shop:
    def __init__(self) -> None:
        self.sold = 0

    def sell(self, count: int) -> int:
        """Sell some."""
        self.sold += count
        return self.sold

    async def __call__(self, count: int) -> int:
        """Order some."""
        return count


async def test_methods_partials_and_objects():
    shop = Shop()
    assert await call(shop.sell, {"count": 2}) == {"result": 2}
    assert await call(shop, {"count": 3}) == {"result": 3}
    assert made(shop).__doc__ == "Order some."
    assert made(shop).runs_in == "inline"
    half = functools.partial(add, 1)
    assert await call(half, {"b": 4}) == {"result": 5}
    assert made(half).__doc__ == "Add two numbers.\n\nAnd multiply."

    async def wait(seconds: int) -> int:
        return seconds

    assert await call(functools.partial(wait, seconds=1), {}) == {"result": 1}


async def test_a_method_of_a_library():
    def mean(data: list[float]) -> float:
        return statistics.mean(data)

    assert await call(mean, {"data": [1, 2]}) == {"result": 1.5}
    assert await call(
        dt.date(2020, 1, 1).__class__.today if False else _strftime, {"day": "2020-01-05", "format": "%j"}
    ) == {"result": "005"}


def _strftime(day: dt.date, format: str) -> str:
    return day.strftime(format)


async def test_names_that_models_use_themselves():
    def odd(copy: str, json: int, model_name: str, as_: str = "x", class_: int = 1) -> str:
        return f"{copy} {json} {model_name} {as_} {class_}"

    given = {"copy": "a", "json": 1, "model_name": "m", "as": "b", "class": 2}
    assert await call(odd, given) == {"result": "a 1 m b 2"}


async def test_references():
    async def size(file: FileRef, others: list[FileRef], ctx: NodeContext, table: TableRef | None = None) -> FileRef:
        assert await ctx.read_file(file) == b"abc"
        return others[0]

    cls = made(size)
    assert cls.input_model.model_json_schema()["properties"]["file"]["x-studio"] == "file"
    with NodeTester(cls) as tester:
        file, other = tester.file("abc", "a.txt"), tester.file(b"d", "b.bin")
        result = await tester.run(
            {"file": "{{ file }}", "others": "{{ [other] }}"}, scope={"file": file, "other": other}
        )
        assert result.output == {"result": other}
        assert result.output["result"] is other

    def shapes(file: File, table: Table, items: Items, where: PerItem[bool]) -> int:
        return len([item for item in items if where(item)])

    with NodeTester(made(shapes)) as tester:
        given = {"file": "{{ f }}", "table": "{{ t }}", "items": [1, 2, 3], "where": "{{ item > 1 }}"}
        table = TableRef(tester.file("", "t").blob, 0, ())
        result = await tester.run(given, scope={"f": tester.file("", "f"), "t": table})
        assert result.output == {"result": 2}


async def test_help_out_of_annotated():
    def say(
        text: t.Annotated[str, "What to say"], loud: t.Annotated[bool, Field(description="How")] = False,
        soft: t.Annotated[bool | None, "x"] = None,
    ) -> str:  # fmt: skip
        return text.upper() if loud else text

    schema = made(say).input_model.model_json_schema()["properties"]
    assert schema["text"]["description"] == "What to say"
    assert schema["loud"]["description"] == "How"
    assert await call(say, {"text": "a", "loud": True}) == {"result": "A"}


async def test_exceptions_that_mean_wrong_input():
    def root(number: float) -> float:
        return number**0.5 if number >= 0 else int("no")

    with pytest.raises(UserError) as caught:
        await call(root, {"number": -1}, refusals=(ValueError,))
    assert caught.value.code == "node.refused"
    with NodeTester(made(root)) as tester, pytest.raises(ValueError, match="invalid literal"):
        await tester.run({"number": -1})


async def test_a_decorated_function_stays_a_function():
    @node(type="test.double", effect=Effect.PURE, title="Twice")
    def double(number: int) -> int:
        """Twice as much."""
        return number * 2

    assert double(4) == 8
    cls = node_class(double)
    assert (cls.type, cls.title) == ("test.double", "Twice")
    assert node_class(cls) is cls
    with NodeTester(double) as tester:
        assert (await tester.run({"number": 4})).output == {"result": 8}
    with pytest.raises(TypeError, match="no node"):
        node_class(len)
    with pytest.raises(TypeError, match="no node"):
        node_class(int)


def test_docstrings_in_neither_style():
    assert parse_docstring(None).text == ""
    docs = parse_docstring("Text.\n\nUsage: like this\n    Args: no\n\nSee Also\n--------\nother")
    assert docs.text.startswith("Text.\n\nUsage: like this")
    assert docs.params == {}
    docs = parse_docstring(
        "T\n\nParameters\n----------\nx, *y : int\n    Both.\n<odd>\n    lost\n\nReturns\n-------\nint\n"
    )
    assert docs.params == {"x": "Both.", "y": "Both."}
    assert docs.returns == ""
    assert parse_docstring("T\n\nReturns:\n    Something: odd one").returns == "odd one"
    assert parse_docstring("T\n\nReturns:\n    the whole: of it").returns == "the whole: of it"
    assert parse_docstring("T\n\nArgs:\n    orphan\n    x: X\n").params == {"x": "X"}


@given(st.text(alphabet="Args:\n -xyzReturn()*", max_size=200))
def test_no_docstring_breaks_the_reader(text):
    docs = parse_docstring(text)
    assert all(isinstance(help, str) for help in docs.params.values())


async def test_any_number_of_values():
    def joined(first: str, *others: str, sep: str = "-") -> str:
        """Join texts.

        Args:
            first: The first.
            others: All others.
        """
        return sep.join([first, *others])

    assert await call(joined, {"first": "a"}) == {"result": "a"}
    assert await call(joined, {"first": "a", "others": ["b", "c"], "sep": "+"}) == {"result": "a+b+c"}
    schema = made(joined).input_model.model_json_schema()
    assert schema["required"] == ["first"]
    assert schema["properties"]["others"]["items"] == {"type": "string"}
    assert schema["properties"]["others"]["description"] == "All others."
    with pytest.raises(InputInvalid, match="others"):
        await call(joined, {"first": "a", "others": "b"})
