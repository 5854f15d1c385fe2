"""The workflow document: what a workflow file holds, as models.

These models hold the shape only. Whether node types exist, params fit and expressions make sense is the business of
``studio.validation``, which also knows positions in the file.
"""

from __future__ import annotations

import keyword
import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    ValidationInfo,
    model_validator,
)

from studio.domain.durations import Duration
from studio.domain.errors import ErrorClass
from studio.domain.phrases import Refusal
from studio.domain.status import InDoubtPolicy, Join, OnError

FORMAT_VERSION = 1

SCOPE_NAMES = frozenset(
    {
        "inputs", "vars", "execution", "workflow", "now", "input", "item", "index", "state", "acc", "error", "args",
        "event", "true", "false", "null", "none",
    }
)  # fmt: skip
"""Names that expressions find in scope beside node ids; no node may be called so."""

NODE_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
NODE_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\Z")
MAX_ID_LENGTH = 64
_EDGE = re.compile(
    r"\s*([a-z][a-z0-9_]*)(?:\.([A-Za-z_][A-Za-z0-9_]*))?\s*->\s*([a-z][a-z0-9_]*)(?:\.([A-Za-z_][A-Za-z0-9_]*))?\s*\Z"
)


def check_node_id(value: str) -> str:
    """Return ``value`` if it may name a node.

    Raises:
        ValueError: It has the wrong form, or is a Python keyword or a scope name.
    """
    if not NODE_ID.match(value) or len(value) > MAX_ID_LENGTH:
        raise Refusal(
            "workflow.node_id",
            "{id} is not a node id: use a-z, 0-9 and _, starting with a letter, 64 at most",
            id=repr(value[:100]),
        )
    if keyword.iskeyword(value) or value in SCOPE_NAMES:
        raise Refusal("workflow.reserved_id", "{id} is a reserved word and cannot name a node", id=repr(value))
    return value


ANY_NAMES = {"any_names": True}
"""Validation context in which nodes and inputs may be called anything, to look at the rest of a document."""


def _check_id(value: str, info: ValidationInfo) -> str:
    return value if info.context == ANY_NAMES else check_node_id(value)


NodeId = Annotated[str, AfterValidator(_check_id)]


def _check_input_name(value: str, info: ValidationInfo) -> str:
    if info.context == ANY_NAMES:
        return value
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value) or len(value) > MAX_ID_LENGTH:
        raise Refusal(
            "workflow.input_name",
            "{name} is not a name for an input: use letters, digits and _",
            name=repr(value[:100]),
        )
    return value


NodeInputName = Annotated[str, AfterValidator(_check_input_name)]


def _whole(value: Any) -> Any:
    """``2.0`` is a whole number in JSON Schema, and so it is here."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WholeNumber = Annotated[StrictInt, BeforeValidator(_whole)]


class Model(BaseModel):
    """Base of the document's models: unknown keys are errors, instances do not change.

    Validators are built when they are first used, since most models are only ever used as parts of a workflow's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=False, defer_build=True)


class Edge(Model):
    """``source[.port] -> target[.param]``.

    ``port`` None means the node's default port. A ``param`` writes a reference to what the edge carries into it.
    """

    source: str
    port: str | None = None
    target: str
    param: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        return cls._parts(data) if isinstance(data, str) else data

    @classmethod
    def parse(cls, text: str) -> Edge:
        """Read the written form.

        Raises:
            ValueError: The text has another form.
        """
        return cls(**cls._parts(text))

    @staticmethod
    def _parts(text: str) -> dict[str, Any]:
        match = _EDGE.match(text)
        if match is None:
            raise Refusal(
                "workflow.bad_edge",
                "{text} is not an edge; write source -> target, or source.port -> target.param",
                text=repr(text[:200]),
            )
        source, port, target, param = match.groups()
        return {"source": source, "port": port, "target": target, "param": param}

    def __str__(self) -> str:
        source = f"{self.source}.{self.port}" if self.port else self.source
        target = f"{self.target}.{self.param}" if self.param else self.target
        return f"{source} -> {target}"


