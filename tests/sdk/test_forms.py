"""What forms need: fields, options, schemas, migrations; and the small things every node shares."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError

from studio.domain.errors import UserError
from studio.domain.values import BlobRef, FileRef, TableRef
from studio.sdk import (
    BaseNode,
    ControlNode,
    Effect,
    Example,
    File,
    Items,
    ItemsBase,
    Json,
    NodeDefinitionError,
    NodeModel,
    Option,
    Options,
    OptionsPage,
    Param,
    PerItem,
    Slot,
    Table,
    TriggerNode,
    TriggerRequest,
    describe,
    dump_output,
    input_invalid,
    list_options,
    migrate_by,
    node_schema,
    output_invalid,
    per_item_shape,
    takes_items,
)
from studio.testing import ScratchItems

BLOB = BlobRef("b", 3, b"d")
FILE = FileRef(BLOB, "a.txt", "text/plain")
TABLE = TableRef(BLOB, 1, (("a", "Int64"),))


class Up(NodeModel):
    kind: Literal["up"]
    by: int


class Down(NodeModel):
    kind: Literal["down"]
    far: int = 1


class Sheets(BaseNode):
    """Read a sheet."""

    type = "sheets.read"
    effect = Effect.READ
    ports = ("rows", "empty")
    slots = (Slot("model", "llm"),)

    class Input(NodeModel):
        book: str = Param(description="The book", widget="book")
        sheet: str = Param(title="Sheet", options="sheets", depends_on=("book",))
        kind: str = Param("all", visible_when={"book": "b1"}, secret=True)
        broken: str = Param("", options="wrong")
        as_: str = Param("x", alias="as", max_length=3)

    class Output(NodeModel):
        rows: Items

    examples = (
        Example(title="One", input={"book": "b1", "sheet": "s"}, output={"rows": []}, port="rows", scope={"a": 1}),
        Example(input={}, error="sheets.none", setup="sheets"),
    )

    async def run(self, input: Input, ctx: Any) -> Any:
        return self.route("rows", self.Output(rows=[]))

    async def sheets(self, ask: Options, ctx: Any) -> OptionsPage:
        return ask.of(["Été", ("s2", "Winter"), Option("s3", "Autumn", "the third")])

    async def wrong(self, ask: Options, ctx: Any) -> Any:
        return ["a"]


async def test_options():
    node = Sheets()
    page = await list_options(node, "sheet", Options({"book": "b1"}), None)  # type: ignore[arg-type]
    assert [(one.value, one.label) for one in page.options] == [("Été", "Été"), ("s2", "Winter"), ("s3", "Autumn")]
    page = await list_options(node, "sheet", Options({"book": "b1"}, search="ÉT"), None)  # type: ignore[arg-type]
    assert [one.value for one in page.options] == ["Été"]
    for param, params, code in [
        ("sheet", {}, "node.options_parent"),
        ("sheet", {"book": ""}, "node.options_parent"),
        ("book", {}, "node.no_options"),
        ("as", {}, "node.no_options"),
        ("nothing", {}, "node.no_options"),
    ]:
        with pytest.raises(UserError) as caught:
            await list_options(node, param, Options(params), None)  # type: ignore[arg-type]
        assert caught.value.code == code
    with pytest.raises(NodeDefinitionError, match="instead of an OptionsPage"):
        await list_options(node, "broken", Options(), None)  # type: ignore[arg-type]


def test_options_come_in_pages():
    ask = Options(limit=2)
    first = ask.of("abcde")
    assert [one.value for one in first.options] == ["a", "b"]
    assert first.next == "2"
    last = Options(limit=2, page="4").of("abcde")
    assert [one.value for one in last.options] == ["e"]
    assert last.next is None
    assert len(Options(page="?").of("abc").options) == 3


Day = Annotated[str, Field(json_schema_extra={"x-widget": "date"})]


class Asked(NodeModel):
    on: Day = Param(description="When")
    query: str = Param(widget="code", language="sql")
    other: Day = Param(widget="text")


def test_what_a_type_says_of_its_control_stays_unless_a_param_says_otherwise():
    fields = Asked.model_json_schema()["properties"]
    assert (fields["on"]["x-widget"], fields["on"]["description"]) == ("date", "When")
    assert (fields["query"]["x-widget"], fields["query"]["x-language"]) == ("code", "sql")
    assert fields["other"]["x-widget"] == "text"


def test_schemas_for_forms():
    schema = node_schema(Sheets)
    fields = schema["input"]["properties"]
    assert fields["book"]["x-widget"] == "book"
    assert fields["sheet"]["x-options"] == "sheets"
    assert fields["sheet"]["x-depends-on"] == ["book"]
    assert fields["kind"]["x-visible-when"] == {"book": "b1"}
    assert fields["kind"]["x-secret"] is True
    assert fields["as"]["maxLength"] == 3
    assert schema["output"]["properties"]["rows"]["x-studio"] == "items"
    assert schema["ports"] == ["rows", "empty"]
    assert schema["slots"] == [{"name": "model", "kind": "llm", "many": False, "required": False}]
    assert schema["examples"][0] == {
        "title": "One", "input": {"book": "b1", "sheet": "s"}, "output": {"rows": []}, "port": "rows",
        "scope": {"a": 1},
    }  # fmt: skip
    assert schema["examples"][1]["error"] == "sheets.none"

    class Loop(ControlNode):
        """Loop."""

        type = "flow.loop"
        effect = Effect.PURE
        executor = "loop"
        bodies = ("body",)

        class Input(NodeModel): ...

        class Output(NodeModel): ...

    assert node_schema(Loop, {"a": 1})["bodies"] == ["body"]

    class Ping(TriggerNode):
        """Ping."""

        type = "flow.ping"
        source = "manual"

        class Input(NodeModel): ...

        class Event(NodeModel):
            at: str

    assert node_schema(Ping)["event"]["properties"]["at"]["type"] == "string"
    assert node_schema(Ping)["description"] == "Ping."


def test_migrations_go_step_by_step():
    steps = {1: lambda old: {**old, "b": old["a"] + 1}, 3: lambda old: {"c": old["b"]}}
    params = {"a": 1}
    assert migrate_by(steps, params, 1, 4) == {"c": 2}
    assert migrate_by(steps, params, 1, 2) == {"a": 1, "b": 2}
    assert migrate_by(steps, params, 4, 4) == {"a": 1}
    assert params == {"a": 1}
    with pytest.raises(UserError) as caught:
        migrate_by(steps, params, 5, 4)
    assert caught.value.code == "node.newer_version"


class Kinds(NodeModel):
    file: File
    table: Table | None = None
    items: Items = Param(default_factory=list)
    where: PerItem[bool] = PerItem.constant(True)
    keys: list[PerItem[str]] = Param(default_factory=list)
    named: dict[str, PerItem[int]] = Param(default_factory=dict)
    maybe: PerItem[str] | None = None
    loose: Json = None
    many: Annotated[list[str] | None, "doc"] = None


def test_kinds_of_fields():
    shapes = {name: per_item_shape(info.annotation) for name, info in Kinds.model_fields.items()}
    assert shapes == {
        "file": None, "table": None, "items": None, "where": "one", "keys": "list", "named": "dict", "maybe": "one",
        "loose": None, "many": None,
    }  # fmt: skip
    assert per_item_shape(Annotated[PerItem[int], "doc"]) == "one"
    assert per_item_shape(PerItem) == "one"
    assert [name for name, info in Kinds.model_fields.items() if takes_items(info)] == ["items"]

    class Optional(NodeModel):
        items: Items | None = None

    assert takes_items(Optional.model_fields["items"])
    schema = Kinds.model_json_schema()["properties"]
    assert schema["where"]["x-studio"] == "per-item"
    assert schema["where"]["x-studio-of"] == {"type": "boolean"}
    assert schema["file"]["x-studio"] == "file"
    assert schema["items"] == {"items": {}, "title": "Items", "type": "array", "x-studio": "items"}


def test_values_of_fields():
    long = ScratchItems([1, 2, 3], 2)
    double = PerItem[int](lambda item, index: item * 2 + index, "item * 2 + index", tree=("a",))
    kinds = Kinds(file=FILE, table=TABLE, items=long, keys=["k", double], named={"a": 1, "b": double})  # type: ignore[dict-item, list-item]
    assert kinds.file is FILE
    assert kinds.items is long
    assert kinds.where("anything", 3) is True
    assert kinds.keys[0](None) == "k"
    assert kinds.named["b"](2, 1) == 5
    assert double.tree == ("a",)
    dumped = dump_output(kinds)
    assert dumped["file"] is FILE
    assert dumped["table"] is TABLE
    assert dumped["items"] is long
    assert dumped["where"] == "True"
    for wrong in ({"file": "a"}, {"file": FILE, "items": "abc"}, {"file": FILE, "items": {}}, {"file": FILE, "x": 1}):
        with pytest.raises(ValidationError):
            Kinds.model_validate(wrong)
    with pytest.raises(ValidationError):
        kinds.loose = 3  # type: ignore[misc]


def test_references_survive_inside_other_values():
    class Deep(NodeModel):
        data: Json

    data = {"files": [FILE, {"t": TABLE}], "text": "\0reference:0", "n": 1}
    dumped = dump_output(Deep(data=data))
    assert dumped == {"data": data}
    assert dumped["data"]["files"][0] is FILE
    assert dump_output(Deep(data=[1, "a"])) == {"data": [1, "a"]}


def test_failures_name_param_and_value():
    class In(NodeModel):
        count: int
        words: list[str] = Param(default_factory=list)
        way: Up | Down | None = Param(None, discriminator="kind")
        either: int | dict[str, int] = 0

    def failing(data: dict[str, Any]) -> ValidationError:
        with pytest.raises(ValidationError) as caught:
            In.model_validate(data)
        return caught.value

    missing = input_invalid("a.b", failing({}), In)
    assert (missing.code, missing.param) == ("node.param_missing", "count")
    unknown = input_invalid("a.b", failing({"count": 1, "cuont": 2}), In)
    assert (unknown.code, unknown.param) == ("node.param_unknown", "cuont")
    invalid = input_invalid("a.b", failing({"count": 1, "words": ["a", 3]}), In)
    assert (invalid.code, invalid.param) == ("node.param_invalid", "words")
    assert invalid.message == "Param words.1 of a.b: should be a text; got the number 3."
    unions = failing({"count": 1, "way": {"kind": "up"}}), failing({"count": 1, "way": {"kind": "down", "far": "no"}})
    assert [input_invalid("a.b", one, In).arguments["param"] for one in unions] == ["way.by", "way.far"]
    extra = input_invalid("a.b", failing({"count": 1, "way": {"kind": "up", "by": 1, "up": 2}}), In)
    assert (extra.code, extra.arguments["param"]) == ("node.param_unknown", "way.up")
    plain = input_invalid("a.b", failing({"count": 1, "either": {"a": ["x"]}}), In)
    assert plain.arguments["param"] == "either"
    whole = input_invalid("a.b", failing("text"), In)  # type: ignore[arg-type]
    assert whole.param is None
    assert "the whole output" in output_invalid("a.b", failing("text"), In).message  # type: ignore[arg-type]
    assert "count" in output_invalid("a.b", failing({}), In).message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"), (True, "true"), (False, "false"), ("a", "the text 'a'"), (1.5, "the number 1.5"),
        (10**50, "a number of 51 digits"), ([1], "a list of 1"), ({"a": 1}, "an object"), (FILE, "a file"),
        (TABLE, "a table"), (b"", "a bytes"),
    ],
)  # fmt: skip
def test_descriptions(value, expected):
    assert describe(value) == expected


def test_a_long_text_is_cut():
    assert describe("x" * 100) == "the text '" + "x" * 40 + "'…"


def test_requests_of_triggers():
    request = TriggerRequest(method="POST", path="/", headers=(("x-a", "1"), ("x-a", "2")))
    assert request.header("X-A") == "1"
    assert request.header("X-B") is None


def test_chunked_lists_are_sequences():
    assert issubclass(ScratchItems, ItemsBase)
