import asyncio
import gzip
import ssl
import zlib
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.http import HttpRequest
from studio.domain.errors import AccessRefused, ErrorClass, ProviderError, UserError
from studio.i18n import render
from studio.net import CircuitBreaker, EgressClient, EgressPolicy
from tests.fixtures.tls import certificate as make_certificate

from .conftest import Seen, Serve, answer


def get(url: str, **fields: Any) -> HttpRequest:
    return HttpRequest(method="GET", url=url, **fields)


async def test_a_request_arrives_as_written_and_its_answer_comes_back(serve: Serve, client: EgressClient) -> None:
    server = await serve(answer(201, b"made", ("X-One", "1"), ("Set-Cookie", "a=b")))
    request = HttpRequest(
        method="POST", url=server.url("/a%20b?x=1"), params=[("y", "é&"), ("y", "2")],
        headers=[("X-Test", "täst")], body=b"payload",
    )  # fmt: skip
    response = await client.send(request)
    assert (response.status, response.body, response.header("X-One")) == (201, b"made", "1")
    assert response.url == server.url("/a%20b?x=1&y=%C3%A9%26&y=2")
    assert response.seconds > 0
    seen = server.seen[0]
    assert (seen.method, seen.target, seen.body) == ("POST", "/a%20b?x=1&y=%C3%A9%26&y=2", b"payload")
    assert seen.header("host") == f"127.0.0.1:{server.port}"
    assert seen.header("user-agent") == "Studio"
    await client.send(get(server.url()))
    assert server.seen[1].header("cookie") is None
    assert server.connections == 1


async def test_loopback_is_refused_without_an_exception_and_nothing_is_sent(serve: Serve) -> None:
    server = await serve(answer())
    client = EgressClient(EgressPolicy([f"127.0.0.1:{server.port + 1}"]))
    for url in (server.url(), server.url(host="localhost"), f"http://[::ffff:127.0.0.1]:{server.port}/"):
        with pytest.raises(AccessRefused) as caught:
            await client.send(get(url))
        assert "--allow-host" in caught.value.message
    assert server.connections == 0
    await client.aclose()


async def test_a_name_that_answers_differently_the_second_time_gains_nothing(serve: Serve) -> None:
    public = await serve(answer(body=b"public"), host="127.0.0.2")
    inner = await serve(answer(body=b"secret"), host="127.0.0.3")
    answers = ["127.0.0.2", "127.0.0.3", "127.0.0.3"]

    async def resolver(host: str, port: int) -> list[str]:
        return [answers.pop(0)]

    client = EgressClient(EgressPolicy(["127.0.0.2"], resolver=resolver))
    public.close_after = True
    url = f"http://rebind.example:{public.port}/"
    assert (await client.send(get(url))).body == b"public"
    with pytest.raises(AccessRefused):
        await client.send(get(url))
    with pytest.raises(AccessRefused):
        await client.send(get(f"http://rebind.example:{inner.port}/"))
    assert inner.connections == 0
    assert public.seen[0].header("host") == f"rebind.example:{public.port}"
    await client.aclose()


async def test_the_next_address_is_tried_where_one_does_not_answer(serve: Serve) -> None:
    server = await serve(answer(body=b"second"), host="127.0.0.5")

    async def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.4", "127.0.0.5"]

    client = EgressClient(EgressPolicy(["127.0.0.0/8"], resolver=resolver))
    assert (await client.send(get(f"http://two.example:{server.port}/"))).body == b"second"
    await client.aclose()


@pytest.mark.parametrize(
    ("status", "method", "then", "body"),
    [
        (301, "GET", "GET", b""), (301, "POST", "GET", b""), (302, "POST", "GET", b""), (302, "PUT", "PUT", b"x"),
        (303, "PUT", "GET", b""), (303, "HEAD", "HEAD", b""), (307, "POST", "POST", b"x"),
        (308, "PATCH", "PATCH", b"x"),
    ],
)  # fmt: skip
async def test_redirects_within_an_origin_keep_headers(
    serve: Serve, client: EgressClient, status: int, method: str, then: str, body: bytes
) -> None:
    def reply(seen: Seen) -> bytes:
        return answer(status, b"", ("Location", "/b?c=d")) if seen.target == "/a" else answer(200, b"")

    server = await serve(reply)
    sent = None if method in ("GET", "HEAD") else b"x"
    request = HttpRequest(method=method, url=server.url("/a"), headers=[("Authorization", "t")], body=sent)
    response = await client.send(request)
    assert (response.status, response.url) == (200, server.url("/b?c=d"))
    assert (server.seen[1].method, server.seen[1].body) == (then, body)
    assert server.seen[1].header("authorization") == "t"


