"""The plans of workflow versions that an engine keeps at hand."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from studio.contracts.apart import asking_for
from studio.contracts.store import Store
from studio.domain.errors import NotFound
from studio.domain.workflow import Workflow
from studio.engine.pinning import Types, moved, nodes_in, pinned
from studio.engine.plan import Catalogue, Plan, plan_workflow

_MOST = 256


class Plans:
    """Plans by content hash; where other versions of node types are meant than are installed, by these too."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self._plans: OrderedDict[str, Plan] = OrderedDict()

    def __contains__(self, hash: str) -> bool:
        return hash in self._plans

    async def get(self, workspace: str, hash: str, workflow: Workflow | None, types: Types | None) -> Plan:
        """See ``Engine.plan``."""
        key = hash if types is None else f"{hash} {sorted(types.items())}"
        plan = self._plans.get(key)
        if plan is not None:
            self._plans.move_to_end(key)
            return plan
        plain = self._plans.get(hash)
        if workflow is None:
            workflow = plain.workflow if plain is not None else await self._read(workspace, hash)
        if types is not None and plain is not None and not moved(workflow, types, plain.types):
            plan = plain
        else:
            plan = await self._planned(workspace, hash, workflow, types)
            if types is not None and not moved(workflow, types, plan.types):
                self._plans[hash] = plan  # those that are installed are meant
        self._plans[key] = plan
        if len(self._plans) > _MOST:
            self._plans.popitem(last=False)
        return plan

    async def _planned(self, workspace: str, hash: str, workflow: Workflow, types: Types | None) -> Plan:
        def planned() -> Plan:
            meant = workflow if types is None else pinned(workflow, types, self._catalogue)
            return plan_workflow(meant, hash, self._catalogue)

        # What is not here has to be asked for, which takes a moment.
        apart = any(self._catalogue.is_apart(one) for one in {node.type for node in nodes_in(workflow)})
        return await asyncio.to_thread(asking_for, workspace, planned) if apart else planned()

    async def _read(self, workspace: str, hash: str) -> Workflow:
        document = await self._store.version(workspace, hash)
        if document is None:
            raise NotFound("workflow.version_gone", "The workflow version {hash} is not kept here.", hash=hash)
        return Workflow.model_validate_json(document)
