"""Run executions again: replays, retries of failed items, forks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from studio.contracts.store import Store
from studio.domain.errors import Conflict, NotFound
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.domain.workflow import Workflow
from studio.engine import Grants, History, StartRequest
from studio.services.executions import Executions
from studio.services.overrides import read_inputs
from studio.services.run import RunOptions, Runs
from studio.validation.inputs import coerce_inputs


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

    def __init__(self, store: Store, executions: Executions, runs: Runs) -> None:
        self._store = store
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
        history = await self._executions.history(name)
        base = await self._request(history, options)
        kept = {name: value for name, value in base.inputs.items() if name in base.workflow.inputs}
        reuses = options.start is not None or options.failed_items
        return replace(
            base,
            inputs=coerce_inputs(base.workflow, kept | read_inputs(base.workflow, options.inputs)),
            mode="replay",
            reuse=history.row.id if reuses else None,
            rerun=(options.start,) if options.start else (),
            retry_items=options.failed_items,
            origin=(history.row.origin_id or history.row.id) if options.failed_items else None,
        )

    async def fork(self, name: str, node: str, options: ReplayOptions) -> StartRequest:
        """The request for a new execution that copies the history up to ``node``; of the options, file and allowances.

        Raises:
            NotFound: There is no such execution or node.
        """
        history = await self._executions.history(name)
        base = await self._request(history, options)
        return replace(base, mode="fork", reuse=history.row.id, copy_until=node)

    async def _request(self, history: History, options: ReplayOptions) -> StartRequest:
        start = history.start
        inputs: dict[str, Any] = await history.values.decode(tuple(start["inputs"]))
        event = await history.values.decode(tuple(start["event"])) if "event" in start else None
        then = msgspec.convert(start["grants"], Grants)
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
            return replace(self._runs.newer(options.file, newer), inputs=inputs, event=event, trigger=start["trigger"])
        calls = {name: await self._version(hash) for name, hash in start["calls"].items()}
        return StartRequest(
            workflow=self._runs.changed(await self._version(history.row.workflow_hash), calls, options.overrides),
            inputs=inputs,
            calls=calls,
            types=start.get("types") or {},
            identities=start.get("identities") or {},
            trigger=start["trigger"],
            event=event,
            grants=grants,
        )

    async def _version(self, hash: str) -> Workflow:
        document = await self._store.version(DEFAULT_WORKSPACE, hash)
        if document is None:
            raise NotFound("workflow.version_gone", "The workflow version {hash} is not kept here.", hash=hash)
        return Workflow.model_validate_json(document)
