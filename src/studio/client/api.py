"""The whole API. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from studio.client.parts.executions import ExecutionsPart
from studio.client.parts.folders import FoldersPart
from studio.client.parts.nodes import NodesPart
from studio.client.parts.session import SessionPart
from studio.client.parts.setup import SetupPart
from studio.client.parts.workflows import WorkflowsPart


class Api(ExecutionsPart, FoldersPart, NodesPart, SessionPart, SetupPart, WorkflowsPart):
    """Every operation of a Studio server."""
