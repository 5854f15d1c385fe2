"""Field types that the pack's nodes share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from studio.sdk import Items, Table

Tabular = Table | Items
"""A table, or a list of records that is made into one."""


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


Columns = Annotated[str | list[str], AfterValidator(_several)]
"""One column's name, or several."""

DataType = Literal["text", "integer", "number", "boolean", "date", "datetime", "time", "duration", "category"]
