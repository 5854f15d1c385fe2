"""Run a workflow document that stands in no file, for examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.catalog import Catalog
from studio.domain.workflow import Workflow
from studio.engine import Engine, ExecutionResult, Grants, StartRequest
from studio.services._tree import nodes_of
from studio.services.documents import Documents, called_by, naming_params
from studio.services.drive import Driver


async def run_document(
    engine: Engine, driver: Driver, catalog: Catalog, document: dict[str, Any], folder: Path
) -> ExecutionResult:
    """Run a document whose files, and the workflows it calls, lie in ``folder``, until it ends or only waits.

    Raises:
        ValidationError: It is no workflow document.
        StudioError: It cannot be accepted.
    """
    await driver.start()
    workflow = Workflow.model_validate(document)
    documents = Documents(catalog)
    named = {
        name for _where, node in nodes_of(workflow) for _, name in called_by(node, naming_params(catalog, node.type))
    }
    calls = {name: documents.readable(folder / name) for name in sorted(named) if (folder / name).is_file()}
    request = StartRequest(workflow=workflow, calls=calls, grants=Grants(folder=str(folder)))
    execution_id = await engine.submit(request)
    return await driver.wait(execution_id, timeout=5.0, patient=False)