class RetryPolicy(Model):
    """How often and how soon a failed attempt is repeated: exponential backoff with full jitter.

    The wait before attempt n is drawn evenly from 0 to ``min(max_delay, first_delay * factor ** (n - 2))``; a
    provider's Retry-After is a lower bound. ``max_total`` caps the time from first attempt to the last retry.
    """

    max_attempts: WholeNumber = Field(default=3, ge=1, le=1000)
    first_delay: Duration = "1s"
    max_delay: Duration = "5m"
    factor: StrictFloat = Field(default=2.0, ge=1, le=100)
    max_total: Duration = "1h"
    on: list[ErrorClass] | None = None


class Fallback(Model):
    """What to run instead where all attempts failed: another node type with params of its own."""

    type: str
    params: dict[str, Any] = {}
    credential: str | None = None
    version: WholeNumber | None = None


class CachePolicy(Model):
    """How long the output of a pure node may be reused for the same input."""

    ttl: Duration = "1d"


class Graph(Model):
    """Nodes and edges of one level, and what the level gives."""

    nodes: dict[NodeId, Node] = {}
    edges: list[Edge] = []
    output: Any = None
    next: Any = None


class Node(Model):
    """A placed instance of a node type."""

    type: str
    title: str | None = None
    version: WholeNumber | None = None
    params: dict[str, Any] = {}
    disabled: StrictBool = False
    notes: str | None = None
    credential: str | dict[str, str] | None = None
    retry: RetryPolicy | WholeNumber | StrictBool | None = None
    timeout: Duration | None = None
    on_error: OnError = OnError.FAIL
    fallback: list[Fallback] = []
    each: Any = None
    run_if: Any = None
    join: Join = Join.ANY
    cache: CachePolicy | StrictBool | None = None
    in_doubt: InDoubtPolicy = InDoubtPolicy.ASK
    pool: str | None = None
    region: str | None = None
    slots: dict[str, SlotNode | list[SlotNode]] = {}
    inputs: Any = None
    body: Graph | None = None
    catch: Graph | None = None
    finally_: Graph | None = Field(default=None, alias="finally")


class SlotNode(Node):
    """A node that sits in another node's slot. ``args`` and ``approval`` concern tools."""

    id: NodeId
    args: dict[str, Any] | None = None
    approval: Any = None


class Concurrency(Model):
    """At most ``limit`` executions with the same ``key`` run at once; the others wait in the queue."""

    limit: WholeNumber = Field(ge=1, le=100_000)
    key: Any = None
    hold_while_waiting: StrictBool = False


class Budget(Model):
    """What one execution may use up."""

    node_runs: Annotated[StrictInt, Field(ge=1), BeforeValidator(_whole)] | None = None
    tokens: Annotated[StrictInt, Field(ge=0), BeforeValidator(_whole)] | None = None
    cost: Annotated[StrictFloat, Field(ge=0)] | None = None


class Settings(Model):
    """Settings of a whole workflow. ``timeout`` leaves out waiting, ``deadline`` does not."""

    timeout: Duration | None = None
    deadline: Duration | None = None
    grace: Duration = "10s"
    concurrency: Concurrency | WholeNumber | None = None
    parallel: WholeNumber = Field(default=64, ge=1, le=10_000)
    error_workflow: str | None = None
    retention: Duration | None = None
    priority: WholeNumber = Field(default=0, ge=-100, le=100)
    tags: list[str] = []
    budget: Budget | None = None
    pool: str | None = None
    region: str | None = None
    time_zone: str = "UTC"
    acknowledge: Literal["end", "node"] = "end"


class Canvas(Model):
    """Where things are drawn. No part of the content hash."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)
    positions: dict[str, tuple[StrictFloat, StrictFloat]] = {}
    notes: list[Any] = []
    groups: list[Any] = []


def _no_truth(value: Any) -> Any:
    """``true`` equals 1 in Python; in a document it is no number."""
    return str(value) if isinstance(value, bool) else value


class Workflow(Graph):
    """A workflow document."""

    studio: Annotated[Literal[1], BeforeValidator(_no_truth)]
    name: str = Field(min_length=1, max_length=200)
    description: str | None = None
    inputs: dict[NodeInputName, dict[str, Any]] = {}
    settings: Settings = Settings()
    canvas: Canvas | None = None
