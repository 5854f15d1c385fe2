"""A typed client of a Studio server, made from the server's own description of its API.

async with Client("https://studio.example.org", token) as studio:
    page = await studio.list_executions(status=["failed"])
"""

from studio.client.client import Client
from studio.client.transport import ApiError

__all__ = ["ApiError", "Client"]
