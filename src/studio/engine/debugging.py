"""Breakpoints of a test execution: where it stops before a node runs, goes on by a step, and has its data edited.

All of it stands in the journal, so that a process may die at any moment: HELD before the node, GO when somebody lets it
run, EDIT for what was changed, BREAKS for where it stops from then on. An execution without breakpoints has none of
this, and nothing of it costs anything there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from studio.domain.errors import NodeError, StudioError
from studio.engine import records as r
from studio.engine.encode import decode_small, encode_small
from studio.engine.failures import error_facts
from studio.engine.plan import Level, Plan
from studio.engine.records import Record
from studio.expressions import Compiled, compile_value
from studio.sdk import describe

if TYPE_CHECKING:
    from studio.engine.activity import Activity
    from studio.engine.frame import Frame
    from studio.engine.run import Run

BODIES = ("body", "catch", "finally")
_STEP = re.compile(r"([^/\[\]]+)\[([^\[\]]*)\]/")
_LOOPS = ("while", "reduce")
_MOST_NEXT = 200
"""So many places are remembered at which a step stops; those of the oldest steps are forgotten."""


class Held(NamedTuple):
    """A node run that waits at a breakpoint: its path, since when, why, and what its input could not be made of."""

    path: str
    at: int
    why: str
    error: dict[str, Any] | None


def compiled_condition(written: str) -> Compiled:
    """A condition, with or without braces.

    Raises:
        ExpressionError: It cannot be read.
    """
    return Compiled(written if "{{" in written else "{{ " + written + " }}")


class Debug:
    """Where one run stops. ``next`` are places at which a step stops."""

    def __init__(self, run: Run, points: Mapping[str, str | None], next: Sequence[str] = ()) -> None:
        self._run = run
        self.next = list(next)
        self.set(points)

    def set(self, points: Mapping[str, str | None]) -> None:
        """Stop at these nodes from now on, each with its condition."""
        self.points = dict(points)
        self._conditions: dict[str, Compiled] = {}
        for path, written in self.points.items():
            if written is not None:
                self._conditions[path] = compiled_condition(written)

    def plain(self) -> dict[str, Any]:
        """What a record of it holds."""
        return {"points": self.points, "next": self.next}

    async def hold(self, activity: Activity) -> None:
        """Wait before a node runs where it is to stop there, until somebody lets it go on."""
        await self._hold(activity)
        known = self._run.memory.frames.get(activity.frame.prefix, {}).get(activity.node.id, ())
        activity.edited = edited(known)

    async def _hold(self, activity: Activity) -> None:
        run = self._run
        kinds = {record[0] for record in activity.records}
        if r.GO in kinds or (kinds and r.HELD not in kinds):
            return
        if r.HELD not in kinds:
            found = await self._why(activity)
            if found is None:
                return
            form, payload, error = await _input(activity)
            place = (activity.frame.prefix, activity.node.id, run.clock())
            run.record((r.HELD, *place, found[0], form, payload, found[1] or error))
        if run.unwinding:
            raise asyncio.CancelledError
        began = run.clock()
        reason = ["wait.breakpoint", activity.path]
        got = await run.waits.receive(activity.path, ("go", activity.path), None, reason)
        activity.waited += run.clock() - began
        message_id: str | None = got[0] if got is not None else None
        how = "step" if got is not None and got[1].get("step") else "continue"
        run.record((r.GO, activity.frame.prefix, activity.node.id, run.clock(), how, message_id))
        run.waits.consumed(message_id)
        if how == "step":
            self._stop_after(activity)

    async def _why(self, activity: Activity) -> tuple[str, dict[str, Any] | None] | None:
        """Why to stop here, with the error of a condition that gives nothing; None where to go on."""
        if activity.path in self.next:
            return "step", None
        place = editor_path(activity.path)
        if place not in self.points:
            return None
        condition = self._conditions.get(place)
        if condition is None:
            return ("breakpoint", None) if first_of_maps(self._run.plan.root, activity.frame.prefix) else None
        frame, run = activity.frame, self._run
        activity.set_scope()
        frame.scope["now"], frame.scope["input"] = run.iso(activity.started), frame.incoming(activity.node)
        try:
            found = await run.evaluated(condition, frame.scope, activity.path, None)
            if not isinstance(found, bool):
                raise NodeError(
                    "flow.condition_type", "The condition must give true or false, not {found}.",
                    found=describe(found),
                ).at(activity.path)  # fmt: skip
        except StudioError as error:
            return "breakpoint", error_facts(error)
        return ("breakpoint", None) if found else None

    def _stop_after(self, activity: Activity) -> None:
        """Stop before what comes after a node: in its level, else after the container around."""
        found = list(successors(self._run.plan, activity.frame.prefix, activity.node.id))
        self.next = [*self.next, *found][-_MOST_NEXT:]
        self._run.record((r.BREAKS, self._run.clock(), self.plain()))


async def _input(activity: Activity) -> tuple[int, Any, dict[str, Any] | None]:
    """The resolved params of a node, encoded; else the error with which resolving them fails."""
    node, run = activity.node, activity.run
    try:
        if node.each_compiled is not None:
            raw: dict[str, Any] = {"each": await run.evaluated(
                node.each_compiled, activity.frame.scope, activity.path, "each"
            )}  # fmt: skip
        elif node.each is not None:
            raw = {"each": node.each}
        else:
            raw = dict(await activity.resolve(node))
        raw |= {name: value for name, value in node.spec.params.items() if name not in raw and node.each is None}
        form, payload = await run.values.encode(raw, walk=True)
    except StudioError as error:
        form, payload = encode_small(None)
        return form, payload, error_facts(error.at(activity.path))
    return form, payload, None


async def resolve_around(activity: Activity, written: Mapping[str, Any], edits: Mapping[str, Any]) -> dict[str, Any]:
    """The params of which some were changed: what was written there is not evaluated any more."""
    found: dict[str, Any] = {}
    for name, value in written.items():
        if name not in edits:
            compiled = compile_value(value)
            if compiled is not None:
                value = await activity.run.evaluated(compiled, activity.frame.scope, activity.path, name)
            found[name] = value
    return {**found, **edits}


def edited(records: Sequence[Record]) -> dict[str, Any]:
    """Params that were changed at a breakpoint."""
    found: dict[str, Any] = {}
    for record in records:
        if record[0] == r.EDIT and record[4] == "params":
            found |= decode_small((record[5], record[6]))
    return found


def take(run: Run, kind: str, message_id: str, facts: Mapping[str, Any]) -> None:
    """Carry out a message that changes where a run stops, or its data."""
    if kind == "breaks":
        points: dict[str, str | None] = facts.get("points") or {}
        if run.debug is None:
            run.debug = Debug(run, points)
            for frame in frames_of(run):
                frame.quick = False  # where no node runs in place, each can be stopped
        else:
            run.debug.set(points)
        run.record((r.BREAKS, run.clock(), run.debug.plain()))
        return
    path = str(facts.get("path", ""))
    prefix, node = split_path(path)
    records = run.memory.frames.get(prefix, {}).get(node, ())
    what = "params" if "params" in facts else "output"
    if not (held_in(records) if what == "params" else records and records[-1][0] == r.DONE):
        return
    form, payload = encode_small(facts[what], walk=True)
    run.record((r.EDIT, prefix, node, run.clock(), what, form, payload, message_id, facts.get("by")))
    if what == "output":
        for frame in frames_of(run):
            if frame.prefix == prefix and node in frame.scope:
                frame.scope[node] = facts[what]


def frames_of(run: Run) -> list[Frame]:
    """The levels that are being driven."""
    return [one for one in run.pokes if hasattr(one, "quick")]  # pyright: ignore[reportReturnType] - only frames have it


def debug_of(run: Run, points: Mapping[str, str | None] | None, breaks: Mapping[str, Any] | None) -> Debug | None:
    """Where a run stops: by what was changed last, else as it was started; None where nothing was ever asked for."""
    if breaks is not None:
        return Debug(run, breaks["points"], breaks["next"])
    return Debug(run, points) if points else None


def held_in(records: Sequence[Record]) -> Record | None:
    """The record with which a node run waits at a breakpoint, None where it does not."""
    if not records or records[-1][0] not in (r.HELD, r.EDIT):
        return None
    return next((record for record in reversed(records) if record[0] == r.HELD), None)


def all_held(memory: r.Memory) -> Iterator[Held]:
    """Every node run that waits at a breakpoint."""
    for prefix, nodes in memory.frames.items():
        for node, records in nodes.items():
            record = held_in(records)
            if record is not None:
                yield Held(f"{prefix}{node}", record[3], record[4], record[7])


# Paths


def split_path(path: str) -> tuple[str, str]:
    """The frame and the node of a node run's path: ``loop[3]/`` and ``charge``."""
    prefix, slash, node = path.rpartition("/")
    return prefix + slash, node


