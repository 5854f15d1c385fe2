from ipaddress import ip_address

import pytest

from studio.domain.errors import AccessRefused, ProviderError, UserError
from studio.net import EgressDialer, EgressPolicy, normal_host, parse_url
from studio.net._addresses import is_metadata, special_kind, unmap

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450::8",
]
NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1",
    "168.63.129.16", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:10.0.0.1", "::10.0.0.1", "::7f00:1",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::10.0.0.1", "64:ff9b:1:2::1", "2002:7f00:1::", "2002:a00:1::1",
    "2002:808:808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1",
    "2001:db8::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1", "100::1",
    "4000::1", "5f00::1", "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:a00:1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_reached(address: str) -> None:
    assert special_kind(ip_address(address)) is None
    EgressPolicy().check("example.org", 443, ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_special_addresses_are_refused(address: str) -> None:
    with pytest.raises(AccessRefused) as caught:
        EgressPolicy().check("example.org", 443, ip_address(address))
    assert caught.value.code == "net.refused"
    # What a cloud tells machines needs an exception that is the address itself.
    named = str(unmap(ip_address(address))) if is_metadata(ip_address(address)) else "example.org"
    named = f"[{named}]" if ":" in named else named
    assert f"--allow-host {named}:443" in caught.value.message
    assert f"STUDIO_ALLOW_HOSTS={named}:443" in caught.value.message


@pytest.mark.parametrize(
    ("allow", "host", "port", "address"),
    [
        (["localhost"], "localhost", 80, "127.0.0.1"),
        (["localhost:80"], "localhost", 80, "::1"),
        (["LOCALHOST.:80"], "localhost", 80, "::1"),
        (["10.0.0.0/8"], "db.example", 5432, "10.1.2.3"),
        (["10.0.0.0/8:5432"], "db.example", 5432, "10.1.2.3"),
        (["10.1.2.3"], "db.example", 1, "10.1.2.3"),
        (["10.1.2.3:80, 10.1.2.4:80"], "x", 80, "10.1.2.4"),
        (["a b,127.0.0.0/8"], "x", 80, "127.9.9.9"),
        (["::1"], "x", 80, "::1"),
        (["[::1]:80"], "x", 80, "::1"),
        (["fd00::/8"], "x", 80, "fd00::5"),
        (["[fd00::]/8:80"], "x", 80, "fd00::5"),
        (["127.0.0.0/8"], "x", 80, "::ffff:127.0.0.1"),
        (["64:ff9b::/96"], "x", 80, "64:ff9b::808:808"),
        (["64:ff9b::a00:1"], "x", 80, "64:ff9b::a00:1"),
        (["64:ff9b::/96", "10.0.0.0/8"], "x", 80, "64:ff9b::a00:1"),
        (["::ffff:0:0/96"], "x", 80, "::ffff:8.8.8.8"),
    ],
)
def test_an_entry_makes_an_exception(allow: list[str], host: str, port: int, address: str) -> None:
    EgressPolicy(allow).check(host, port, ip_address(address))


@pytest.mark.parametrize(
    ("allow", "host", "port", "address"),
    [
        (["localhost:80"], "localhost", 81, "127.0.0.1"),
        (["localhost"], "localhost.example.org", 80, "127.0.0.1"),
        (["example.org"], "sub.example.org", 80, "10.0.0.1"),
        (["10.0.0.0/8:5432"], "x", 5433, "10.0.0.1"),
        (["10.0.0.0/9"], "x", 80, "10.200.0.1"),
        (["64:ff9b::/96"], "x", 80, "64:ff9b::7f00:1"),
        (["2002::/16"], "x", 80, "2002:a00:1::"),
        (["10.0.0.0/8"], "x", 80, "64:ff9b::a00:1"),
    ],
)
def test_an_exception_covers_no_more_than_it_says(allow: list[str], host: str, port: int, address: str) -> None:
    with pytest.raises(AccessRefused):
        EgressPolicy(allow).check(host, port, ip_address(address))


@pytest.mark.parametrize(
    "entry", ["http://x", "x/y", "10.0.0.0/99", "x:99999", "x:y", "[::1", "0x7f.1", "a..b", "-", "10.0.0.1/8/8"]
)
def test_a_malformed_exception_is_refused(entry: str) -> None:
    with pytest.raises(UserError) as caught:
        EgressPolicy([entry])
    assert caught.value.code == "net.bad_allow_entry"
    assert entry in caught.value.message


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://Example.ORG", ("http", "example.org", 80, "/")),
        ("https://example.org.:8443/a b?q=é#x", ("https", "example.org", 8443, "/a%20b?q=%C3%A9")),
        ("https://bücher.example/%41?a=%20", ("https", "xn--bcher-kva.example", 443, "/%41?a=%20")),
        ("http://[2606:4700:0:0::1]/", ("http", "2606:4700::1", 80, "/")),
        ("http://１２７.０.０.１/", ("http", "127.0.0.1", 80, "/")),
        ("http://ⓛocalhost/", ("http", "localhost", 80, "/")),
        ("http://a_b.example?x", ("http", "a_b.example", 80, "/?x")),
        (" http://x/ ", ("http", "x", 80, "/")),
    ],
)
def test_urls_are_brought_to_one_spelling(url: str, expected: tuple[str, str, int, str]) -> None:
    assert parse_url(url) == expected


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "net.bad_scheme"),
        ("gopher://x/", "net.bad_scheme"),
        ("javascript:alert(1)", "net.bad_url"),
        ("//x/", "net.bad_url"),
        ("x", "net.bad_url"),
        ("http:///x", "net.bad_host"),
        ("http://user:pw@x/", "net.userinfo"),
        ("http://x.com\\@127.0.0.1/", "net.userinfo"),
        ("http://x.com\\.y/", "net.bad_host"),
        ("http://x%2ecom/", "net.bad_host"),
        ("http://a b/", "net.bad_host"),
        ("http://a\tb/", "net.bad_host"),
        ("http://[fe80::1%25eth0]/", "net.bad_host"),
        ("http://[fe80::1%eth0]/", "net.bad_host"),
        ("http://[::1/", "net.bad_host"),
        ("http://::1/", "net.bad_host"),
        ("http://127.1/", "net.odd_address"),
        ("http://0x7f.0.0.1/", "net.odd_address"),
        ("http://0x7f000001/", "net.odd_address"),
        ("http://2130706433/", "net.odd_address"),
        ("http://0177.0.0.1/", "net.odd_address"),
        ("http://127.0.0.01/", "net.odd_address"),
        ("http://1.2.3.4.5/", "net.odd_address"),
        ("http://example.0x10/", "net.odd_address"),
        ("http://x:0/", "net.bad_port"),
        ("http://x:65536/", "net.bad_port"),
        ("http://x:12345678901/", "net.bad_port"),
        ("http://x:8a/", "net.bad_host"),
        ("http://a..b/", "net.bad_host"),
        ("http://" + "a." * 200 + "b/", "net.bad_host"),
        ("http://\u200d/", "net.bad_host"),
        ("http://x/" + "a" * 20000, "net.url_too_long"),
    ],
)
def test_odd_urls_are_refused(url: str, code: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_url(url)
    assert caught.value.code == code


def test_a_trailing_dot_does_not_hide_a_host() -> None:
    assert normal_host("LOCALHOST.") == "localhost"


async def test_every_resolved_address_is_checked() -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return ["8.8.8.8", "10.0.0.1"]

    with pytest.raises(AccessRefused):
        await EgressDialer(EgressPolicy(resolver=resolver)).resolve("two.example", 5432)
    allowed = EgressDialer(EgressPolicy(["10.0.0.1"], resolver=resolver))
    assert await allowed.resolve("two.example", 5432) == "8.8.8.8"
    assert await allowed.addresses("two.example", 5432) == ["8.8.8.8", "10.0.0.1"]


async def test_the_dialer_gives_an_address_or_says_why_not() -> None:
    dialer = EgressDialer(EgressPolicy(["127.0.0.1:5432"]))
    assert await dialer.resolve("127.0.0.1", 5432) == "127.0.0.1"
    with pytest.raises(AccessRefused):
        await dialer.resolve("127.0.0.1", 5433)
    with pytest.raises(UserError):
        await dialer.resolve("0x7f.1", 5432)


@pytest.mark.parametrize("found", [OSError("no"), [], ["not an address"]])
async def test_a_name_without_address_is_a_provider_error(found: object) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        if isinstance(found, OSError):
            raise found
        return found  # type: ignore[return-value]

    with pytest.raises(ProviderError) as caught:
        await EgressPolicy(resolver=resolver).resolve("gone.example", 80)
    assert caught.value.code == "net.unresolved"
    assert not caught.value.in_doubt


@pytest.mark.parametrize(
    ("allow", "address", "allowed"),
    [
        (["idp.internal"], "169.254.169.254", False),
        (["idp.internal"], "10.0.0.1", True),
        (["169.254.0.0/16"], "169.254.169.254", False),
        (["169.254.0.0/16"], "169.254.1.1", True),
        (["0.0.0.0/0", "::/0"], "::ffff:169.254.169.254", False),
        (["0.0.0.0/0", "::/0"], "64:ff9b::a9fe:a9fe", False),
        (["fd00::/8"], "fd00:ec2::254", False),
        (["fd00::/8"], "fd00:ec2::255", True),
        (["100.64.0.0/10"], "100.100.100.200", False),
        (["169.254.169.254"], "169.254.169.254", True),
        (["169.254.169.254:80"], "::ffff:169.254.169.254", True),
        (["169.254.169.254:81"], "169.254.169.254", False),
    ],
)
def test_metadata_needs_an_exception_of_its_own(allow: list[str], address: str, allowed: bool) -> None:
    """A name comes to stand for another address, and a network holds many."""
    policy = EgressPolicy(allow)
    if allowed:
        policy.check("idp.internal", 80, ip_address(address))
        return
    with pytest.raises(AccessRefused, match="metadata") as refused:
        policy.check("idp.internal", 80, ip_address(address))
    assert "idp.internal" not in str(refused.value)
