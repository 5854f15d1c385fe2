"""Hosts and URLs as they are written, brought to one spelling or refused.

Two programs that read the same odd spelling differently are how address checks are passed by. So there is one spelling
for each address: ``0x7f.1``, ``2130706433``, ``127.1``, zone ids and percent-encoded hosts are refused.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import quote

from studio.domain.errors import UserError
from studio.net._addresses import Address

MAX_URL = 16_384
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://([^/?#]*)(.*)\Z", re.DOTALL)
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]*))?\Z")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_\-]{0,61}[a-z0-9_])?\Z")
_NUMERIC = re.compile(r"(0[xX][0-9a-fA-F]*|[0-9]+)\Z")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Everything that RFC 3986 lets stand in path, query or fragment, and ``%`` so that written escapes are kept.
_KEEP = "/?#[]@!$&'()*+,;=:%-._~"


class Target(NamedTuple):
    """A URL taken apart. ``path`` is what goes on the request line: path and query, percent-encoded."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what must stay the same for secrets to stay in a request."""
        return self.scheme, self.host, self.port

    @property
    def netloc(self) -> str:
        """Host and port as the ``Host`` header wants them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole URL in its one spelling."""
        return f"{self.scheme}://{self.netloc}{self.path}"


def parse_url(url: str) -> Target:
    """Take an http or https URL apart.

    Raises:
        UserError: It is malformed, has another scheme, carries a user name, or names its host in an odd spelling.
    """
    if len(url) > MAX_URL:
        raise UserError(
            "net.url_too_long", "The URL has {length} characters; at most {limit}.", length=len(url), limit=MAX_URL
        )
    match = _URL.match(url.strip())
    if match is None:
        raise UserError("net.bad_url", "{url} is not a URL; expected for example https://example.org/path.", url=url)
    scheme, authority, rest = match[1].lower(), match[2], match[3]
    if scheme not in _DEFAULT_PORTS:
        raise UserError("net.bad_scheme", "The scheme {scheme} is not allowed; use https or http.", scheme=scheme)
    if "@" in authority:
        raise UserError("net.userinfo", "A user name in a URL is not allowed; choose a credential instead.")
    host, port = split_authority(authority)
    path = quote(rest.partition("#")[0], safe=_KEEP)
    if not path.startswith("/"):
        path = "/" + path
    return Target(scheme, host, port or _DEFAULT_PORTS[scheme], path)


def split_authority(authority: str) -> tuple[str, int | None]:
    """Host in its one spelling, and the port where one is written.

    Raises:
        UserError: The host is malformed or oddly spelled, or the port is none.
    """
    match = _AUTHORITY.match(authority)
    if match is None:
        raise UserError("net.bad_host", "{host} is not a host name or address.", host=authority)
    port: int | None = None
    if match[2]:
        port = int(match[2][:6])
        if not 1 <= port <= 65535:
            raise UserError("net.bad_port", "{port} is not a port; expected 1 to 65535.", port=match[2])
    return normal_host(match[1]), port


def normal_host(host: str) -> str:
    """The one spelling of a host: a lower-case ASCII name, or an address without brackets.

    Raises:
        UserError: It is no host, or an address in an odd spelling.
    """
    if host.startswith("[") or ":" in host:
        return _ipv6(host.removeprefix("[").removesuffix("]"), host)
    name = host.removesuffix(".").lower()
    if not name.isascii():
        name = _to_ascii(name, host)
    labels = name.split(".")
    if _NUMERIC.match(labels[-1]):
        return _ipv4(name, host)
    if len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        raise UserError("net.bad_host", "{host} is not a host name or address.", host=host)
    return name


def literal_address(host: str) -> Address | None:
    """The address that a normal host spells out, None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _ipv4(name: str, host: str) -> str:
    try:
        return str(ip_address(name))
    except ValueError:
        raise UserError(
            "net.odd_address", "{host} is an odd spelling of an address; write it as four numbers 0 to 255.", host=host
        ) from None


def _ipv6(name: str, host: str) -> str:
    try:
        address = IPv6Address(name)
    except ValueError:
        address = None
    if address is None or address.scope_id is not None:
        raise UserError("net.bad_host", "{host} is not a host name or address.", host=host)
    return str(address)


def _to_ascii(name: str, host: str) -> str:
    """IDNA 2008 with the UTS 46 mapping, as browsers do it; full-width digits and dots become plain ones."""
    import idna

    try:
        return idna.encode(name, uts46=True, transitional=False).decode("ascii").removesuffix(".")
    except idna.IDNAError:
        raise UserError("net.bad_host", "{host} is not a host name or address.", host=host) from None
