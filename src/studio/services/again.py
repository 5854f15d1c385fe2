"""Running an execution again, whoever asks and wherever it runs: what it was, and the requests made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from studio.contracts.blobs import BlobStore
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionRow
from studio.domain.errors import NotFound
from studio.domain.workflow import Workflow
from studio.engine import Grants, Look, StartRequest
from studio.validation.inputs import coerce_inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An execution as it was accepted: its workflow, what it calls, its values, what it could reach."""

    row: ExecutionRow
    workflow: Workflow
    calls: Mapping[str, Workflow]
    types: Mapping[str, int]
    identities: Mapping[str, str]
    inputs: Mapping[str, Any]
    event: Any
    trigger: str
    grants: Grants

    def request(self) -> StartRequest:
        """The request that asks for the same once more."""
        return StartRequest(
            workflow=self.workflow,
            inputs=self.inputs,
            calls=self.calls,
            types=self.types,
            identities=self.identities,
            workspace=self.row.workspace,
            trigger=self.trigger,
            event=self.event,
            grants=self.grants,
        )


async def read_earlier(store: Store, blobs: BlobStore, row: ExecutionRow) -> Earlier:
    """What an execution was accepted with.

    Raises:
        NotFound: A workflow version is not kept any more.
    """
    look = Look(store, blobs, row)
    start = await look.start()
    return Earlier(
        row=row,
        workflow=await _version(store, row.workspace, row.workflow_hash),
        calls={name: await _version(store, row.workspace, hash) for name, hash in start["calls"].items()},
        types=start.get("types") or {},
        identities=start.get("identities") or {},
        inputs=await look.given("inputs"),
        event=await look.given("event"),
        trigger=start["trigger"],
        grants=msgspec.convert(start["grants"], Grants),
    )


def replayed(
    base: StartRequest, row: ExecutionRow, *, start: str | None, failed_items: bool, inputs: Mapping[str, Any]
) -> StartRequest:
    """The request that runs an execution again.

    Args:
        base: Workflow, values and grants to run it with; inputs that it does not declare are left out.
        row: The execution.
        start: Node to run again together with everything after it; None runs everything.
        failed_items: Run only what failed, items of maps included, under the same idempotency keys.
        inputs: Values that replace those of then.

    Raises:
        WorkflowInvalid: The inputs do not fit.
    """
    kept = {name: value for name, value in base.inputs.items() if name in base.workflow.inputs}
    return replace(
        base,
        inputs=coerce_inputs(base.workflow, {**kept, **inputs}),
        mode="replay",
        reuse=row.id if start is not None or failed_items else None,
        rerun=(start,) if start else (),
        retry_items=failed_items,
        origin=(row.origin_id or row.id) if failed_items else None,
    )


def forked(base: StartRequest, row: ExecutionRow, node: str) -> StartRequest:
    """The request for a new execution that copies the history up to ``node``."""
    return replace(base, mode="fork", reuse=row.id, copy_until=node)


async def _version(store: Store, workspace: str, hash: str) -> Workflow:
    document = await store.version(workspace, hash)
    if document is None:
        raise NotFound("workflow.version_gone", "The workflow version {hash} is not kept here.", hash=hash)
    return Workflow.model_validate_json(document)
