"""The one egress policy, the HTTP client under it, and dialling for what is not HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.net._addresses import is_metadata
from studio.net._breaker import CircuitBreaker
from studio.net._credentials import CredentialKind, CredentialLookup
from studio.net._dialer import EgressDialer
from studio.net._hosts import Target, literal_address, normal_host, parse_url
from studio.net._policy import EgressPolicy, Resolver

if TYPE_CHECKING:
    from studio.net._client import EgressClient

__all__ = [
    "CircuitBreaker",
    "CredentialKind",
    "CredentialLookup",
    "EgressClient",
    "EgressDialer",
    "EgressPolicy",
    "Resolver",
    "Target",
    "is_metadata",
    "literal_address",
    "normal_host",
    "parse_url",
]


def __getattr__(name: str) -> Any:
    """The client is loaded where it is first used: its libraries take longer to load than the command line may."""
    if name == "EgressClient":
        from studio.net._client import EgressClient

        return EgressClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
