"""Base of input and output models, and the field types that nodes share."""

from __future__ import annotations

from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from studio.domain.errors import StudioError
from studio.domain.lazy import LazyItems
from studio.domain.nouns import A_LIST
from studio.domain.phrases import Refusal
from studio.domain.values import FileRef, TableRef

T = TypeVar("T")


class NodeModel(BaseModel):
    """Base of ``Input`` and ``Output``: unknown fields are refused, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, ser_json_inf_nan="null")


class _Kind:
    """Pydantic annotation for a value of one reference class, kept by identity and shown as ``x-studio: kind``."""

    def __init__(self, kind: str, cls: type, description: str) -> None:
        self.kind = kind
        self.cls = cls
        self.description = description

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.is_instance_schema(
            self.cls, serialization=core_schema.plain_serializer_function_ser_schema(_same)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "object", "x-studio": self.kind, "description": self.description}


def _same(value: Any) -> Any:
    return value


class ItemsBase(LazyItems):
    """Base of the engine's chunked sequences, so that models can tell them from other objects."""

    __slots__ = ()


class _ItemsKind:
    """Accepts a list or a chunked sequence and keeps it as it is."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _check_items, serialization=core_schema.plain_serializer_function_ser_schema(_same)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "array", "items": {}, "x-studio": "items"}


def _check_items(value: Any) -> Any:
    if isinstance(value, list | ItemsBase):
        return value  # pyright: ignore[reportUnknownVariableType]
    raise Refusal("reason.expected", "should be {expected}", expected=A_LIST)


File = Annotated[FileRef, _Kind("file", FileRef, "A file by reference")]
"""A file by reference. Read and make one with ``NodeContext``."""

Table = Annotated[TableRef, _Kind("table", TableRef, "A table by reference")]
"""A columnar table by reference. Read and make one with ``NodeContext``."""

Items = Annotated[list[Any] | ItemsBase, _ItemsKind()]
"""A list of any length: a plain list, or a chunked sequence by reference (``len``, index, slice, iteration)."""


class PerItem(Generic[T]):
    """A param evaluated once per item: ``where``, ``key``, ``sort by``.

    Calling it with an item (and its index) gives the value, checked against ``T`` by the engine where ``T`` is a plain
    type. ``tree`` is the expression's portable syntax tree for nodes that translate it, None where it is no single
    expression. ``parts`` are those of a list, each a function of an item or a literal; empty for everything else.
    An error names the item at which it came up: ``where[2]``, made of ``param`` (where it is known) and the index.
    """

    __slots__ = ("_call", "param", "parts", "source", "tree")

    def __init__(
        self,
        call: Callable[[Any, int], T],
        source: str,
        tree: Any = None,
        parts: tuple[Any, ...] = (),
        param: str = "",
    ) -> None:
        self._call = call
        self.source = source
        self.tree = tree
        self.parts = parts
        self.param = param

    def __call__(self, item: Any, index: int = 0) -> T:
        try:
            return self._call(item, index)
        except StudioError as error:
            if self.param:
                error.at(param=f"{self.param}[{index}]")
            raise

    @classmethod
    def constant(cls, value: T) -> PerItem[T]:
        """The same value for every item."""
        return cls(lambda _item, _index: value, repr(value))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (inner,) = get_args(source) or (Any,)
        literal = handler(inner)
        constant = core_schema.no_info_after_validator_function(cls.constant, literal)
        return core_schema.union_schema(
            [core_schema.is_instance_schema(PerItem), constant],
            mode="left_to_right",
            serialization=core_schema.plain_serializer_function_ser_schema(_per_item_source),
            metadata={"x-studio-inner": literal},
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        inner = dict(handler(schema["metadata"]["x-studio-inner"]))
        return {"x-studio": "per-item", "x-studio-of": inner}


def _differs(value: Any) -> Any:
    if isinstance(value, PerItem):
        return cast("Any", value)
    raise Refusal(
        "reason.per_item", "should be an expression for each item, such as {example}", example="`{{ item.id }}`"
    )


Varying = BeforeValidator(_differs)
"""For a per-item param of which a constant makes no sense: ``Annotated[PerItem[Json], Varying]``."""


def _per_item_source(value: PerItem[Any]) -> str:
    return value.source


def per_item_shape(annotation: Any) -> str | None:
    """How a field holds per-item functions: ``one``, ``list`` or ``dict`` of them, None where it holds none."""
    origin = get_origin(annotation)
    if annotation is PerItem or origin is PerItem:
        return "one"
    arguments = get_args(annotation)
    if origin is Annotated:
        return per_item_shape(arguments[0])
    if origin is list and arguments and per_item_shape(arguments[0]) == "one":
        return "list"
    if origin is dict and len(arguments) == 2 and per_item_shape(arguments[1]) == "one":
        return "dict"
    shapes = {shape for argument in arguments if (shape := per_item_shape(argument))}
    return shapes.pop() if origin is not None and len(shapes) == 1 else None


def takes_items(info: FieldInfo) -> bool:
    """Whether a field is of kind ``Items``, alone or in a union."""
    stack: list[Any] = [info.annotation, *info.metadata]
    while stack:
        one = stack.pop()
        if isinstance(one, _ItemsKind):
            return True
        if get_origin(one) in (Annotated, Union, UnionType):
            stack.extend(get_args(one))
    return False


def Param(
    default: Any = ...,
    *,
    description: str | None = None,
    title: str | None = None,
    widget: str | None = None,
    language: str | None = None,
    options: str | None = None,
    depends_on: tuple[str, ...] = (),
    visible_when: dict[str, Any] | None = None,
    secret: bool = False,
    alias: str | None = None,
    **constraints: Any,
) -> Any:
    """A field with what its form needs beside the type.

    Args:
        default: Default value; ``...`` makes it required.
        description: One sentence of help.
        title: Label, made from the name where absent.
        widget: Form control that differs from the type's usual one: ``code``, ``multiline``, ``expression``, ``date``,
            ``datetime``, ``time``, ``duration``, ``time_zone``, ``cron``, ``workflow``.
        language: What a ``code`` control holds: ``python``, ``javascript``, ``sql``, ``json``, ``markdown``, ``yaml``.
        options: Name of the node's async method that lists choices, called again when ``depends_on`` change.
        depends_on: Params that the options or the schema depend on.
        visible_when: Show it only where other params have these values.
        secret: Mask the value in logs and views.
        alias: Name in the workflow file where it is a Python keyword.
        **constraints: Pydantic's own: ``ge``, ``le``, ``min_length``, ``max_length``, ``pattern``, ...
    """
    extra: dict[str, Any] = {}
    if widget:
        extra["x-widget"] = widget
    if language:
        extra["x-language"] = language
    if options:
        extra["x-options"] = options
    if depends_on:
        extra["x-depends-on"] = list(depends_on)
    if visible_when:
        extra["x-visible-when"] = visible_when
    if secret:
        extra["x-secret"] = True
    if extra:
        # Given only where there is something: it would take away what the type itself says.
        constraints["json_schema_extra"] = extra
    return Field(default, description=description, title=title, alias=alias, **constraints)
