"""What services give out of the engine's words."""

from studio.engine import ErrorInfo, Event, ExecutionResult
from studio.engine.failures import error_info

__all__ = ["ErrorInfo", "Event", "ExecutionResult", "error_info"]
