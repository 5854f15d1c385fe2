"""The checks that a node class must pass where it is defined."""

from __future__ import annotations

import dis
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, MutableMapping, MutableSequence, MutableSet
from typing import Any, NoReturn, cast, get_args

from pydantic import BaseModel

from studio.domain.status import Effect
from studio.domain.workflow import NODE_TYPE

RUNS_IN = ("inline", "task", "thread", "process")
BODIES = ("body", "catch", "finally")
RATE_PER = ("credential", "host", "node")
_DEEPEST = 4
"""Levels of params within params whose forms are looked at."""

_CONTRACT = ("studio.sdk._base", "studio.sdk._trigger", "builtins")
"""Modules of the base classes whose methods only say what may be overridden."""

_PORT = re.compile(r"[a-z][a-z0-9_]*\Z")
_MUTABLE = (MutableSequence, MutableMapping, MutableSet)
_TEXTS = ("title", "category", "icon")
_FLAGS = ("open_ports", "passes_input", "cpu_heavy")
_TUPLES = ("ports", "keywords", "credentials", "raw_params")


class NodeDefinitionError(TypeError):
    """A node class breaks the contract; raised where the class is defined, with the reason."""


def owns(cls: type, name: str) -> bool:
    """Whether the class defines ``name``, itself or by a base that is not one of the contract's."""
    return any(name in one.__dict__ for one in cls.__mro__ if one.__module__ not in _CONTRACT)


def refuse(cls: type, reason: str) -> NoReturn:
    """Refuse a class, naming it and the reason.

    Raises:
        NodeDefinitionError: Always.
    """
    raise NodeDefinitionError(f"{cls.__module__}.{cls.__qualname__}: {reason}")


def check_class(cls: Any, base_model: type[BaseModel], *, control: bool) -> None:
    """Refuse a class that breaks the contract.

    Args:
        cls: The node class.
        base_model: What ``Input`` and ``Output`` must derive from.
        control: Whether the engine executes it, so that it needs no ``run``.
    """
    _check_identity(cls)
    _check_facts(cls)
    _check_state(cls)
    for name, nested in (("input_model", "Input"), ("output_model", "Output")):
        model: object = getattr(cls, name, None)
        if not (isinstance(model, type) and issubclass(model, base_model)):
            refuse(cls, f"`{nested}` (or `{name}`) must be a class derived from NodeModel, got {model!r}")
        _check_model(cls, model, nested, base_model)
    _check_params(cls, cls.input_model)
    _check_calls(cls)
    if control:
        _check_control(cls)
    else:
        _check_methods(cls)
        _check_routes(cls)


def _check_identity(cls: Any) -> None:
    type_id = getattr(cls, "type", None)
    if not isinstance(type_id, str) or not NODE_TYPE.match(type_id):
        refuse(cls, f"`type` must be an id such as 'text.slugify', got {type_id!r}")
    effect = getattr(cls, "effect", None)
    if not isinstance(effect, Effect):
        refuse(cls, f"`effect` must be one of {', '.join(f'Effect.{one.name}' for one in Effect)}, got {effect!r}")
    if not _whole(cls.version, 1):
        refuse(cls, f"`version` must be a whole number from 1, got {cls.version!r}")
    if cls.version > 1 and not owns(cls, "migrate"):
        refuse(cls, f"`version` is {cls.version}, but `migrate` does not say how older params become new ones")


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _check_facts(cls: Any) -> None:
    for name in _TEXTS:
        if not isinstance(getattr(cls, name), str):
            refuse(cls, f"`{name}` must be a text")
    for name in _FLAGS:
        if not isinstance(getattr(cls, name), bool):
            refuse(cls, f"`{name}` must be True or False")
    for name in _TUPLES:
        value: object = getattr(cls, name)
        if not isinstance(value, tuple):
            refuse(cls, f"`{name}` must be a tuple, so that it cannot change")
        if not all(isinstance(one, str) for one in cast("tuple[object, ...]", value)):
            refuse(cls, f"`{name}` must hold texts only")
    for port in cls.ports:
        if not _PORT.match(port) or port == "error":
            refuse(cls, f"port {port!r} must consist of a-z, 0-9 and _, and not be `error`, which every node has")
    _unique(cls, "ports", cls.ports)
    if cls.runs_in not in RUNS_IN:
        refuse(cls, f"`runs_in` must be one of {', '.join(RUNS_IN)}, got {cls.runs_in!r}")
    timeout: object = cls.timeout
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout <= 0):
        refuse(cls, f"`timeout` must be None or a number of seconds above 0, got {timeout!r}")
    for name, least in (("retries", 1), ("batch_size", 0), ("memory_mb", 0)):
        if not _whole(getattr(cls, name), least):
            refuse(cls, f"`{name}` must be a whole number from {least}, got {getattr(cls, name)!r}")
    _check_parts(cls)


