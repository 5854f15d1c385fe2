"""Which addresses are public.

The tables follow the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its successors). Python's
``is_global`` is not used: in 3.11 it takes NAT64 and 6to4 wrappers of private addresses for global ones.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_V4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(block), kind)
    for block, kind in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "metadata"),  # Azure's host agent has a public number
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(block), kind)
    for block, kind in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
    )
)
_V6_GLOBAL = IPv6Network("2000::/3")

# Where an IPv6 address carries an IPv4 one: the prefix, and how many bits stand right of the embedded address.
_EMBEDDED: tuple[tuple[IPv6Network, int], ...] = (
    (IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped, RFC 4291
    (IPv6Network("::ffff:0:0:0/96"), 0),  # IPv4-translated, RFC 7915
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64, RFC 6052
    (IPv6Network("64:ff9b:1::/48"), 0),  # local NAT64, RFC 8215
    (IPv6Network("2002::/16"), 80),  # 6to4, RFC 3056
    (IPv6Network("::/96"), 0),  # IPv4-compatible, RFC 4291
)
_TEREDO = IPv6Network("2001::/32")
_ISATAP = (0x00005EFE, 0x02005EFE)
_LOW_32 = 0xFFFFFFFF


_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "168.63.129.16", "100.100.100.200", "192.0.0.192",
        "fd00:ec2::254", "fd00:ec2::23", "fe80::a9fe:a9fe",
    )
)  # fmt: skip
"""Where a cloud tells a machine its own credentials."""


def is_metadata(address: Address) -> bool:
    """Whether a cloud tells a machine its own credentials there, in whatever form it is written."""
    plain = unmap(address)
    inner = embedded_v4(plain) if isinstance(plain, IPv6Address) else None
    return plain in _METADATA or inner in _METADATA


def embedded_v4(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, None where it carries none."""
    number = int(address)
    if number <= 1:
        return None
    if address in _TEREDO:
        return IPv4Address(~number & _LOW_32)  # RFC 4380: the client's address, inverted
    for network, shift in _EMBEDDED:
        if address in network:
            return IPv4Address((number >> shift) & _LOW_32)
    if (number >> 32) & _LOW_32 in _ISATAP:
        return IPv4Address(number & _LOW_32)  # RFC 5214
    return None


def unmap(address: Address) -> Address:
    """An IPv4-mapped address as the IPv4 address that the operating system will connect to."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def special_kind(address: Address) -> str | None:
    """Why an address is not public (``private``, ``loopback``, ``embedded``, ...), None where it is."""
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _V4 if address in network), None)
    for network, kind in _V6:
        if address in network and address not in _TEREDO:
            return kind
    if embedded_v4(address) is not None:
        return "embedded"
    return None if address in _V6_GLOBAL else "reserved"
