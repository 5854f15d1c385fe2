"""The one egress policy: which addresses the server may open connections to."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

from studio.domain.errors import AccessRefused, ProviderError, UserError
from studio.domain.phrases import Phrase
from studio.net._addresses import Address, Network, embedded_v4, is_metadata, special_kind, unmap
from studio.net._hosts import literal_address, normal_host, split_authority

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives all addresses of a name; raises OSError where it has none."""

_SEPARATOR = re.compile(r"[\s,]+")
_WITH_PORT = re.compile(r"([^:\s]+/[0-9]+|\[[^\]]+\]/[0-9]+)(?::([0-9]{1,5}))?\Z")


class _Entry(NamedTuple):
    host: str | None
    network: Network | None
    port: int | None

    def covers_port(self, port: int) -> bool:
        return self.port is None or self.port == port


_KINDS: dict[str, str] = {
    "unspecified": Phrase("net.kind.unspecified", "unspecified"),
    "private": Phrase("net.kind.private", "private"),
    "shared": Phrase("net.kind.shared", "shared"),
    "loopback": Phrase("net.kind.loopback", "loopback"),
    "metadata": Phrase("net.kind.metadata", "metadata"),
    "link-local": Phrase("net.kind.link_local", "link-local"),
    "reserved": Phrase("net.kind.reserved", "reserved"),
    "documentation": Phrase("net.kind.documentation", "documentation"),
    "benchmarking": Phrase("net.kind.benchmarking", "benchmarking"),
    "multicast": Phrase("net.kind.multicast", "multicast"),
    "embedded": Phrase("net.kind.embedded", "embedded"),
}


class EgressPolicy:
    """Decides which hosts may be reached. Public addresses may; others need an entry in ``allow``.

    Args:
        allow: Exceptions: ``HOST``, ``HOST:PORT``, an address, or a network in CIDR notation; each text may hold
            several, separated by commas or spaces (as in ``STUDIO_ALLOW_HOSTS``).
        resolver: Gives the addresses of a name; the system's by default.

    Raises:
        UserError: An entry is none of these.
    """

    def __init__(self, allow: Iterable[str] = (), *, resolver: Resolver | None = None) -> None:
        texts = [text for group in allow for text in _SEPARATOR.split(group) if text]
        self._entries = tuple(_parse_entry(text) for text in texts)
        self._resolver = resolver or system_resolver
        self.allow = tuple(texts)

    def check(self, host: str, port: int, address: Address) -> None:
        """Refuse ``address`` of ``host`` unless it is public or an entry covers it.

        Where a cloud tells machines their credentials an entry must be that address itself, and no name or network.

        Raises:
            AccessRefused: Names the flag that would allow it.
        """
        kind = special_kind(address)
        if kind is None:
            return
        metadata = is_metadata(address)
        if self._names(address, port) if metadata else self.excepts(host, port, address):
            return
        if metadata:
            kind, host = "metadata", str(unmap(address))
        shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise AccessRefused(
            "net.refused",
            "{host} is at a {kind} address, which is not allowed. "
            "An administrator can allow it with --allow-host {host} or STUDIO_ALLOW_HOSTS={host}.",
            host=shown,
            kind=_KINDS.get(kind, kind),
        )

    def excepts(self, host: str, port: int, address: Address | None = None) -> bool:
        """Whether an entry names this host, or a network that holds ``address``."""
        entries = [entry for entry in self._entries if entry.covers_port(port)]
        if any(entry.host == host for entry in entries):
            return True
        networks = [entry.network for entry in entries if entry.network is not None]
        return address is not None and self._network_allows(networks, address)

    def _names(self, address: Address, port: int) -> bool:
        """Whether an entry is this very address. A name may come to stand for another, and a network holds many."""
        plain = unmap(address)
        return any(
            entry.network is not None and entry.network.num_addresses == 1 and plain in entry.network
            for entry in self._entries
            if entry.covers_port(port)
        )

    def _network_allows(self, networks: list[Network], address: Address) -> bool:
        plain = unmap(address)
        if any(plain in network for network in networks):
            inner = embedded_v4(plain) if isinstance(plain, IPv6Address) else None
            if inner is None or any(plain in network and network.prefixlen == 128 for network in networks):
                return True
            # A network of wrappers (NAT64) is allowed, but what is wrapped must be allowed too.
            return special_kind(inner) is None or any(inner in network for network in networks)
        return plain is not address and any(address in network for network in networks)

    async def resolve(self, host: str, port: int) -> list[str]:
        """All addresses of ``host``, in the resolver's order, every one of them allowed.

        Raises:
            AccessRefused: One of them is not allowed.
            UserError: The host is malformed.
            ProviderError: The name does not resolve.
        """
        name = normal_host(host)
        literal = literal_address(name)
        if literal is not None:
            self.check(name, port, literal)
            return [str(unmap(literal))]
        try:
            found = await self._resolver(name, port)
            addresses = [ip_address(text) for text in dict.fromkeys(found)]
        except (OSError, ValueError) as error:
            raise ProviderError("net.unresolved", "The name {host} does not resolve.", host=name) from error
        if not addresses:
            raise ProviderError("net.unresolved", "The name {host} does not resolve.", host=name)
        for address in addresses:
            self.check(name, port, address)
        return [str(unmap(address)) for address in addresses]


async def system_resolver(host: str, port: int) -> list[str]:
    """The operating system's answer, both families."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def _parse_entry(text: str) -> _Entry:
    try:
        match = _WITH_PORT.match(text)
        if match is not None or text.count("/") == 1:
            block, port = (match[1], match[2]) if match is not None else (text, None)
            network = ip_network(block.replace("[", "").replace("]", ""), strict=False)
            if port and not 1 <= int(port) <= 65535:
                raise ValueError(port)
            return _Entry(None, network, int(port) if port else None)
        bare_v6 = text.count(":") > 1 and not text.startswith("[")
        host, number = (normal_host(text), None) if bare_v6 else split_authority(text)
    except (ValueError, UserError):
        raise UserError(
            "net.bad_allow_entry",
            "{entry} cannot be allowed; expected HOST, HOST:PORT, an address or a network such as 10.0.0.0/8.",
            entry=text,
        ) from None
    literal = literal_address(host)
    return _Entry(None, ip_network(literal), number) if literal is not None else _Entry(host, None, number)
