"""Run a workflow document that stands in no file, for examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.catalog import Catalog
from studio.domain.workflow import Graph, Workflow
from studio.engine import Engine, ExecutionResult, Grants, StartRequest
from studio.services.documents import Documents
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
    calls = {name: documents.readable(folder / name) for name in _called(workflow) if (folder / name).is_file()}
    request = StartRequest(workflow=workflow, calls=calls, grants=Grants(folder=str(folder)))
    execution_id = await engine.submit(request)
    return await driver.wait(execution_id, timeout=5.0, patient=False)


def _called(graph: Graph) -> Iterator[str]:
    """Names of the workflows that nodes of a graph call, those in bodies included."""
    for node in graph.nodes.values():
        name = node.params.get("workflow")
        if node.type == "flow.call" and isinstance(name, str):
            yield name
        for inner in (node.body, node.catch, node.finally_):
            if inner is not None:
                yield from _called(inner)
