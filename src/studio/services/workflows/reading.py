"""From what a caller gives to a workflow document. Nothing here executes anything of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from studio.domain.canonical import plain_workflow
from studio.domain.errors import WorkflowInvalid
from studio.domain.workflow import Workflow
from studio.services.workflows._threads import aside
from studio.services.workflows.naming import check_workflow_name
from studio.validation import Loaded, load


class Read(NamedTuple):
    """A document that is a workflow, whatever else is wrong with it."""

    workflow: Workflow
    tree: dict[str, Any]
    loaded: Loaded


async def read(document: Mapping[str, Any] | str) -> Read:
    """Read a document strictly: an object, or YAML or JSON text.

    Raises:
        WorkflowInvalid: It is no workflow document; carries every problem with its place in the text.
        UserError: Its name has control characters.
    """
    return await aside(_read, document)


def written(document: Mapping[str, Any] | str) -> tuple[str, str]:
    """A document as text, and the name that tells its format."""
    if isinstance(document, str):
        return document, "workflow.yaml"
    # What JSON cannot hold is left in, so that it is found and named like in a text.
    return json.dumps(document, ensure_ascii=False), "workflow.json"


def _read(document: Mapping[str, Any] | str) -> Read:
    text, source = written(document)
    loaded = load(text, source=source)
    if loaded.workflow is None:
        raise WorkflowInvalid([one for one in loaded.problems if one.severity == "error"])
    check_workflow_name(loaded.workflow.name)
    return Read(loaded.workflow, plain_workflow(loaded.workflow), loaded)


def blank(name: str) -> dict[str, Any]:
    """The document of a new workflow."""
    return {"studio": 1, "name": name, "nodes": {}}
