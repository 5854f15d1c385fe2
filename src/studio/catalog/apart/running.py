"""Running a node of a private pack: in the process apart, with a context that asks the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from pydantic import ValidationError

from studio.catalog.apart.context import Facts, WireContext
from studio.catalog.apart.described import Pack
from studio.catalog.apart.work import node_of
from studio.contracts.apart import Ask
from studio.domain.errors import AccessRefused, StudioError
from studio.sdk import (
    BaseNode,
    NodeModel,
    Options,
    Received,
    Routed,
    TriggerEvent,
    TriggerNode,
    TriggerRequest,
    checked_effect,
    dump_output,
    input_invalid,
    list_options,
    output_invalid,
)

_PROGRAMMING = (
    TypeError, ValueError, LookupError, AttributeError, AssertionError, ArithmeticError, NotImplementedError,
)  # fmt: skip
_LONGEST = 500


def run(pack: Any, facts: bytes, method: str, args: Sequence[Any], told: Any, *, ask: Any) -> Any:
    """What a method of a node gives: ``["gave", …]``, or ``["raised", family, kind, reason]`` where it raised something
    else than an error of Studio.

    Raises:
        StudioError: As the node raised it.
    """
    return ask.run(_run(msgspec.convert(pack, Pack), facts, method, args, msgspec.convert(told, Facts), ask))


async def _run(pack: Pack, facts: bytes, method: str, args: Sequence[Any], told: Facts, ask: Ask) -> Any:
    node = node_of(pack, facts)
    context = WireContext(ask, told)
    try:
        return ["gave", await _METHODS[method](node, context, *(context.found(one) for one in args))]
    except (StudioError, MemoryError):
        raise
    except TimeoutError as error:
        return _raised("timeout", error)
    except PermissionError as error:
        raise AccessRefused(
            "pack.walled",
            "{type} tried what the code of private packs cannot do; it runs without network, other programs and files "
            "of its own: {reason}.",
            type=node.type, reason=str(error)[:_LONGEST],
        ) from error  # fmt: skip
    except OSError as error:
        return _raised("os", error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a pack's code may raise anything
        return _raised("programming" if isinstance(error, _PROGRAMMING) else "other", error)


def _raised(family: str, error: BaseException) -> list[Any]:
    return ["raised", family, type(error).__name__, str(error)[:_LONGEST].encode(errors="replace").decode()]


def _checked(node: BaseNode, given: dict[str, Any]) -> NodeModel:
    try:
        return node.input_model.model_validate(given)
    except ValidationError as error:
        raise input_invalid(node.type, error, node.input_model) from error


async def _node_run(node: BaseNode, context: WireContext, given: dict[str, Any]) -> Any:
    input = _checked(node, given)
    if node.batch_size:
        found = (await node.run_many([input], context))[0]
        if isinstance(found, BaseException):
            raise found
    else:
        found = await node.run(input, context)
    return _finished(node, context, found)


def _finished(node: BaseNode, context: WireContext, result: Any) -> list[Any]:
    """The ports taken and the validated output."""
    ports: tuple[str, ...] | None = None
    if isinstance(result, Routed):
        routed = cast("Routed[Any]", result)
        ports, result = routed.ports, routed.output
    fields: Any = result.__dict__ if isinstance(result, NodeModel) else result
    model = node.output_model
    try:
        checked = model.model_validate(fields)
    except ValidationError as error:
        raise output_invalid(node.type, error, model) from error
    return [None if ports is None else list(ports), context.sent(dump_output(checked))]


async def _judge(node: BaseNode, context: WireContext, given: dict[str, Any]) -> str:
    return str(checked_effect(node, _checked(node, given)))


async def _prepare(node: BaseNode, context: WireContext, given: dict[str, Any]) -> Any:
    return context.sent(await node.prepare(_checked(node, given), context))


async def _options(node: BaseNode, context: WireContext, param: str, ask: dict[str, Any]) -> Any:
    found = await list_options(node, param, Options(**ask), context)
    return [[[context.sent(one.value), str(one.label), str(one.help)] for one in found.options], found.next]


async def _activate(node: BaseNode, context: WireContext, given: dict[str, Any]) -> None:
    await cast("TriggerNode", node).activate(_checked(node, given), context)


async def _deactivate(node: BaseNode, context: WireContext, given: dict[str, Any]) -> None:
    await cast("TriggerNode", node).deactivate(_checked(node, given), context)


async def _poll(node: BaseNode, context: WireContext, given: dict[str, Any]) -> Any:
    return _events(node, context, await cast("TriggerNode", node).poll(_checked(node, given), context))


async def _receive(node: BaseNode, context: WireContext, given: dict[str, Any], request: Any) -> Any:
    wanted = msgspec.convert(request, TriggerRequest)
    found: Received = await cast("TriggerNode", node).receive(_checked(node, given), wanted, context)
    return [_events(node, context, found.events), found.status, dict(found.headers), found.body]


def _events(node: BaseNode, context: WireContext, events: Sequence[TriggerEvent]) -> list[Any]:
    model = cast("TriggerNode", node).event_model
    out: list[Any] = []
    for one in events:
        fields: Any = one.data.__dict__ if isinstance(one.data, NodeModel) else one.data
        try:
            data = context.sent(dump_output(model.model_validate(fields)))
        except ValidationError as error:
            raise output_invalid(node.type, error, model) from error
        out.append([data, one.id, None if one.at is None else one.at.isoformat()])
    return out


_METHODS: dict[str, Any] = {
    "run": _node_run, "judge": _judge, "prepare": _prepare, "options": _options, "activate": _activate,
    "deactivate": _deactivate, "poll": _poll, "receive": _receive,
}  # fmt: skip
