"""A node that takes its time is shown as running."""

from __future__ import annotations

from typing import Any

from studio.bootstrap import Settings, Studio
from studio.cli._options import data_folder
from studio.domain.workflow import Workflow
from studio.engine import StartRequest


async def test_watchers_are_told_that_a_node_has_begun(surroundings: Any) -> None:
    nodes = {"read": {"type": "files.read_text", "params": {"path": "a.txt"}}}
    (surroundings / "a.txt").write_text("x")
    workflow = Workflow.model_validate({"studio": 1, "name": "T", "nodes": nodes})
    async with Studio(Settings(data=data_folder(None))) as studio:
        await studio.open()
        await studio.driver.start()
        execution_id = await studio.engine.submit(StartRequest(workflow=workflow))
        kinds = [event.kind async for event in studio.engine.events(execution_id) if event.path == "read"]
    assert kinds in (["started", "succeeded"], ["succeeded"]), "what is not recorded may be missed, never doubled"
