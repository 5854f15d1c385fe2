"""What to do next, by kind of failure."""

from __future__ import annotations

from studio.cli._say import Voice

_BY_CODE = {
    "storage.no_execution": "cli.hint.executions",
    "workflow.unknown_type": "cli.hint.nodes",
    "workflow.unknown_type_near": "cli.hint.nodes",
    "node.in_doubt": "cli.hint.decide",
    "storage.blobs_failed": "cli.hint.path",
}
_BY_KIND = {
    "EngineBusy": "cli.hint.busy",
    "StorageFull": "cli.hint.full",
    "StorageReadOnly": "cli.hint.read_only",
    "StorageCorrupt": "cli.hint.corrupt",
    "RecordCorrupt": "cli.hint.corrupt",
    "StorageUnavailable": "cli.hint.unavailable",
    "DatabaseVersion": "cli.hint.version",
    "WrongKey": "cli.hint.key",
    "InDoubt": "cli.hint.decide",
    "ExpressionError": "cli.hint.expression",
}


def hint_for(
    code: str, kind: str, voice: Voice, *, execution_id: str | None = None, node: str | None = None
) -> str | None:
    """The next step; refers to an execution where one has failed. None where the message says it already."""
    key = _BY_CODE.get(code) or _BY_KIND.get(kind)
    if key == "cli.hint.decide":
        return voice.say(key, id=execution_id or "ID", node=node or "NODE")
    if key is not None:
        return voice.say(key)
    if execution_id is not None and node is None:
        return voice.say("cli.hint.failed_whole", id=execution_id)
    if execution_id is not None:
        return voice.say("cli.hint.failed_run", id=execution_id, node=str(node).split("[")[0].split("/")[0])
    return None