async def test_secrets_do_not_follow_to_another_host(serve: Serve, client: EgressClient) -> None:
    other = await serve(answer(body=b"ok"), host="127.0.0.2")
    server = await serve(answer(307, b"", ("Location", other.url("/x"))))
    headers = [("Authorization", "Bearer t"), ("Cookie", "a=b"), ("X-Api-Key", "k"), ("Accept", "text/plain")]
    await client.send(get(server.url(), headers=headers))
    names = {name.lower() for name, _ in other.seen[0].headers}
    assert names == {"host", "accept", "user-agent", "accept-encoding"}


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://127.0.0.9:1/", AccessRefused), ("http://169.254.169.254/latest", AccessRefused),
        ("http://2130706433/", UserError), ("file:///etc/passwd", UserError), ("http://a:b@127.0.0.1/", UserError),
    ],
)  # fmt: skip
async def test_each_redirect_is_checked_again(serve: Serve, location: str, error: type[Exception]) -> None:
    server = await serve(answer(302, b"", ("Location", location)))
    client = EgressClient(EgressPolicy([f"127.0.0.1:{server.port}"]))
    with pytest.raises(error):
        await client.send(get(server.url()))
    await client.aclose()


async def test_redirects_end_or_are_left_alone(serve: Serve, client: EgressClient) -> None:
    server = await serve(answer(302, b"", ("Location", "/again")))
    with pytest.raises(ProviderError) as caught:
        await client.send(get(server.url(), max_redirects=3))
    assert caught.value.code == "net.too_many_redirects"
    assert not caught.value.classification.retryable
    assert len(server.seen) == 4
    assert (await client.send(get(server.url(), follow_redirects=False))).status == 302


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"text" * 50_000, mtime=0)),
        ("gzip", gzip.compress(b"text" * 25_000, mtime=0) * 2 + b"\0\0"),
        ("deflate", zlib.compress(b"text" * 50_000)),
        ("deflate", zlib.compress(b"text" * 50_000)[2:-4]),
        ("identity", b"text" * 50_000),
    ],
)
async def test_compressed_answers_are_unpacked(
    serve: Serve, client: EgressClient, encoding: str, packed: bytes
) -> None:
    server = await serve(answer(200, packed, ("Content-Encoding", encoding)))
    assert (await client.send(get(server.url()))).body == b"text" * 50_000


@pytest.mark.parametrize(
    ("encoding", "packed", "code"),
    [
        ("gzip", gzip.compress(bytes(200_000_000), 9, mtime=0), "net.too_large"),
        ("gzip", gzip.compress(gzip.compress(bytes(1000), mtime=0), mtime=0), None),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(10_000_000), mtime=0), mtime=0), "net.unknown_encoding"),
        ("br", b"abc", "net.unknown_encoding"),
        ("gzip", b"not gzip", "net.broken_body"),
        ("gzip", gzip.compress(b"cut short" * 99, mtime=0)[:-9], "net.broken_body"),
        ("deflate", b"\xff\xff\xff", "net.broken_body"),
        ("", bytes(1_100_000), "net.too_large"),
    ],
)
async def test_bombs_and_broken_bodies_are_refused(
    serve: Serve, client: EgressClient, encoding: str, packed: bytes, code: str | None
) -> None:
    server = await serve(answer(200, packed, ("Content-Encoding", encoding)))
    if code is None:
        assert (await client.send(get(server.url()))).status == 200
        return
    with pytest.raises((UserError, ProviderError)) as caught:
        await client.send(get(server.url(), max_bytes=1_000_000))
    assert caught.value.code == code


