"""Questions and answers about expressions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from studio.server._models import In, Out
from studio.server.resources.executions.schemas import ValueOut

Json = Any


class PlaceIn(In):
    """Where expressions stand."""

    node: str = Field(
        default="", max_length=2000, examples=["strong"],
        description="Path of the node: `load`, `places.body.place`. Of a level (empty for the workflow itself, "
        "`places.body`) for its output.",
    )  # fmt: skip


class WrittenIn(In):
    """An expression."""

    value: Json = Field(
        description="What is written: a text with expressions in braces, or any JSON that holds some.",
        examples=["{{ load.data.features[0].properties.mag }}"],
    )
    param: str = Field(
        default="", max_length=2000, examples=["where"],
        description="The param that it is for. Those evaluated per item get `item` and `index`.",
    )  # fmt: skip
    bare: bool = Field(default=False, description="It is one expression, written without braces.")


class PreviewIn(PlaceIn):
    """What is to be previewed."""

    workflow: str | None = Field(
        default=None, max_length=64,
        description="Id or key of the workflow in whose draft they stand; null where only samples are in scope.",
    )  # fmt: skip
    execution: str | None = Field(
        default=None, max_length=64,
        description="Whose recorded outputs are in scope; `last` for the newest of the workflow.",
    )  # fmt: skip
    expressions: list[WrittenIn] = Field(min_length=1, max_length=50)
    pinned: bool = Field(default=True, description="What is pinned beside the draft comes before recorded outputs.")
    samples: dict[str, Json] = Field(
        default={}, max_length=200, description="Values by name, which come before everything else."
    )
    indices: list[int] = Field(
        default=[], max_length=32, description="Which item or turn of each container around, from the outside in."
    )
    index: int = Field(default=0, ge=0, le=2**53, description="Which item, for params that are evaluated per item.")


class ExpressionProblemOut(Out):
    """What is wrong with an expression."""

    code: str = Field(examples=["expression.missing_key_near"])
    message: str = Field(description="What it is, in the language asked for.")
    severity: Literal["error", "warning"]
    start: int | None = Field(description="Where it begins, in characters of the text.")
    end: int | None = Field(description="Where it ends.")
    suggestion: str | None = Field(description="What should stand there instead.")


class PreviewOut(Out):
    """What one expression gives: a value, or a problem, or names that have no data yet."""

    value: ValueOut | None = Field(description="Its first hundred entries; null where there is a problem.")
    type: str | None = Field(examples=["list[text]"])
    problem: ExpressionProblemOut | None
    missing: list[str] = Field(description="Names without data: run what they stand for first, or give samples.")
    index: int | None = Field(description="Which item this is for, where the param is evaluated per item.")
    count: int | None = Field(description="How many items there are.")


class TurnOut(Out):
    """A container around, and which of its items or turns was looked at."""

    node: str = Field(examples=["places"])
    index: int
    count: int | None = Field(description="How many items there are; null where that is not known.")


class PreviewsOut(Out):
    """All previews."""

    items: list[PreviewOut] = Field(description="In the order of `expressions`.")
    around: list[TurnOut] = Field(description="Containers around, from the outside in.")
    execution: str | None
    revision: int | None = Field(description="Revision of the draft.")


class ScopeIn(PlaceIn):
    """A place where an expression is to be written."""

    workflow: str = Field(max_length=64, description="Id or key of the workflow.")
    execution: str = Field(default="last", max_length=64, description="Of whose outputs the observed shapes are.")
    param: str = Field(default="", max_length=2000, description="The param that it is for.")


class NameOut(Out):
    """A name in scope."""

    name: str = Field(examples=["load"])
    kind: str = Field(
        examples=["node"],
        description="node, inputs, vars, execution, workflow, now, input, item, index, state, acc, error, args, event",
    )
    node: str | None = Field(description="Path of the node that it is.")
    type: str | None = Field(description="Type of that node.", examples=["files.read_json"])
    title: str
    optional: bool = Field(description="It may be null, because the node may not run.")
    shape: dict[str, Any] = Field(description="JSON Schema of what is known beforehand; `{}` for anything.")
    observed: dict[str, Any] | None = Field(
        description="JSON Schema of what it was in the execution; null where nothing was recorded. Never a value."
    )


class ScopeOut(Out):
    """Every name in scope."""

    items: list[NameOut]
    execution: str | None = Field(description="Whose outputs were looked at.")
    revision: int = Field(description="Revision of the draft.")


class FunctionParamOut(Out):
    """A parameter of a function."""

    name: str
    takes: str = Field(description="Type of value.", examples=["list"])
    required: bool
    default: Json
    rest: bool = Field(description="It takes all further arguments.")
    keyword: bool = Field(description="It is given by name only.")
    arity: int = Field(description="Parameters of a lambda that may stand for it; 0 for none, -1 for any value too.")


class FunctionExampleOut(Out):
    """An example, which tests run."""

    expression: str = Field(examples=["sum([1, 2, 3])"])
    result: Json


class FunctionOut(Out):
    """A function, or a method of a kind of value."""

    name: str = Field(examples=["sum"])
    receiver: str | None = Field(description="Kind of value that it is a method of; null for functions.")
    signature: str = Field(examples=["sum(items)"])
    category: str = Field(examples=["lists"])
    description: str
    returns: str = Field(examples=["number"])
    params: list[FunctionParamOut]
    examples: list[FunctionExampleOut]


class FunctionsOut(Out):
    """The library."""

    items: list[FunctionOut]
