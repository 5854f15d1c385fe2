"""What services give out of the engine's words."""

from studio.engine import ErrorInfo, Event, ExecutionResult

__all__ = ["ErrorInfo", "Event", "ExecutionResult"]