async def test_an_endless_body_is_bounded_and_a_stream_can_be_left(serve: Serve, client: EgressClient) -> None:
    body = b"".join(b"10000\r\n" + bytes(65536) + b"\r\n" for _ in range(64))
    server = await serve(answer(200, body, ("Transfer-Encoding", "chunked"), length=False))
    with pytest.raises(UserError) as caught:
        await client.send(get(server.url(), max_bytes=100_000))
    assert caught.value.code == "net.too_large"
    async with client.stream(get(server.url(), max_bytes=10_000_000)) as stream:
        assert (stream.status, dict(stream.headers)["transfer-encoding"]) == (200, "chunked")
        async for piece in stream.pieces():
            assert piece
            break
    assert (await client.send(HttpRequest(method="HEAD", url=server.url()))).body == b""


@pytest.mark.parametrize(
    "data",
    [
        answer(200, b"", *[(f"X-{i}", "v") for i in range(300)]),
        answer(200, b"", ("X", "v" * 90_000)),
        answer(200, b"", ("X", "v" * 200_000)),
        b"garbage\r\n\r\n",
    ],
)
async def test_strange_answers_are_provider_errors(serve: Serve, client: EgressClient, data: bytes) -> None:
    server = await serve(data)
    with pytest.raises(ProviderError) as caught:
        await client.send(HttpRequest(method="POST", url=server.url(), body=b"x"))
    assert caught.value.in_doubt


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ([("Host", "other")], "net.header_refused"),
        ([("Content-Length", "3")], "net.header_refused"),
        ([("Proxy-Authorization", "x")], "net.header_refused"),
        ([("X Y", "v")], "net.bad_header"),
        ([("X", "a\r\nY: b")], "net.bad_header"),
        ([("X", "日本")], "net.bad_header"),
        ([(f"X-{i}", "v") for i in range(300)], "net.too_many_headers"),
    ],
)
async def test_headers_that_are_not_the_callers_are_refused(
    client: EgressClient, headers: list[tuple[str, str]], code: str
) -> None:
    with pytest.raises(UserError) as caught:
        await client.send(get("http://127.0.0.1:1/", headers=headers))
    assert caught.value.code == code


async def test_a_bad_method_is_the_users_mistake(serve: Serve, client: EgressClient) -> None:
    server = await serve(answer())
    with pytest.raises(UserError) as caught:
        await client.send(HttpRequest(method="GE T", url=server.url()))
    assert caught.value.code == "net.bad_request"


async def test_doubt_begins_when_the_request_was_sent(serve: Serve, client: EgressClient) -> None:
    silent = await serve(lambda _seen: None)
    request = HttpRequest(method="POST", url=silent.url(), body=b"x")
    with pytest.raises(ProviderError) as lost:
        await client.send(request)
    assert (lost.value.code, lost.value.in_doubt) == ("net.connection_lost", True)
    with pytest.raises(ProviderError) as refused:
        await client.send(HttpRequest(method="POST", url="http://127.0.0.1:1/", body=b"x"))
    assert (refused.value.code, refused.value.in_doubt) == ("net.connect_failed", False)
    assert refused.value.classification is ErrorClass.TRANSIENT


