"""The protocols between the layers."""

from studio.contracts.apart import Apart, Limits
from studio.contracts.blobs import BlobDraft, BlobFile, BlobStore
from studio.contracts.clock import Clock
from studio.contracts.data_tables import DataTables, RowKept, RowsChanged, RowsPage
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
    "Apart",
    "BlobDraft",
    "BlobFile",
    "BlobStore",
    "Claim",
    "Clock",
    "Cursor",
    "DataTables",
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
    "Limits",
    "Message",
    "NewExecution",
    "NodeRunRow",
    "NodeState",
    "PostResult",
    "Projection",
    "RowKept",
    "RowsChanged",
    "RowsPage",
    "Segment",
    "Slot",
    "Store",
    "StoredSegment",
]
