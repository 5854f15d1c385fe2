"""An activity: one node run that is not simply run in place.

Order of rescue: attempt time-out, retry, fallback, on_error. An irreversible effect that is in doubt stops all of them
and waits for a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from studio.contracts.stored import StateWrite
from studio.domain.errors import InDoubt, NodeError, NodeTimeout, StorageError, StudioError
from studio.domain.status import Durability, Effect, OnError
from studio.engine import records as r
from studio.engine.apart import aside, effect_for
from studio.engine.context import RunContext
from studio.engine.debugging import resolve_around
from studio.engine.doubt import keyed, of_last_attempt, settle_doubt
from studio.engine.encode import ItemsHandle, MissingChunk
from studio.engine.failures import (
    LEFT_ALONE,
    Stop,
    as_error,
    blamed,
    error_facts,
    error_from_facts,
    is_in_doubt,
    may_retry,
    retry_delay,
    stopped,
)
from studio.engine.node_calls import NodeCalls, Place, cancel_calls
from studio.engine.node_limits import within_limit
from studio.engine.outputs import check_ports
from studio.engine.pinning import migrated
from studio.engine.plan import PlanNode
from studio.engine.records import Record
from studio.sdk import NodeModel, describe

if TYPE_CHECKING:
    from studio.engine.frame import Frame
    from studio.engine.run import Run

Outcome = tuple[dict[str, Any] | None, tuple[str, ...] | None]
"""Output (None for null) and the ports taken."""

Executor = Callable[["Activity"], Awaitable[Outcome]]
EXECUTORS: dict[str, Executor] = {}
"""What executes control nodes, by the name their class declares."""


def executor(name: str) -> Callable[[Executor], Executor]:
    """Register the executor of control nodes."""

    def register(function: Executor) -> Executor:
        EXECUTORS[name] = function
        return function

    return register


class Activity:
    """One node run: from run_if to its record."""

    __slots__ = (
        "attempts",
        "began",
        "edited",
        "ended",
        "finished",
        "frame",
        "input_bytes",
        "intent",
        "message_id",
        "node",
        "path",
        "records",
        "run",
        "started",
        "task",
        "waited",
    )  # fmt: skip

    def __init__(self, run: Run, frame: Frame, node: PlanNode, finished: Any) -> None:
        self.run = run
        self.frame = frame
        self.node = node
        self.path = frame.prefix + node.id
        self.started = run.clock()
        self.began = perf_counter()
        self.waited = 0
        self.attempts = 1
        self.input_bytes = 0
        self.intent: Record | None = None
        self.message_id: str | None = None
        self.finished = finished
        self.ended = False
        self.edited: dict[str, Any] = {}
        self.task: asyncio.Task[None] | None = None
        self.records: list[Record] = list((frame.recorded or {}).get(node.id, ()))

    async def main(self) -> None:
        """Run the node and settle it in its frame."""
        try:
            if await self._restored():
                return
            if self.run.unwinding and self.node.executor is None and self.node.each is None:
                raise asyncio.CancelledError
            why = await self._why_not()
            if why is not None:
                self._skip(why)
                return
            if self.run.debug is not None:
                await self.run.debug.hold(self)
            if self.finished is None:
                self.run.engine.show(self.run, "started", self.path, {})
            output, ports = self.finished or await self._work()
            await self.succeed(output, ports)
        except asyncio.CancelledError:
            if not (self.run.detaching or self.run.parking):
                await cancel_calls(self.run, self.records)
                self._cancelled()
            raise
        except Stop as stop:
            if self.node.executor != "stop":
                self._cancelled()
            self.frame.fail(stop)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a node raises becomes its failure
            self._failed(as_error(error, self.node))

    # Before

    async def _restored(self) -> bool:
        """Take over what the journal already knows of this node run; whether that settles it."""
        if not self.records:
            return False
        record = self.records[-1]
        kind = record[0]
        if kind == r.DONE:
            output = await self.run.values.decode((record[8], record[9]))
            self.run.waits.consumed(record[11])
            if self.node.executor == "stop":
                raise stopped(cast("dict[str, Any]", output), self.path)
            self.frame.scope[self.node.id] = output
            ports = record[7]
            self.frame.settle(self.node, tuple(ports) if ports is not None else None)
            return True
        if kind == r.SKIPPED:
            self.frame.skip(self.node, carries=record[5])
            return True
        if kind == r.FAILED and not r.was_cancelled(record):
            self._settle_failure(error_from_facts(record[7]), record[7])
            return True
        return False

    async def _why_not(self) -> str | None:
        """Why this node does not run at all; None where it does."""
        node, frame = self.node, self.frame
        if frame.only is not None and node.id not in frame.only:
            return "partial"
        if node.spec.disabled:
            return "disabled"
        if node.run_if is not None:
            self.set_scope()
            wanted = await self.run.evaluated(node.run_if, frame.scope, self.path, "run_if")
            if not isinstance(wanted, bool):
                raise NodeError(
                    "node.run_if_type", "run_if must give true or false, not {found}.", found=describe(wanted)
                ).at(self.path, "run_if")
            if not wanted:
                return "run_if"
        budget = self.run.plan.settings.budget
        if budget is not None and budget.node_runs is not None and self.run.node_runs >= budget.node_runs:
            error = NodeError(
                "execution.budget_node_runs",
                "The execution has used up its budget of {limit} node runs.",
                limit=budget.node_runs,
            )
            self.run.abort(error.at(self.path))
            raise asyncio.CancelledError
        return None

    def _skip(self, why: str) -> None:
        self.run.record((r.SKIPPED, self.frame.prefix, self.node.id, self.started, why, why != "partial"))
        self.frame.skip(self.node, carries=why != "partial")

    def set_scope(self) -> None:
        """Put this node run's own names into scope, right before something is evaluated."""
        if self.node.needs_now or self.node.needs_seed or self.node.needs_input:
            self.frame.prepare_scope(self.node, self.started)

    # Work

    async def _work(self) -> Outcome:
        node = self.node
        if node.each is not None:
            return await EXECUTORS["each"](self)
        options = [node, *node.fallbacks]
        alternative = self._begun()
        while True:
            try:
                return await self._tries(options[alternative], alternative)
            except (StorageError, InDoubt):
                raise
            except StudioError:
                alternative += 1
                if alternative == len(options):
                    raise

    def _begun(self) -> int:
        """The alternative that the journal shows to have begun last: those before it have failed."""
        return max((record[5] for record in self.records if record[0] in (r.INTENT, r.RETRY)), default=0)

    async def _tries(self, option: PlanNode, alternative: int) -> Outcome:
        """Attempts of one alternative, with waits between them."""
        policy, first_at, attempt = option.policy, self.started, 1
        doubt: Record | None = None
        for record in self.records:
            if record[0] == r.RETRY and record[5] == alternative:
                attempt, first_at, doubt = record[4], record[8], keyed(doubt)
                await self.sleep_until(record[6], "wait.retry")
            elif record[0] == r.INTENT and record[5] == alternative:
                doubt, attempt = record, record[4]
        self.intent = doubt
        if option.executor is not None:
            self.records = of_last_attempt(self.records)
        while True:
            try:
                return await self._attempt(option, alternative, attempt, doubt)
            except (asyncio.CancelledError, Stop, StorageError, InDoubt):
                raise
            except Exception as failure:  # noqa: BLE001 - classified below
                error = as_error(failure, option)
            doubt = keyed(self.intent)
            spent = (self.run.clock() - first_at) / 1e6
            if policy is None or not may_retry(policy, error, attempt, spent):
                raise error
            attempt += 1
            at = self.run.clock() + int(retry_delay(policy, error, attempt - 1) * 1e6)
            self._again(option, attempt, alternative, at, error_facts(error.at(self.path)), first_at)
            await self.sleep_until(at, "wait.retry")

    def _again(
        self, option: PlanNode, attempt: int, alternative: int, at: int, facts: dict[str, Any], first_at: int
    ) -> None:
        """Record that another attempt is due; one of a container begins with nothing of the earlier ones."""
        anew = option.executor is not None
        place = (self.frame.prefix, self.node.id, self.run.clock())
        self.run.record((r.RETRY, *place, attempt, alternative, at, facts, first_at, None, anew))
        if anew:
            self.records.clear()

    async def sleep_until(self, at: int, code: str) -> None:
        """Wait, leaving memory where it is long."""
        if at > self.run.clock():
            before = self.run.clock()
            await self.run.waits.until(self.path, at, [code, self.path, self.run.iso(at)])
            self.waited += self.run.clock() - before

    async def _attempt(self, option: PlanNode, alternative: int, attempt: int, doubt: Record | None) -> Outcome:
        run, impl = self.run, option.impl
        self.attempts = attempt
        if option.executor is not None:
            return await within_limit(self, option, EXECUTORS[option.executor])
        context = RunContext(run, self.path, option, self.started, attempt, alternative)
        context.activity = self
        if doubt is not None:
            # What was about to be done under an older version of the type, as this one wants it.
            raw = await run.values.decode((doubt[7], doubt[8]))
            raw = await aside(impl, run.workspace, migrated, impl, raw, (*doubt, 1)[10])
            context.recovering, context.intent = True, doubt[9]
        else:
            raw = await self.resolve(option)
        given = run.with_per_item(option, raw, self.frame.scope) if option.per_item else raw
        value = option.validate(given)
        effect = await effect_for(impl, value, context)
        if doubt is not None and effect is Effect.IRREVERSIBLE:
            settled = await settle_doubt(self, option, alternative, None)
            return settled or await self._attempt(option, alternative, attempt + 1, None)
        cached = await run.engine.cache.look(run, option, raw, self.frame.scope)
        if cached is not None:
            return cached
        intend = None
        if effect.needs_intent and doubt is None:
            intend = partial(self._intend, option, alternative, attempt, effect, raw, context, value)
        try:
            found = await self._perform(option, raw, value, context, alternative, intend)
            output, ports = option.finish(found)
        except StudioError as error:
            if effect is Effect.IRREVERSIBLE and self.intent is not None and is_in_doubt(error):
                settled = await settle_doubt(self, option, alternative, error)
                return settled or await self._attempt(option, alternative, attempt + 1, None)
            raise
        except BaseException as error:
            if isinstance(error, (Exception, *LEFT_ALONE)):
                raise
            raise as_error(error, option) from error
        await aside(impl, run.workspace, check_ports, impl, option.spec.params, ports)
        state = await context.state_on_success()
        if state is not None:
            await self._finish_with(state, output, ports)
        await run.engine.cache.keep(run, option, raw, self.frame.scope, output, ports)
        return output, ports

    async def resolve(self, option: PlanNode) -> dict[str, Any]:
        """The params with their expressions evaluated."""
        self.set_scope()
        if self.edited and option is self.node:
            return await resolve_around(self, option.static, self.edited)
        if option.params is None:
            return option.static
        raw = await self.run.evaluated(option.params, self.frame.scope, self.path, None)
        for name, value in raw.items():
            if type(value) is ItemsHandle and name not in option.accepts_items:
                raw[name] = await value.everything()
        return raw

    async def _perform(
        self,
        option: PlanNode,
        raw: dict[str, Any],
        value: NodeModel,
        context: RunContext,
        alternative: int,
        intend: Callable[[], Awaitable[None]] | None,
    ) -> Any:
        """Run the node when it is its turn, alone or together with others."""
        run, rate = self.run, option.impl.rate
        if option.impl.batch_size:
            return await run.batches().call(self, option, raw, value, context, intend)
        if rate is not None:
            await run.engine.rates.admit(self, option, rate, raw)
        # What waits for its turn has not begun: an intent that nothing follows would be in doubt.
        async with Place(run.room) as place:
            if intend is not None:
                await intend()
            if not option.impl.calls:
                return await self._call_with_chunks(option, value, context)
            context.calls = NodeCalls(self, option, context.attempt, alternative, place)
            try:
                return await within_limit(self, option, lambda _: self._call_with_chunks(option, value, context))
            except StorageError:
                raise
            except BaseException:
                if not (run.detaching or run.parking):
                    await cancel_calls(run, run.memory.frame(self.frame.prefix).get(self.node.id, []))
                raise

    async def _intend(
        self,
        option: PlanNode,
        alternative: int,
        attempt: int,
        effect: Effect,
        raw: Any,
        context: RunContext,
        value: Any,
    ) -> None:
        """Record what is about to be done to the world, durably, before it is done."""
        self.intent = None
        context.intent = await option.impl.prepare(value, context)
        form, payload = await self.run.values.encode(raw, walk=True)
        place = (self.frame.prefix, self.node.id, self.run.clock())
        what = (str(effect), form, payload, context.intent, option.impl.version)
        self.intent = (r.INTENT, *place, attempt, alternative, *what)
        self.run.record(self.intent)
        await self.run.journal.flush(Durability.POWER)

    async def _call_with_chunks(self, option: PlanNode, value: NodeModel, context: RunContext) -> Any:
        """Run the node. One that only looks is run again when a part of a long list has been fetched for it."""
        touched: list[ItemsHandle] = [one for one in value.__dict__.values() if isinstance(one, ItemsHandle)]
        if touched and option.effect.rank > Effect.READ.rank:
            for items in touched:
                await items.fetch_all()
        try:
            while True:
                try:
                    return await self._call(option, value, context)
                except MissingChunk as missing:
                    touched.append(missing.items)
                    await missing.items.fetch(missing.number)
        finally:
            for items in touched:
                items.release()

    async def _call(self, option: PlanNode, value: NodeModel, context: RunContext) -> Any:
        if option.timeout is None or option.impl.calls:
            return await option.run(value, context)
        try:
            async with asyncio.timeout(option.timeout):
                return await option.run(value, context)
        except TimeoutError as error:
            raise NodeTimeout(
                "node.timeout",
                "{type} took longer than its limit of {limit} s.",
                type=option.type,
                limit=option.timeout,
            ) from error

    # After

    async def succeed(self, output: dict[str, Any] | None, ports: tuple[str, ...] | None) -> None:
        """Record the output and let it flow."""
        run = self.run
        if not self.ended:
            await self.finish(output, ports)
        run.waits.consumed(self.message_id)
        if run.acknowledge:
            await run.journal.flush(run.engine.config.level)
        self.frame.scope[self.node.id] = output
        self.frame.settle(self.node, ports)

    async def finish(self, output: dict[str, Any] | None, ports: tuple[str, ...] | None = None) -> None:
        """Record that the node run has succeeded."""
        record = await self._done(output, ports)
        self.run.memory.close(self.frame.prefix, self.node.id)
        self.run.record(record)

    async def _finish_with(self, state: StateWrite, output: dict[str, Any], ports: tuple[str, ...] | None) -> None:
        """``finish``, in one commit with the state that the node leaves: what is run again finds the state of before.

        Raises:
            Conflict: Somebody else has changed the state meanwhile.
        """
        run = self.run
        record = await self._done(output, ports)

        def concluded() -> None:
            self.ended = True
            run.memory.close(self.frame.prefix, self.node.id)
            run.recorded(record)

        await run.journal.conclude(record, state, concluded)

    async def _done(self, output: dict[str, Any] | None, ports: tuple[str, ...] | None) -> Record:
        form, payload = await self.run.values.encode(output, walk=self.node.any_output)
        took = max(0, int((perf_counter() - self.began) * 1e6) - self.waited)
        place = (self.frame.prefix, self.node.id, self.started, took, self.attempts, self.waited)
        return (r.DONE, *place, ports, form, payload, self.input_bytes, self.message_id)

    def _failed(self, error: StudioError) -> None:
        blamed(error, self.node, self.frame.scope).at(self.path)
        facts = error_facts(error)
        took = max(0, int((perf_counter() - self.began) * 1e6) - self.waited)
        handled = self.node.on_error is not OnError.FAIL and not isinstance(error, InDoubt)
        self.run.record(
            (
                r.FAILED,
                self.frame.prefix,
                self.node.id,
                self.started,
                took,
                self.attempts,
                self.waited,
                facts,
                handled,
                self.message_id,
            )
        )
        self.run.waits.consumed(self.message_id)
        self._settle_failure(error, facts)

    def _settle_failure(self, error: StudioError, facts: dict[str, Any]) -> None:
        frame, node = self.frame, self.node
        if isinstance(error, InDoubt) or node.on_error is OnError.FAIL or facts["code"] == "node.in_doubt":
            frame.fail(error)
        elif node.on_error is OnError.CONTINUE:
            frame.skip(node, carries=True)
        else:
            frame.settle_failed(node, facts)

    def _cancelled(self) -> None:
        """Record that this run was cancelled, unless it had not begun, or has just ended."""
        if self.ended:
            return
        error = NodeError("node.cancelled", "The node run was cancelled.").at(self.path)
        took = max(0, int((perf_counter() - self.began) * 1e6) - self.waited)
        self.run.record(
            (
                r.FAILED,
                self.frame.prefix,
                self.node.id,
                self.started,
                took,
                self.attempts,
                self.waited,
                error_facts(error),
                False,
                None,
            )
        )