def _check_parts(cls: Any) -> None:
    """Slots, rate and examples: objects of the SDK's own classes."""
    slots: object = cls.slots
    if not isinstance(slots, tuple):
        refuse(cls, "`slots` must be a tuple, so that it cannot change")
    for slot in cast("tuple[object, ...]", slots):
        if type(slot).__name__ != "Slot" or not _PORT.match(getattr(slot, "name", "")):
            refuse(cls, f"`slots` must hold Slot(name, kind) with a name of a-z, 0-9 and _, got {slot!r}")
    _unique(cls, "slots", [slot.name for slot in cls.slots])
    calls: object = cls.calls
    if not isinstance(calls, tuple) or not all(
        type(one).__name__ == "Calls" for one in cast("tuple[object, ...]", calls)
    ):
        refuse(cls, "`calls` must be a tuple of Calls(param, inputs)")
    rate = cls.rate
    if rate is not None and (
        type(rate).__name__ != "Rate" or rate.count < 1 or rate.period <= 0 or rate.per not in RATE_PER
    ):
        refuse(cls, f"`rate` must be None or Rate(count, seconds, per) with per one of {', '.join(RATE_PER)}")
    examples: object = cls.examples
    if not isinstance(examples, tuple | list) or not all(
        type(one).__name__ == "Example" for one in cast("tuple[object, ...]", examples)
    ):
        refuse(cls, "`examples` must be a tuple of Example(...)")


def _unique(cls: type, name: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            refuse(cls, f"`{name}` names {value!r} twice")
        seen.add(value)


def _check_state(cls: type) -> None:
    """One instance serves all runs, side by side: nothing on the class may change."""
    for name, value in cls.__dict__.items():
        if isinstance(value, _MUTABLE) and name != "examples" and not name.startswith("__"):
            refuse(cls, f"`{name}` is mutable and would be shared by all runs; use a tuple or frozenset, or ctx.state")
    signature = inspect.signature(cls.__init__)
    for parameter in list(signature.parameters.values())[1:]:
        if parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        ):
            refuse(cls, f"`__init__` must do without arguments, but wants `{parameter.name}`")


def _check_model(cls: type, model: type[BaseModel], name: str, base: type[BaseModel]) -> None:
    if model.model_config.get("extra") != "forbid" and name == "Input":
        refuse(cls, f"`{name}` must refuse unknown fields (extra='forbid')")
    for place, default in _defaults(model, name, base, frozenset()):
        if isinstance(default, _MUTABLE):
            refuse(cls, f"`{place}` has a mutable default; use Param(default_factory=...)")


def _defaults(
    model: type[BaseModel], place: str, base: type[BaseModel], seen: frozenset[type]
) -> Iterator[tuple[str, object]]:
    """Place and default of every field, also of the models inside that are written for nodes."""
    for field, info in model.model_fields.items():
        here = f"{place}.{field}"
        yield here, info.default
        for inner in models_in(info.annotation, base):
            if inner not in seen:
                yield from _defaults(inner, here, base, seen | {inner})


