"""A typed client of a Studio server, made from the server's own description of its API.

async with Client("https://studio.example.org", token) as studio:
    async for execution in studio.iter_executions(status=["failed"]):
        print(execution["id"], execution["error_code"])
"""

from studio.client.client import Client
from studio.client.errors import (
    ApiError,
    Changed,
    Conflicting,
    Invalid,
    Missing,
    NotAllowed,
    NotSignedIn,
    ServerFailed,
    TooMany,
    Unreachable,
)
from studio.client.live import LiveEvent

__all__ = [
    "ApiError",
    "Changed",
    "Client",
    "Conflicting",
    "Invalid",
    "LiveEvent",
    "Missing",
    "NotAllowed",
    "NotSignedIn",
    "ServerFailed",
    "TooMany",
    "Unreachable",
]
