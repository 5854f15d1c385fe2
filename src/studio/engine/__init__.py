"""The engine: plans workflows, runs their nodes, keeps the journal, and goes on where it was."""

from studio.engine.after_failure import error_execution
from studio.engine.api import (
    Charge,
    EngineConfig,
    ErrorInfo,
    Event,
    ExecutionResult,
    Grants,
    NodeSummary,
    StartRequest,
)
from studio.engine.choices import choices_of
from studio.engine.engine import Engine
from studio.engine.history import History, read_history, read_result
from studio.engine.host import HostServices
from studio.engine.looking import Look
from studio.engine.observing import TRACE, Observer
from studio.engine.pinning import nodes_in

__all__ = [
    "TRACE",
    "Charge",
    "Engine",
    "EngineConfig",
    "ErrorInfo",
    "Event",
    "ExecutionResult",
    "Grants",
    "History",
    "HostServices",
    "Look",
    "NodeSummary",
    "Observer",
    "StartRequest",
    "choices_of",
    "error_execution",
    "nodes_in",
    "read_history",
    "read_result",
]