def editor_path(path: str) -> str:
    """The path of a node as the editor writes it: ``places[3]/place`` is ``places.body.place``."""
    prefix, node = split_path(path)
    found = ""
    for name, key in _STEP.findall(prefix):
        body = key if key in BODIES else "body" if key.isdecimal() else f"slots.{key}"
        found += f"{name}.{body}."
    return found + node


def levels_along(root: Level, prefix: str) -> Iterator[tuple[Level, str, str, str]]:
    """The levels that lead to a frame, each with its own prefix, and the container and key that lead on from it."""
    level, at = root, ""
    for name, key in _STEP.findall(prefix):
        yield level, at, name, key
        bodies = level.nodes[level.index[name]].body_plans
        level = bodies.get(key) or bodies.get(f"slot:{key}") or bodies.get("each") or bodies["body"]
        at += f"{name}[{key}]/"


def first_of_maps(root: Level, prefix: str) -> bool:
    """Whether all maps around are at their first item. Turns of loops come one after the other, and all count."""
    for level, _, name, key in levels_along(root, prefix):
        node = level.nodes[level.index[name]]
        if (node.each is not None or node.executor == "map") and key.isdecimal() and key != "0":
            return False
    return True


def successors(plan: Plan, prefix: str, node: str) -> Iterator[str]:
    """Paths of the node runs that come right after one: in its level, else in the next turn and after the container."""
    above = list(levels_along(plan.root, prefix))
    level = plan.root if not above else _inner(*above[-1])
    while True:
        found = list(_after(level, node))
        yield from (prefix + one for one in found)
        if found or not above:
            return
        level, prefix, node, key = above.pop()
        container = level.nodes[level.index[node]]
        if container.executor in _LOOPS and key.isdecimal():
            body = container.body_plans["body"]
            yield from (f"{prefix}{node}[{int(key) + 1}]/{body.nodes[index].id}" for index in body.roots)


def _inner(level: Level, _prefix: str, name: str, key: str) -> Level:
    bodies = level.nodes[level.index[name]].body_plans
    return bodies.get(key) or bodies.get(f"slot:{key}") or bodies.get("each") or bodies["body"]


def _after(level: Level, node: str) -> Iterator[str]:
    index = level.index.get(node)
    if index is None:
        return
    one = level.nodes[index]
    targets = dict.fromkeys([*one.dependents, *(target for target, _, _ in one.out_edges)])
    yield from (level.nodes[target].id for target in targets)