async def test_a_server_that_never_answers_is_left_in_time(client: EgressClient) -> None:
    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    socket = await asyncio.start_server(hold, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{socket.sockets[0].getsockname()[1]}/"
    with pytest.raises(ProviderError) as caught:
        await client.send(get(url, timeout=0.2))
    assert (caught.value.code, caught.value.in_doubt) == ("net.timeout", True)
    with pytest.raises(ProviderError) as streamed:
        async with client.stream(get(url, timeout=0.2)):
            pass
    assert streamed.value.code == "net.timeout"
    socket.close()


async def test_a_dead_kept_connection_is_replaced_for_repeatable_requests_only(
    serve: Serve, client: EgressClient
) -> None:
    replies: list[bytes | None] = [answer(), None, answer(200, b"again"), answer(), None]
    server = await serve(lambda _seen: replies.pop(0))
    await client.send(get(server.url()))
    assert (await client.send(get(server.url()))).body == b"again"
    await client.send(get(server.url()))
    with pytest.raises(ProviderError) as caught:
        await client.send(HttpRequest(method="POST", url=server.url(), body=b"x"))
    assert caught.value.in_doubt


async def test_a_failing_host_is_left_alone_and_probed_again(serve: Serve) -> None:
    now = 0.0
    status = 503
    server = await serve(lambda _seen: answer(status))
    breaker = CircuitBreaker(threshold=3, pause=5, clock=lambda: now)
    client = EgressClient(EgressPolicy(["127.0.0.1"]), breaker=breaker)
    for _ in range(3):
        assert (await client.send(get(server.url()))).status == 503
    with pytest.raises(ProviderError) as caught:
        await client.send(get(server.url()))
    assert (caught.value.code, caught.value.in_doubt, caught.value.retry_after) == ("net.circuit_open", False, 5)
    assert len(server.seen) == 3
    now = 6.0
    await client.send(get(server.url()))
    assert len(server.seen) == 4
    with pytest.raises(ProviderError) as longer:
        await client.send(get(server.url()))
    assert longer.value.retry_after == 10
    now, status = 17.0, 200
    await client.send(get(server.url()))
    assert (await client.send(get(server.url()))).status == 200
    await client.aclose()


def test_only_one_probe_at_a_time_and_a_cancelled_one_makes_room() -> None:
    now = 0.0
    breaker = CircuitBreaker(threshold=1, pause=5, clock=lambda: now)
    breaker.enter("k", "h")
    breaker.failed("k")
    now = 5.0
    breaker.enter("k", "h")
    with pytest.raises(ProviderError):
        breaker.enter("k", "h")
    breaker.left("k")
    breaker.enter("k", "h")
    breaker.succeeded("k")
    breaker.enter("k", "h")
    breaker.left("unknown")


async def test_a_refused_address_is_no_failure_of_the_host() -> None:
    breaker = CircuitBreaker(threshold=1)
    client = EgressClient(EgressPolicy(), breaker=breaker)
    for _ in range(2):
        with pytest.raises(AccessRefused):
            await client.send(get("http://127.0.0.1:1/"))


class Bearer:
    id = "test.bearer"

    def __init__(self, *hosts: str, in_query: bool = False) -> None:
        self.hosts = hosts
        self.in_query = in_query

    def hosts_for(self, data: Any) -> tuple[str, ...]:
        return self.hosts

    def apply(self, request: HttpRequest, data: Any) -> HttpRequest:
        if self.in_query:
            return HttpRequest(
                method=request.method, url="http://127.0.0.9/", params=[*request.params, ("key", data["token"])]
            )
        headers = [*request.headers, ("Authorization", f"Bearer {data['token']}")]
        return HttpRequest(method=request.method, url=request.url, headers=headers)


def with_credential(kind: Any, allow: str = "127.0.0.0/8") -> EgressClient:
    async def lookup(workspace: str, alias: str) -> tuple[Any, dict[str, str]]:
        assert (workspace, alias) == ("w", "mine")
        return kind, {"token": "s3cret"}

    return EgressClient(EgressPolicy([allow]), credentials=lookup).for_workspace("w")


async def test_a_credential_goes_to_its_hosts_and_no_further(serve: Serve) -> None:
    other = await serve(answer(), host="127.0.0.2")
    moves = iter(["/b", other.url("/c")])
    server = await serve(lambda seen: answer(307, b"", ("Location", next(moves))))
    client = with_credential(Bearer("127.0.0.1"))
    assert (await client.send(get(server.url("/a"), credential="mine"))).status == 200
    assert [seen.header("authorization") for seen in server.seen] == ["Bearer s3cret"] * 2
    assert other.seen[0].header("authorization") is None
    with pytest.raises(AccessRefused) as caught:
        await client.send(get(other.url(), credential="mine"))
    assert caught.value.code == "net.credential_host"
    assert "s3cret" not in caught.value.message
    await client.aclose()


async def test_a_credential_may_add_to_the_query_but_not_change_the_destination(serve: Serve) -> None:
    server = await serve(answer())
    client = with_credential(Bearer(f"127.0.0.1:{server.port}", in_query=True))
    await client.send(get(server.url("/a?b=1"), params=[("c", "2")], credential="mine"))
    assert server.seen[0].target == "/a?b=1&c=2&key=s3cret"
    await client.aclose()


@pytest.mark.parametrize(
    ("pattern", "url", "allowed"),
    [
        ("api.example.org", "https://api.example.org/", True),
        ("*.example.org", "https://api.example.org/", True),
        ("*.example.org", "https://a.b.example.org/", True),
        ("*.example.org", "https://example.org/", False),
        ("*.example.org", "https://evilexample.org/", False),
        ("example.org", "https://api.example.org/", False),
        ("example.org:8443", "https://example.org/", False),
        ("::1", "https://[::1]/", True),
        ("not a host", "https://example.org/", False),
    ],
)
async def test_host_patterns(pattern: str, url: str, allowed: bool) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        raise OSError("not reached in this test")

    async def lookup(workspace: str, alias: str) -> tuple[Any, dict[str, str]]:
        return Bearer(pattern), {"token": "x"}

    client = EgressClient(EgressPolicy(resolver=resolver), credentials=lookup)
    with pytest.raises((AccessRefused, ProviderError)) as caught:
        await client.send(get(url, credential="mine"))
    assert (caught.value.code != "net.credential_host") is allowed


async def test_a_credential_is_not_sent_in_clear_to_a_public_host() -> None:
    client = with_credential(Bearer("example.org"))
    with pytest.raises(AccessRefused) as caught:
        await client.send(get("http://example.org/", credential="mine"))
    assert caught.value.code == "net.credential_unencrypted"
    bare = EgressClient(EgressPolicy())
    with pytest.raises(UserError) as none:
        await bare.send(get("https://example.org/", credential="mine"))
    assert none.value.code == "net.no_credentials"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for ``secure.example``, its own authority."""
    return make_certificate(tmp_path_factory.mktemp("tls") / "both.pem", "secure.example")


async def test_tls_names_the_host_while_the_connection_goes_to_the_checked_address(
    serve: Serve, certificate: Path
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server = await serve(answer(body=b"tls"), host="127.0.0.6", tls=tls)

    async def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.6"]

    policy = EgressPolicy(["127.0.0.6"], resolver=resolver)
    trusting = EgressClient(policy, ssl_context=ssl.create_default_context(cafile=str(certificate)))
    assert (await trusting.send(get(f"https://secure.example:{server.port}/"))).body == b"tls"
    with pytest.raises(ProviderError) as wrong_name:
        await trusting.send(get(f"https://other.example:{server.port}/"))
    assert wrong_name.value.code == "net.certificate"
    assert "pour un autre hôte" in render(wrong_name.value, lang="fr")
    assert not wrong_name.value.classification.retryable
    careful = EgressClient(policy)
    with pytest.raises(ProviderError) as untrusted:
        await careful.send(get(f"https://secure.example:{server.port}/"))
    assert untrusted.value.code == "net.certificate"
    assert "signed by itself" in untrusted.value.message
    assert (await careful.send(get(f"https://secure.example:{server.port}/", verify=False))).body == b"tls"
    for client in (trusting, careful):
        await client.aclose()


async def test_connections_are_limited(serve: Serve) -> None:
    gate = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await gate.wait()
        writer.write(answer())
        writer.close()

    socket = await asyncio.start_server(hold, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{socket.sockets[0].getsockname()[1]}/"
    client = EgressClient(EgressPolicy(["127.0.0.1"]), max_connections=1)
    first = asyncio.create_task(client.send(get(url)))
    while not client._pools or not client._pools[True].connections:
        await asyncio.sleep(0)
    with pytest.raises(ProviderError) as caught:
        await client.send(get(url, connect_timeout=0.05))
    assert (caught.value.code, caught.value.in_doubt) == ("net.busy", False)
    gate.set()
    assert (await first).status == 200
    socket.close()
    await client.aclose()
