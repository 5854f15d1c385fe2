"""Nodes that stand for those of a private pack: what is known of them is data, what they do is done apart."""

from __future__ import annotations

import types
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any, ClassVar, TypeVar, cast

import msgspec

from studio.catalog._facts import NodeFacts
from studio.catalog.apart.answers import Answers
from studio.catalog.apart.context import Facts
from studio.catalog.apart.described import Checked, Model, Pack, Type, error_of
from studio.catalog.apart.models import given, stand_in_model
from studio.catalog.apart.running import run
from studio.catalog.apart.work import pure
from studio.contracts.apart import Foreign, Limits, Walls, asked_for
from studio.domain.errors import NodeTimeout, UserError
from studio.domain.status import Effect
from studio.sdk import (
    ApartNode,
    BaseNode,
    Calls,
    Example,
    NodeContext,
    NodeDefinitionError,
    Option,
    Options,
    OptionsPage,
    Rate,
    Received,
    Routed,
    Slot,
    TriggerEvent,
    TriggerNode,
    TriggerRequest,
)

T = TypeVar("T")
_REMEMBERED = 512
PURE = Limits(seconds=15, memory_mb=512, output_mb=1)
_FORMS = Limits(seconds=30, memory_mb=512, output_mb=64)
_LONGEST = 3600.0
_MEMORY, _OUTPUT = 512, 256


class Behind:
    """Where the code of a node is: its pack, and how that is reached."""

    def __init__(self, foreign: Foreign, pack: Pack, facts: NodeFacts, permissions: Sequence[str]) -> None:
        self.foreign = foreign
        self.pack = msgspec.to_builtins(pack)
        self.name = pack.id
        self.facts = msgspec.msgpack.encode(facts)
        self.permissions = permissions
        self.readable = (pack.folder,)
        self.digest = pack.digest
        self._known: OrderedDict[bytes, Any] = OrderedDict()
        self._lock = Lock()

    def walls(self, whom: str) -> Walls:
        """Processes of this pack, for one workspace alone."""
        return Walls(f"{self.name} {self.digest} {whom}", self.readable)

    def checked(self, asked_as: str, value: Any) -> Checked:
        """What a model says of something."""
        return self.pure(asked_as, value, kind=Checked)

    def pure(self, method: str, *args: Any, kind: type[T]) -> T:
        """What a pure function gives. Asked once for the same; blocks.

        Raises:
            StudioError: It failed, was stopped, or gave something else than it should.
        """
        whom = asked_for.get()
        key = msgspec.msgpack.encode([whom, method, *args])
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        try:
            found = self.foreign.ask(
                self.walls(f"for {whom}"), pure, self.pack, self.facts, method, list(args), limits=PURE
            )  # fmt: skip
        except TimeoutError as error:
            raise stopped(self.name, method, PURE.seconds) from error
        try:
            found = msgspec.convert(found, kind)
        except msgspec.ValidationError as error:
            raise UserError(
                "pack.odd_answer", "{method} of the private pack {pack} gave something odd: {reason}.", method=method,
                pack=self.name, reason=str(error),
            ) from error  # fmt: skip
        with self._lock:
            self._known[key] = found
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found


def stopped(pack: str, method: str, seconds: float) -> NodeTimeout:
    """The error for code of a private pack whose time was up."""
    return NodeTimeout(
        "pack.stopped", "{method} of the private pack {pack} took longer than {limit} s and was stopped.",
        method=method, pack=pack, limit=seconds,
    )  # fmt: skip


