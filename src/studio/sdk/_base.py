"""``BaseNode`` and what a node class declares."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar, cast

from pydantic import BaseModel

from studio.domain.status import Effect
from studio.domain.workflow import NODE_TYPE
from studio.sdk._context import NodeContext
from studio.sdk._model import NodeModel

OutputT = TypeVar("OutputT", bound=NodeModel)

RUNS_IN = ("inline", "task", "thread", "process")


@dataclass(frozen=True, slots=True)
class Example:
    """A run that documents a node and is executed by ``studio nodes check``.

    ``output`` is compared as far as given: a dict may leave out keys whose values vary. ``port`` is the port taken,
    ``error`` the code of the error that must come instead of an output. ``files`` (name to text or bytes) are put
    into a scratch folder that ``input`` may name, ``server`` answers HTTP on loopback: path to (status, headers, body)
    or a list of them for successive calls; ``{server}`` in the input stands for its address. ``setup`` names a real
    service the example needs (``postgres``).
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


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for other nodes: an agent's ``model``, ``memory``, ``tools``."""

    name: str
    kind: str
    many: bool = False
    required: bool = False


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


class NodeDefinitionError(TypeError):
    """A node class breaks the contract; raised where the class is defined, with the reason."""


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
    examples: ClassVar[Sequence[Example]] = ()
    input_model: ClassVar[type[NodeModel]]
    output_model: ClassVar[type[NodeModel]]

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for nested, name in (("Input", "input_model"), ("Output", "output_model")):
            if nested in cls.__dict__:
                setattr(cls, name, cls.__dict__[nested])
        if not abstract:
            _check_class(cls)

    async def run(self, input: Any, ctx: NodeContext) -> Any:
        """Do the work: an ``Output``, a dict that fits it, or ``self.route(port, output)``."""
        raise NodeDefinitionError(f"{self.type} has no run method")

    async def run_many(self, inputs: Sequence[Any], ctx: NodeContext) -> Sequence[Any]:
        """Do the work for a batch; outputs or exceptions in the same order. Used where ``batch_size`` > 0."""
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


_PORT = re.compile(r"[a-z][a-z0-9_]*\Z")


def _check_class(cls: type[BaseNode]) -> None:
    """Refuse a class that breaks the contract, naming it and the reason."""

    def refuse(reason: str) -> None:
        raise NodeDefinitionError(f"{cls.__module__}.{cls.__qualname__}: {reason}")

    type_id = getattr(cls, "type", None)
    if not isinstance(type_id, str) or not NODE_TYPE.match(type_id):
        refuse(f"`type` must be an id such as 'text.slugify', got {type_id!r}")
    effect = getattr(cls, "effect", None)
    if not isinstance(effect, Effect):
        refuse(f"`effect` must be one of {', '.join(f'Effect.{one.name}' for one in Effect)}, got {effect!r}")
    for name, nested in (("input_model", "Input"), ("output_model", "Output")):
        model = getattr(cls, name, None)
        if not (isinstance(model, type) and issubclass(model, NodeModel)):
            refuse(f"`{nested}` (or `{name}`) must be a class derived from NodeModel, got {model!r}")
        else:
            _check_model(cls, model, nested, refuse)
    version: object = cls.version
    if not isinstance(version, int) or version < 1:
        refuse(f"`version` must be a whole number from 1, got {cls.version!r}")
    if cls.runs_in not in RUNS_IN:
        refuse(f"`runs_in` must be one of {', '.join(RUNS_IN)}, got {cls.runs_in!r}")
    for name in ("ports", "slots", "keywords", "credentials"):
        if not isinstance(getattr(cls, name), tuple):
            refuse(f"`{name}` must be a tuple, so that it cannot change")
    for port in cls.ports:
        if not _PORT.match(port):
            refuse(f"port {port!r} must consist of a-z, 0-9 and _")
    if issubclass(cls, ControlNode):
        return
    if cls.run is BaseNode.run and cls.batch_size == 0:
        refuse("`async def run(self, input, ctx)` is missing")
    if not inspect.iscoroutinefunction(cls.run):
        refuse("`run` must be `async def`")
    if cls.batch_size and cls.run_many is BaseNode.run_many:
        refuse("`batch_size` is set, but `run_many` is missing")
    _check_routes(cls, refuse)


def _check_model(cls: type[BaseNode], model: type[BaseModel], name: str, refuse: Any) -> None:
    if model.model_config.get("extra") != "forbid" and name == "Input":
        refuse(f"`{name}` must refuse unknown fields (extra='forbid')")
    for field_name, info in model.model_fields.items():
        default: object = info.default
        if isinstance(default, list | dict | set | bytearray) and len(cast("list[object]", default)):
            refuse(f"`{name}.{field_name}` has a mutable default; use Field(default_factory=...)")


_ROUTE = re.compile(r"self\.route\(\s*[\"']([A-Za-z0-9_]+)[\"']")


def _check_routes(cls: type[BaseNode], refuse: Any) -> None:
    """Refuse literal routes to ports that are not declared. Computed routes are checked at run time."""
    if cls.open_ports or "run" not in cls.__dict__:
        return
    try:
        source = inspect.getsource(cls.run)
    except (OSError, TypeError):
        return
    for port in _ROUTE.findall(source):
        if port not in cls.ports:
            refuse(f"`run` routes to port {port!r}, which `ports` does not declare")