def models_in(annotation: Any, base: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """The models that a type is made of, those derived from ``base``."""
    if isinstance(annotation, type) and issubclass(annotation, base):
        yield annotation
    for one in get_args(annotation):
        yield from models_in(one, base)


def _check_params(
    cls: type, model: type[BaseModel], place: str = "Input", above: frozenset[str] = frozenset(), depth: int = 0
) -> None:
    """What the form of a param refers to must exist, beside it or further out."""
    known = above | {info.alias or name for name, info in model.model_fields.items()}
    for name, info in model.model_fields.items():
        if depth < _DEEPEST:
            for inner in models_in(info.annotation):
                _check_params(cls, inner, f"{place}.{name}", known, depth + 1)
        given: object = cast("Any", info).json_schema_extra
        if not isinstance(given, dict):
            continue
        extra = cast("dict[str, Any]", given)
        options = extra.get("x-options")
        if isinstance(options, str) and not inspect.iscoroutinefunction(getattr(cls, options, None)):
            refuse(cls, f"`{place}.{name}` takes its options from `{options}`, but there is no such `async def`")
        for key, label in (("x-depends-on", "depends on"), ("x-visible-when", "is visible by")):
            for other in cast("Iterable[str]", extra.get(key) or ()):
                if other not in known:
                    refuse(cls, f"`{place}.{name}` {label} the param `{other}`, which there is not")


def _check_calls(cls: Any) -> None:
    """A node that calls is run again from its beginning while it waits, and what is called may do anything."""
    known = {info.alias or name for name, info in cls.input_model.model_fields.items()}
    for one in cls.calls:
        for name in (one.param, one.inputs):
            if name is not None and name not in known:
                refuse(cls, f"`calls` names the param `{name}`, which there is not")
    if cls.calls and cls.effect is not Effect.KEYED:
        refuse(cls, "`calls` needs the effect KEYED: what is called may have any, under a key of its own")
    if cls.calls and cls.batch_size:
        refuse(cls, "`calls` and `batch_size` do not go together: a child belongs to one node run")


def _check_control(cls: Any) -> None:
    if not isinstance(getattr(cls, "executor", None), str):
        refuse(cls, "`executor` must name the part of the engine that executes it")
    for name in ("bodies", "scope_names"):
        if not isinstance(getattr(cls, name), tuple):
            refuse(cls, f"`{name}` must be a tuple, so that it cannot change")
    for body in cls.bodies:
        if body not in BODIES:
            refuse(cls, f"`bodies` may hold {', '.join(BODIES)}, got {body!r}")


def _check_methods(cls: Any) -> None:
    if not owns(cls, "run") and not cls.batch_size and not hasattr(cls, "event_model"):
        refuse(cls, "`async def run(self, input, ctx)` is missing")
    if cls.batch_size and not owns(cls, "run_many"):
        refuse(cls, "`batch_size` is set, but `run_many` is missing")
    if owns(cls, "run_many") and not cls.batch_size:
        refuse(cls, "`run_many` is defined, but `batch_size` says that there are no batches")
    for name, count in (("run", 3), ("run_many", 3), ("prepare", 3)):
        method = getattr(cls, name)
        if not inspect.iscoroutinefunction(method):
            refuse(cls, f"`{name}` must be `async def`")
        if len(inspect.signature(method).parameters) != count:
            refuse(cls, f"`{name}` takes self, {'inputs' if name == 'run_many' else 'input'} and ctx")
    if owns(cls, "prepare") and not cls.effect.needs_intent:
        refuse(cls, "`prepare` is only called for effects that record an intent (KEYED, IRREVERSIBLE)")
    for name in ("effect_of", "ports_of", "migrate", "input_schema", "output_schema"):
        if inspect.iscoroutinefunction(getattr(cls, name)):
            refuse(cls, f"`{name}` is a pure function and cannot be `async def`")


def _check_routes(cls: Any) -> None:
    """Refuse literal routes to ports that are not declared. Computed routes are checked at run time."""
    if cls.open_ports:
        return
    for name, method in cls.__dict__.items():
        for port in literal_routes(method) if inspect.isfunction(method) else ():
            if port not in cls.ports:
                refuse(cls, f"`{name}` routes to port {port!r}, which `ports` does not declare")


def literal_routes(function: Callable[..., Any]) -> list[str]:
    """Ports that calls of ``self.route("port", ...)`` name, read from the compiled code."""
    code = getattr(function, "__code__", None)
    if code is None or "route" not in code.co_names:
        return []
    found: list[str] = []
    after_route = False
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_METHOD", "LOAD_ATTR") and step.argval == "route":
            after_route = True
        elif after_route and step.opname == "LOAD_CONST":
            value: object = step.argval
            ports = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
            found.extend(port for port in ports if isinstance(port, str))
            after_route = False
        elif step.opname not in ("PRECALL", "CACHE", "PUSH_NULL", "EXTENDED_ARG"):
            after_route = False
    return found
