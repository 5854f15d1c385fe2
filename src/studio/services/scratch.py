"""Run a workflow document that stands in no file, for examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.domain.workflow import Workflow
from studio.engine import Engine, ExecutionResult, Grants, StartRequest
from studio.services.drive import Driver


async def run_document(engine: Engine, driver: Driver, document: dict[str, Any], folder: Path) -> ExecutionResult:
    """Run a document whose files lie in ``folder``, until it ends or only waits.

    Raises:
        ValidationError: It is no workflow document.
        StudioError: It cannot be accepted.
    """
    await driver.start()
    request = StartRequest(workflow=Workflow.model_validate(document), grants=Grants(folder=str(folder)))
    execution_id = await engine.submit(request)
    return await driver.wait(execution_id, timeout=5.0, patient=False)
