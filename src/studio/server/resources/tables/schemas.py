"""Bodies and answers about data tables."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue

from studio.server._models import In, Out, Time

Type: TypeAlias = Literal["text", "integer", "number", "boolean", "date", "datetime", "json"]
Name = Annotated[str, Field(min_length=1, max_length=200, examples=["people"])]
Cells = Annotated[
    dict[str, JsonValue],
    Field(max_length=200, description="Values by the names of columns.", examples=[{"mail": "ada@example.org"}]),
]
Filter = Annotated[
    dict[str, JsonValue] | None,
    Field(
        description=(
            "Which rows: a condition with `column`, `op` and `value`, or `all`, `any` or `not` around others; null "
            "for all rows. `op` is eq, ne, lt, le, gt, ge, in, contains, starts_with, empty or not_empty."
        ),
        examples=[{"all": [{"column": "age", "op": "ge", "value": 18}, {"column": "mail", "op": "not_empty"}]}],
    ),
]


class ColumnIn(In):
    """A new column."""

    name: Name
    type: Type = "text"
    required: bool = Field(default=False, description="Every row has a value.")
    unique: bool = Field(default=False, description="No two rows have the same value.")
    indexed: bool = Field(default=False, description="Rows are found by its value without reading all of them.")
    default: JsonValue = Field(default=None, description="Value of rows that are added without one.")
    description: str = Field(default="", max_length=2000)


class ColumnPatch(In):
    """What becomes of a column. What is left out stays."""

    name: Name | None = None
    type: Type | None = None
    required: bool | None = None
    unique: bool | None = None
    indexed: bool | None = None
    default: JsonValue = Field(default=None, description="Null takes the default away.")
    description: str | None = Field(default=None, max_length=2000)


class ColumnOut(Out):
    """A column."""

    name: str
    type: Type
    required: bool
    unique: bool
    indexed: bool
    default: JsonValue
    description: str


class TableIn(In):
    """A new table."""

    name: Name
    description: str = Field(default="", max_length=2000)
    columns: list[ColumnIn] = Field(default_factory=list[ColumnIn], max_length=100)


class TablePatch(In):
    """What becomes of a table. What is left out stays."""

    name: Name | None = None
    description: str | None = Field(default=None, max_length=2000)


class TableOut(Out):
    """A table."""

    id: str
    name: str
    description: str
    columns: list[ColumnOut]
    revision: int = Field(description="Rises with every change of name, description or columns; the ETag.")
    rows: int | None = Field(description="How many there are; null in lists.")
    changing: bool = Field(description="Whether a column's values are being made anew, so that nobody can write rows.")
    created_at: Time
    updated_at: Time


class RowOut(Out):
    """A row."""

    id: str
    revision: int = Field(description="Rises with every change; the ETag.")
    created_at: Time
    updated_at: Time
    cells: dict[str, JsonValue] = Field(description="Values by the names of columns, null where there is none.")


class RowIn(In):
    """A new row. A column that is left out gets its default."""

    cells: Cells


class RowPatch(In):
    """Values to set. What is left out stays; null empties a cell."""

    cells: Cells


class RowsIn(In):
    """New rows."""

    rows: list[Cells] = Field(min_length=1, max_length=1000)


class IdsOut(Out):
    """Ids of new rows, in their order."""

    ids: list[str]


class UpsertIn(In):
    """A row to change or add."""

    column: Name = Field(description="A unique column, which tells rows apart.", examples=["mail"])
    cells: Cells = Field(description="Values by the names of columns, that of the unique one among them.")


class UpsertOut(Out):
    """The row as it is now."""

    row: RowOut
    created: bool


class FilterIn(In):
    """Which rows. They must be named: a missing filter does not mean all of them."""

    filter: Filter


class UpdateIn(FilterIn):
    """Which rows get which values."""

    cells: Cells = Field(min_length=1)


class IncrementIn(FilterIn):
    """Which rows get more."""

    column: Name = Field(examples=["stock"])
    by: float = Field(default=1, allow_inf_nan=False, description="What to add; negative takes away.")


class CountOut(Out):
    """How many rows it concerned."""

    count: int
