"""Run executions again: replays, retries of failed items, forks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from studio.contracts.blobs import BlobStore
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionRow
from studio.domain.errors import Conflict
from studio.engine import StartRequest
from studio.services.again import forked, read_earlier, replayed
from studio.services.executions import Executions
from studio.services.overrides import read_inputs
from studio.services.run import RunOptions, Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """How to run an execution again.

    Args:
        start: Node to run again together with everything after it; what comes before is reused. None runs everything.
        failed_items: Run only what failed, items of maps included, under the same idempotency keys.
        file: A newer version of the workflow; None takes the version that ran.
        overrides: Params to set, as (path, text). A node whose output is reused does not run with them.
        inputs: Inputs as written that replace those of then. What is reused keeps what it made of the old ones.
        allow_paths: Folders and files that nodes may reach beside those of then.
        allow_hosts: Private hosts that nodes may reach beside those of then.
    """

    start: str | None = None
    failed_items: bool = False
    file: Path | None = None
    overrides: Sequence[tuple[str, str]] = ()
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    allow_paths: Sequence[str] = ()
    allow_hosts: Sequence[str] = ()


class Replays:
    """Makes start requests from earlier executions."""

    def __init__(self, store: Store, blobs: BlobStore, executions: Executions, runs: Runs) -> None:
        self._store = store
        self._blobs = blobs
        self._executions = executions
        self._runs = runs

    async def replay(self, name: str, options: ReplayOptions) -> StartRequest:
        """The request that runs an execution again.

        Raises:
            NotFound: There is no such execution or node.
            Conflict: Failures are to be retried with other values, which would not fit their idempotency keys.
            UserError: A path of ``overrides`` leads to no param.
            WorkflowInvalid: The newer file, the inputs or the overrides have problems.
        """
        if options.overrides and options.failed_items:
            raise Conflict(
                "replay.overrides",
                "What failed is retried with the params of then, under its old keys; leave out --failed or --set.",
            )
        if options.inputs and options.failed_items:
            raise Conflict(
                "replay.inputs",
                "What failed is retried with the inputs of then, under its old keys; leave out --failed or --input.",
            )
        row = await self._executions.find(name)
        base = await self._request(row, options)
        return replayed(
            base, row, start=options.start, failed_items=options.failed_items,
            inputs=read_inputs(base.workflow, options.inputs),
        )  # fmt: skip

    async def fork(self, name: str, node: str, options: ReplayOptions) -> StartRequest:
        """The request for a new execution that copies the history up to ``node``; of the options, file and allowances.

        Raises:
            NotFound: There is no such execution or node.
        """
        row = await self._executions.find(name)
        return forked(await self._request(row, options), row, node)

    async def _request(self, row: ExecutionRow, options: ReplayOptions) -> StartRequest:
        earlier = await read_earlier(self._store, self._blobs, row)
        then = earlier.grants
        grants = msgspec.structs.replace(
            then,
            allow_paths=list(dict.fromkeys([*then.allow_paths, *options.allow_paths])),
            allow_hosts=list(dict.fromkeys([*then.allow_hosts, *options.allow_hosts])),
        )
        if options.file is not None:
            newer = RunOptions(
                overrides=options.overrides,
                lang=grants.lang,
                allow_paths=grants.allow_paths,
                allow_hosts=grants.allow_hosts,
            )
            base = self._runs.newer(options.file, newer)
            return replace(base, inputs=earlier.inputs, event=earlier.event, trigger=earlier.trigger)
        changed = self._runs.changed(earlier.workflow, earlier.calls, options.overrides)
        return replace(earlier.request(), workflow=changed, grants=grants)
