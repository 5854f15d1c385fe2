"""The protocols between the layers."""

from studio.contracts.blobs import BlobDraft, BlobFile, BlobStore
from studio.contracts.clock import Clock
from studio.contracts.files import FileFact, HostFiles
from studio.contracts.http import Dialer, HttpClient, HttpRequest, HttpResponse, HttpStream
from studio.contracts.store import (
    Accepted,
    Claim,
    Cursor,
    ExecutionFilter,
    ExecutionRow,
    ExecutionUpdate,
    Idempotency,
    Message,
    NewExecution,
    NodeRunRow,
    NodeState,
    PostResult,
    Projection,
    Segment,
    Slot,
    Store,
    StoredSegment,
)

__all__ = [
    "Accepted",
    "BlobDraft",
    "BlobFile",
    "BlobStore",
    "Claim",
    "Clock",
    "Cursor",
    "Dialer",
    "ExecutionFilter",
    "ExecutionRow",
    "ExecutionUpdate",
    "FileFact",
    "HostFiles",
    "HttpClient",
    "HttpRequest",
    "HttpResponse",
    "HttpStream",
    "Idempotency",
    "Message",
    "NewExecution",
    "NodeRunRow",
    "NodeState",
    "PostResult",
    "Projection",
    "Segment",
    "Slot",
    "Store",
    "StoredSegment",
]
