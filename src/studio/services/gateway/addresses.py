"""Networks that a key may be used from."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from studio.domain.errors import UserError


def networks(texts: Sequence[str]) -> list[str]:
    """Addresses and networks in one notation.

    Raises:
        UserError: One is neither.
    """
    found: list[str] = []
    for text in texts:
        try:
            found.append(str(ip_network(text.strip(), strict=False)))
        except ValueError as error:
            raise UserError("key.ip", "{ip} is neither an address nor a network.", ip=text[:80]).at(
                param="ips"
            ) from error
    return list(dict.fromkeys(found))


def address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as it is compared: without a zone, and IPv4 where it is IPv4 inside IPv6."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def within(text: str, allowed: Sequence[str]) -> bool:
    """Whether an address lies in one of the networks."""
    found = address(text)
    if found is None:
        return False
    return any(found.version == network.version and found in network for network in map(ip_network, allowed))


def place(text: str) -> str:
    """Where somebody is: an address, of IPv6 the network of 64 bits that one subscriber has."""
    found = address(text)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found or "")
