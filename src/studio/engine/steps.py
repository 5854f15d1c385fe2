"""Running a node here and now: all that lies between its params and its validated output, as one prepared function."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from studio.engine.outputs import check_ports
from studio.engine.per_item import bind_per_item
from studio.expressions import LOOKUP_FAILS, Compiled
from studio.sdk import NodeContext

if TYPE_CHECKING:
    from studio.engine.plan import PlanNode

Step = Callable[[Mapping[str, Any], NodeContext], tuple[dict[str, Any], tuple[str, ...] | None]]
"""Takes the scope and the context, gives the output and the ports taken."""

_Resolve = Callable[[Mapping[str, Any]], dict[str, Any]]


class Suspended(Exception):
    """A node that was run in place waits for something. Being pure it can be run again, in a task."""


def prepare_step(node: PlanNode) -> Step:
    """One function for a planned node: resolve its params, validate, run, validate."""
    quick, thorough = _resolvers(node)
    validate, run, finish, impl, written = node.validate, node.run, node.finish, node.impl, node.spec.params

    def step(scope: Mapping[str, Any], context: NodeContext) -> tuple[dict[str, Any], tuple[str, ...] | None]:
        try:
            raw = quick(scope)
        except LOOKUP_FAILS:
            raw = thorough(scope)
        coroutine = run(validate(raw), context)
        try:
            waits_for = coroutine.send(None)
        except StopIteration as stop:
            result: Any = stop.value
            done = finish(result)
            if done[1] is not None:
                check_ports(impl, written, done[1])
            return done
        _drop(coroutine, waits_for)
        raise Suspended

    return step


def _resolvers(node: PlanNode) -> tuple[_Resolve, _Resolve]:
    """How params are resolved at first, and where that fails."""
    params, static, per_item = node.params, node.static, node.per_item
    if params is None:
        quick = thorough = _constant(static)
    else:
        thorough = params.evaluate
        quick = params.lookup or thorough
    if per_item:
        return _with_per_item(quick, per_item), _with_per_item(thorough, per_item)
    return quick, thorough


def _constant(static: dict[str, Any]) -> _Resolve:
    return lambda scope: static


def _with_per_item(resolve: _Resolve, per_item: Mapping[str, Any]) -> _Resolve:
    return lambda scope: {
        **resolve(scope),
        **{name: bind_per_item(value, scope, name) for name, value in per_item.items()},
    }


def prepare_output(output: Compiled | None, static: Any) -> Callable[[Mapping[str, Any]], Any]:
    """One function for what a level gives: its ``output`` over the scope, or what is written there as it is."""
    if output is None:
        return lambda scope: static
    thorough = output.evaluate
    quick = output.lookup
    if quick is None:
        return thorough

    def give(scope: Mapping[str, Any]) -> Any:
        try:
            return quick(scope)
        except LOOKUP_FAILS:
            return thorough(scope)

    return give


def _drop(coroutine: Coroutine[Any, Any, Any], waits_for: object) -> None:
    """End a coroutine that waits. ``close`` alone leaves async generators inside it half open on Python 3.11.

    What it waits for is cancelled: nobody would ask a thread's future for its error, which asyncio complains about.
    """
    if isinstance(waits_for, asyncio.Future):
        waits_for.cancel()
    try:
        coroutine.throw(asyncio.CancelledError())
    except (Exception, asyncio.CancelledError):  # noqa: BLE001 - it is run again, and fails then if it has to
        return
    coroutine.close()
