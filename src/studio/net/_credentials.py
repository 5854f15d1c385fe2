"""Credentials on requests: only to the hosts their type declares, and only encrypted."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from studio.contracts.http import HttpRequest
from studio.domain.errors import AccessRefused, UserError
from studio.net._hosts import Target, literal_address, normal_host, split_authority
from studio.net._policy import EgressPolicy


class CredentialKind(Protocol):
    """What is asked of a credential type here."""

    @property
    def id(self) -> str:
        """Its name, for messages."""
        ...

    def hosts_for(self, data: Mapping[str, Any]) -> Sequence[str]:
        """Hosts this credential may go to: ``api.example.org`` or ``*.example.org``."""
        ...

    def apply(self, request: HttpRequest, data: Mapping[str, Any]) -> HttpRequest | Awaitable[HttpRequest]:
        """The request with the secret added; a new object."""
        ...


CredentialLookup = Callable[[str, str], Awaitable[tuple[CredentialKind, Mapping[str, Any]]]]
"""Gives type and fields of ``(workspace, alias)``; raises NotFound or UserError where there is none."""


CredentialRefused = Callable[[str, str, HttpRequest], Awaitable[bool]]
"""Told that a service does not accept the credential ``(workspace, alias)`` as this request carries it; whether
another try may succeed."""


async def apply_credential(
    request: HttpRequest, target: Target, workspace: str, lookup: CredentialLookup | None, policy: EgressPolicy
) -> HttpRequest:
    """The request with its credential, if ``target`` is one of the credential's hosts.

    Raises:
        AccessRefused: It may not go to this host, or the connection would not be encrypted.
        UserError: There is no such credential.
    """
    if request.credential is None:
        return request
    if lookup is None:
        raise UserError("net.no_credentials", "There is no credential {alias} here.", alias=request.credential)
    kind, data = await lookup(workspace, request.credential)
    if not any(host_matches(pattern, target) for pattern in kind.hosts_for(data)):
        raise AccessRefused(
            "net.credential_host",
            "The credential {alias} ({type}) may not be sent to {host}.",
            alias=request.credential,
            type=kind.id,
            host=target.host,
        )
    check_encrypted(request.credential, target, policy)
    applied = kind.apply(request, data)
    return await applied if inspect.isawaitable(applied) else applied


def check_encrypted(alias: str, target: Target, policy: EgressPolicy) -> None:
    """Refuse to send a credential in clear, unless an exception names the host.

    Raises:
        AccessRefused: The connection would not be encrypted.
    """
    if target.scheme != "https" and not policy.excepts(target.host, target.port, literal_address(target.host)):
        raise AccessRefused(
            "net.credential_unencrypted",
            "The credential {alias} is only sent over https. "
            "An administrator can allow this host without it by --allow-host {host} or STUDIO_ALLOW_HOSTS={host}.",
            alias=alias,
            host=f"{target.host}:{target.port}",
        )


def host_matches(pattern: str, target: Target) -> bool:
    """Whether ``pattern`` (``HOST``, ``HOST:PORT`` or ``*.DOMAIN``) covers the target's host."""
    wildcard = pattern.startswith("*.")
    try:
        if pattern.count(":") > 1 and not pattern.startswith("["):
            return target.host == normal_host(pattern)
        wanted, port = split_authority(pattern[2:] if wildcard else pattern)
    except UserError:
        return False
    if port is not None and port != target.port:
        return False
    return target.host.endswith("." + wanted) if wildcard else target.host == wanted
