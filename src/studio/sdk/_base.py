"""``BaseNode`` and what a node class declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from studio.domain.status import Effect
from studio.sdk._check import NodeDefinitionError, check_class
from studio.sdk._context import NodeContext
from studio.sdk._model import NodeModel

OutputT = TypeVar("OutputT", bound=NodeModel)


@dataclass(frozen=True, slots=True)
class Example:
    """A run that documents a node and is executed by ``studio nodes check``.

    Args:
        input: Params as in a workflow file. Expressions find ``scope``, ``files`` (the files below by name, as files
            of the execution) and ``server``; ``{server}`` in a text stands for the server's address too.
        output: Compared as far as given: a dict may leave out keys whose values vary.
        title: What it shows.
        port: The port taken.
        error: Code of the error that must come instead of an output.
        scope: Names that expressions find.
        files: Put into the workflow's folder before: path to text or bytes.
        files_after: What must stand there afterwards.
        server: Answers of an HTTP server on loopback: path, or ``METHOD path``, to (status, headers, body), or to a
            list of them for successive calls.
        setup: A real service that it needs: ``postgres``, whose address is ``postgres`` in scope (url, host, port,
            user, password, database).
        body: The graph inside a container; ``{"body": …, "catch": …}`` where it holds several.
        credential: Fields of the credential chosen on the node.
        workflows: Outputs of the workflows that the node calls, by name.
        tables: Data tables that are there before: name to ``columns`` and ``rows``.
        tables_after: Rows that must be in them afterwards, in their order; compared as far as given.
    """

    input: Mapping[str, Any]
    output: Any = None
    title: str = ""
    port: str | None = None
    error: str | None = None
    scope: Mapping[str, Any] = field(default_factory=dict[str, Any])
    files: Mapping[str, str | bytes] = field(default_factory=dict[str, str | bytes])
    files_after: Mapping[str, str | bytes] = field(default_factory=dict[str, str | bytes])
    server: Mapping[str, Any] = field(default_factory=dict[str, Any])
    setup: str | None = None
    body: Mapping[str, Any] | None = None
    credential: Mapping[str, Any] | None = None
    workflows: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tables: Mapping[str, Any] | None = None
    tables_after: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for other nodes: an agent's ``model``, ``memory``, ``tools``."""

    name: str
    kind: str
    many: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Calls:
    """A param that names a workflow, or several, for ``ctx.call``; ``inputs`` is the param that holds its inputs.

    What is named is looked up when the file is checked, and pinned to its version when an execution starts.
    """

    param: str
    inputs: str | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` runs per ``period`` seconds for each ``per``: ``credential``, ``host`` or ``node``."""

    count: int
    period: float
    per: str = "credential"


@dataclass(frozen=True, slots=True)
class Routed(Generic[OutputT]):
    """An output that leaves by the named ports instead of the default one."""

    ports: tuple[str, ...]
    output: OutputT


class BaseNode:
    """Base of all node types.

    A subclass declares its facts as literals, ``Input`` and ``Output`` (or ``input_model`` and ``output_model``),
    ``examples``, and ``async def run(self, input, ctx)``. One instance serves all runs, so it keeps
    no state of its own.
    """

    type: ClassVar[str]
    version: ClassVar[int] = 1
    title: ClassVar[str] = ""
    category: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    keywords: ClassVar[tuple[str, ...]] = ()
    effect: ClassVar[Effect]
    ports: ClassVar[tuple[str, ...]] = ()
    """Named output ports; empty where there is only the default one."""
    open_ports: ClassVar[bool] = False
    """Whether params may add ports (``ports_of``)."""
    passes_input: ClassVar[bool] = False
    """Whether its edges carry what came in, rather than its output (branches)."""
    slots: ClassVar[tuple[Slot, ...]] = ()
    calls: ClassVar[tuple[Calls, ...]] = ()
    """Params that name workflows, which the node may run as child executions (``ctx.call``)."""
    credentials: ClassVar[tuple[str, ...]] = ()
    timeout: ClassVar[float | None] = None
    retries: ClassVar[int] = 1
    """Default number of attempts."""
    rate: ClassVar[Rate | None] = None
    batch_size: ClassVar[int] = 0
    """Largest batch for ``run_many``; 0 where it has none."""
    runs_in: ClassVar[str] = "inline"
    memory_mb: ClassVar[int] = 0
    cpu_heavy: ClassVar[bool] = False
    raw_params: ClassVar[tuple[str, ...]] = ()
    """Params that are given as written; their expressions are evaluated by the engine's executor when it needs them."""
    examples: ClassVar[Sequence[Example]] = ()
    input_model: ClassVar[type[NodeModel]]
    output_model: ClassVar[type[NodeModel]]

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for nested, name in (("Input", "input_model"), ("Output", "output_model")):
            if nested in cls.__dict__:
                setattr(cls, name, cls.__dict__[nested])
        if not abstract:
            check_class(cls, NodeModel, control=hasattr(cls, "bodies"))

    async def run(self, input: Any, ctx: NodeContext) -> Any:
        """Do the work: an ``Output``, a dict that fits it, or ``self.route(port, output)``."""
        raise NodeDefinitionError(f"{self.type} has no run method")

    async def run_many(self, inputs: Sequence[Any], ctx: NodeContext) -> Sequence[Any]:
        """Do the work for a batch; outputs or exceptions in the same order. Used where ``batch_size`` > 0.

        ``ctx.batch`` holds the context of each input: its key, path and intent. ``ctx`` itself is the first one's.
        """
        raise NodeDefinitionError(f"{self.type} declares batch_size but has no run_many method")

    async def prepare(self, input: Any, ctx: NodeContext) -> Any:
        """Facts to record with the intent of a keyed or irreversible effect, given back as ``ctx.intent``."""
        return None

    def effect_of(self, input: Any) -> Effect:
        """The effect for these params; a pure function. Never above the declared one."""
        return self.effect

    def ports_of(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """The ports for these params, as written; a pure function."""
        return self.ports

    @classmethod
    def migrate(cls, params: dict[str, Any], from_version: int) -> dict[str, Any]:
        """Params of an older version as this version wants them; a pure function."""
        return params

    @classmethod
    def input_schema(cls, params: Mapping[str, Any]) -> dict[str, Any]:
        """JSON Schema of the params; may depend on ``params``."""
        return cls.input_model.model_json_schema()

    @classmethod
    def output_schema(cls, params: Mapping[str, Any]) -> dict[str, Any]:
        """JSON Schema of the output; may depend on ``params``."""
        return cls.output_model.model_json_schema(mode="serialization")

    @staticmethod
    def route(port: str | tuple[str, ...], output: OutputT) -> Routed[OutputT]:
        """Let ``output`` leave by ``port`` (or several)."""
        return Routed((port,) if isinstance(port, str) else port, output)


class ControlNode(BaseNode, abstract=True):
    """A node that the engine itself executes: containers, waits, approvals, calls.

    ``executor`` names the engine's part that does it; ``bodies`` the graphs it holds (``body``,
    ``catch``, ``finally``).
    """

    executor: ClassVar[str]
    bodies: ClassVar[tuple[str, ...]] = ()
    scope_names: ClassVar[tuple[str, ...]] = ()
    """Names its body finds in scope beside the usual ones (``state``, ``acc``, ``error``)."""

    async def run(self, input: Any, ctx: NodeContext) -> Any:
        """Never called: the engine's executor does the work."""
        raise NodeDefinitionError(f"{self.type} is executed by the engine")


class ApartNode(BaseNode, abstract=True):
    """A node that stands here for one whose code runs in another process. Not for node authors."""

    async def effect_for(self, input: Any, ctx: NodeContext) -> Effect:
        """As ``effect_of``; the input is checked apart as well."""
        raise NodeDefinitionError(f"{self.type} runs nowhere")

    async def options(self, param: str, ask: Any, ctx: NodeContext) -> Any:
        """As the method that lists choices for a param: an ``OptionsPage``."""
        raise NodeDefinitionError(f"{self.type} runs nowhere")