class StandIn(ApartNode, abstract=True):
    """Base of all of them."""

    behind: ClassVar[Behind]
    known: ClassVar[Type]

    # What is known of it

    @classmethod
    def input_schema(cls, params: Mapping[str, Any]) -> dict[str, Any]:
        return cls._schema("input_schema", cls.known.input, params)

    @classmethod
    def output_schema(cls, params: Mapping[str, Any]) -> dict[str, Any]:
        return cls._schema("output_schema", cls.known.output, params)

    @classmethod
    def _schema(cls, method: str, fixed: dict[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
        if method not in cls.known.own or not params:
            return fixed
        return cls.behind.pure(method, dict(params), kind=dict[str, Any])

    def ports_of(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        if "ports_of" not in self.known.own:
            return self.ports
        return tuple(self.behind.pure("ports_of", dict(params), kind=list[str]))

    def effect_of(self, input: Any) -> Effect:
        if "effect_of" not in self.known.own:
            return self.effect
        return self._effect(self.behind.pure("effect_of", given(input), kind=str))

    @classmethod
    def migrate(cls, params: dict[str, Any], from_version: int) -> dict[str, Any]:
        if "migrate" not in cls.known.own:
            return params
        return cls.behind.pure("migrate", params, from_version, kind=dict[str, Any])

    def _effect(self, found: Any) -> Effect:
        """The effect that the pack's code says, never above the declared one."""
        effect = Effect(found) if isinstance(found, str) and found in set(Effect) else self.effect
        return min(effect, self.effect, key=lambda one: one.rank)

    # What is done apart

    async def effect_for(self, input: Any, ctx: NodeContext) -> Effect:
        if "effect_of" not in self.known.own and not self.effect.needs_intent:
            return self.effect  # its params are checked where it runs
        return self._effect(await self._do("judge", ctx, input))

    async def prepare(self, input: Any, ctx: NodeContext) -> Any:
        return await self._do("prepare", ctx, input) if "prepare" in self.known.own else None

    async def run(self, input: Any, ctx: NodeContext) -> Any:
        ports, output = await self._do("run", ctx, input)
        return output if ports is None else Routed(tuple(str(port) for port in ports), output)

    async def options(self, param: str, ask: Options, ctx: NodeContext) -> OptionsPage:
        asked = {"params": dict(ask.params), "search": ask.search, "page": ask.page, "limit": ask.limit}
        found, following = await self._talk("options", ctx, [param, asked], _FORMS)
        page = [Option(value, str(label), str(help)) for value, label, help in found[: ask.limit]]
        return OptionsPage(page, str(following) if following is not None else None)

    async def _do(self, method: str, ctx: NodeContext, input: Any, *more: Any) -> Any:
        seconds = self.timeout if self.timeout is not None and not self.calls else _LONGEST
        limits = Limits(seconds=seconds, memory_mb=max(_MEMORY, self.memory_mb), output_mb=_OUTPUT)
        return await self._talk(method, ctx, [given(input), *more], limits)

    async def _talk(self, method: str, ctx: NodeContext, args: list[Any], limits: Limits) -> Any:
        answers = Answers(self.type, ctx, self.behind.permissions, _aliases(ctx))
        facts = msgspec.to_builtins(_facts(self.type, ctx, answers))
        try:
            found = await self.behind.foreign.converse(
                self.behind.walls(f"of {ctx.workspace}"), run, self.behind.pack, self.behind.facts, method,
                [answers.sent(one) for one in args], facts, limits=limits, answer=answers,
            )  # fmt: skip
            if found[0] == "raised":
                raise _raised(*found[1:])
            return answers.found(found[1])
        except TimeoutError as error:
            if found_late(error):
                raise
            raise stopped(self.behind.name, method, limits.seconds) from error
        finally:
            await answers.close()


class StandInTrigger(StandIn, TriggerNode, abstract=True):
    """Stands for a trigger."""

    async def activate(self, input: Any, ctx: NodeContext) -> None:
        if "activate" in self.known.own:
            await self._do("activate", ctx, input)

    async def deactivate(self, input: Any, ctx: NodeContext) -> None:
        if "deactivate" in self.known.own:
            await self._do("deactivate", ctx, input)

    async def poll(self, input: Any, ctx: NodeContext) -> Sequence[TriggerEvent]:
        return _events(await self._do("poll", ctx, input))

    async def receive(self, input: Any, request: TriggerRequest, ctx: NodeContext) -> Received:
        asked = msgspec.to_builtins(request, builtin_types=(bytes,))
        events, status, headers, body = await self._do("receive", ctx, input, asked)
        return Received(_events(events), int(status), {str(key): str(one) for key, one in headers.items()}, body)

    def listen(self, input: Any, ctx: NodeContext) -> AsyncIterator[TriggerEvent]:
        raise UserError(
            "pack.not_apart", "{type} comes from a private pack, which has no {what}; it runs apart from the network.",
            type=self.type, what="listen",
        )  # fmt: skip

    def interval_of(self, input: Any) -> float:
        if "interval_of" not in self.known.own:
            return self.interval
        return max(1.0, self.behind.pure("interval_of", given(input), kind=float))


def stand_in(facts: NodeFacts, known: Type, behind: Behind) -> BaseNode:
    """The node that stands for a described one.

    Raises:
        UserError: It cannot be used, or what is described makes no node.
    """
    if known.error is not None:
        raise error_of(known.error)
    if facts.kind == "control":
        raise UserError(
            "pack.control", "{type} cannot be used: the engine executes only nodes of packs that are installed.",
            type=facts.type,
        )  # fmt: skip
    trigger = facts.kind == "trigger"
    try:
        fields = _attributes(facts, known, behind)
        base = StandInTrigger if trigger else StandIn
        cls = types.new_class(facts.class_name or "Node", (base,), {"abstract": True}, lambda body: body.update(fields))
    except (TypeError, ValueError, NameError, NodeDefinitionError) as error:
        raise UserError(
            "catalog.broken_node", "{type} cannot be used: {reason}", type=facts.type, reason=str(error)
        ) from error
    return cast("BaseNode", cls())


def _attributes(facts: NodeFacts, known: Type, behind: Behind) -> dict[str, Any]:
    def model(described: Model, asked_as: str) -> Any:
        return stand_in_model(described, asked_as, behind.checked, given=asked_as == "fits")

    output = model(known.output_model, "output")
    out: dict[str, Any] = {
        "__doc__": facts.description, "__module__": __name__, "behind": behind, "known": known,
        "type": facts.type, "version": facts.version, "title": facts.title, "category": facts.category,
        "icon": facts.icon, "keywords": facts.keywords, "effect": facts.effect, "ports": facts.ports,
        "open_ports": facts.open_ports, "passes_input": facts.passes_input,
        "slots": tuple(Slot(one.name, one.kind, one.many, one.required) for one in facts.slots),
        "calls": tuple(Calls(one.param, one.inputs) for one in facts.calls), "credentials": facts.credentials,
        "timeout": facts.timeout, "retries": facts.retries,
        "rate": None if facts.rate is None else Rate(facts.rate.count, facts.rate.period, facts.rate.per),
        "runs_in": "process", "memory_mb": facts.memory_mb, "cpu_heavy": facts.cpu_heavy,
        "raw_params": known.raw_params, "input_model": model(known.input_model, "fits"), "output_model": output,
        "examples": tuple(_example(one) for one in known.examples),
    }  # fmt: skip
    if known.event_model is not None:
        event = model(known.event_model, "event")
        out |= {"event_model": event, "output_model": event, "source": known.source, "interval": known.interval}
    return out


def _example(fields: dict[str, Any]) -> Example:
    known = {name: one for name, one in fields.items() if name in Example.__dataclass_fields__}
    if not isinstance(known.get("input"), dict) or not isinstance(known.get("title", ""), str):
        raise TypeError("an example has an input and a title")
    return Example(**known)


def _facts(type: str, ctx: NodeContext, answers: Answers) -> Facts:
    return Facts(
        type=type, workspace=ctx.workspace, execution_id=ctx.execution_id, workflow_name=ctx.workflow_name,
        path=ctx.path, attempt=ctx.attempt, now=ctx.now.timestamp(), time_zone=ctx.time_zone,
        idempotency_key=ctx.idempotency_key, recovering=ctx.recovering, intent=answers.sent(ctx.intent),
        credential_alias=ctx.credential_alias,
    )  # fmt: skip


def _aliases(ctx: NodeContext) -> Sequence[str]:
    """The credentials chosen on the node, and the names under which it lists them."""
    chosen: Any = getattr(getattr(getattr(ctx, "node", None), "spec", None), "credential", None)
    if isinstance(chosen, Mapping):
        listed = cast("Mapping[str, str]", chosen)
        return [*listed, *listed.values()]
    return [one for one in (chosen, ctx.credential_alias) if isinstance(one, str)]


def _raised(family: str, kind: str, reason: str) -> BaseException:
    """An exception of the same name and kind as the one that the node raised."""
    if family == "timeout":
        return TimeoutError(Late(reason))
    if family == "os":
        return RefusedBySystem(reason)
    base = ValueError if family == "programming" else Exception
    name = kind if kind.isidentifier() else "Exception"
    return cast("type[BaseException]", type(name, (base,), {}))(reason)


class RefusedBySystem(OSError):
    """What the system refused to the node."""


class Late(str):
    """Marks a time-out of the node's own."""

    __slots__ = ()


def found_late(error: TimeoutError) -> bool:
    """Whether a time-out is the node's own, and not that of its process."""
    return bool(error.args) and isinstance(error.args[0], Late)


def _events(found: Any) -> list[TriggerEvent]:
    return [
        TriggerEvent(data, None if id is None else str(id), None if at is None else datetime.fromisoformat(at))
        for data, id, at in found
    ]
