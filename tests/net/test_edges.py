import asyncio
import subprocess
import sys

import httpcore2
import pytest

from studio.contracts.http import HttpRequest
from studio.domain.errors import ProviderError, UserError
from studio.net import CircuitBreaker, EgressClient, EgressPolicy
from studio.net._backend import PinnedBackend
from studio.net._decode import bounded

from .conftest import Serve, answer


def test_the_policy_loads_without_the_client() -> None:
    code = "import sys, studio.net; assert 'httpcore2' not in sys.modules; studio.net.EgressClient"
    subprocess.run([sys.executable, "-c", code], check=True)
    import studio.net

    with pytest.raises(AttributeError):
        studio.net.Nothing


async def test_a_silent_resolver_is_given_up(serve: Serve) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    client = EgressClient(EgressPolicy(resolver=resolver))
    with pytest.raises(ProviderError) as caught:
        await client.send(HttpRequest(method="POST", url="https://slow.example/", connect_timeout=0.02))
    assert (caught.value.code, caught.value.in_doubt) == ("net.unresolved", False)
    await client.aclose()


async def test_no_other_way_out() -> None:
    backend = PinnedBackend(EgressPolicy())
    with pytest.raises(httpcore2.UnsupportedProtocol):
        await backend.connect_unix_socket("/run/docker.sock")
    await backend.sleep(0)


def test_the_breaker_forgets_hosts_it_has_not_seen_for_long() -> None:
    breaker = CircuitBreaker(threshold=1)
    for number in range(5000):
        breaker.failed(number)
    breaker.enter(0, "h")
    with pytest.raises(ProviderError):
        breaker.enter(4999, "h")


async def test_long_bodies_let_others_run() -> None:
    async def raw() -> object:
        for _ in range(40):
            yield bytes(65536)

    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    total = 0
    async for piece in bounded(raw(), "", 10_000_000):  # type: ignore[arg-type]
        total += len(piece)
    task.cancel()
    assert total == 40 * 65536
    assert turns >= 2


async def test_a_system_name_resolves(serve: Serve) -> None:
    server = await serve(answer(body=b"named"))
    client = EgressClient(EgressPolicy(["localhost"]))
    response = await client.send(HttpRequest(method="GET", url=server.url(host="localhost")))
    assert response.body == b"named"
    await client.aclose()


async def test_an_unknown_idn_is_refused() -> None:
    with pytest.raises(UserError):
        await EgressPolicy().resolve("xn--\u00e9", 80)


async def test_environment_proxies_are_not_used(
    serve: Serve, client: EgressClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy = await serve(answer(body=b"direct")), await serve(answer(body=b"proxy"))
    monkeypatch.setenv("HTTP_PROXY", proxy.url())
    monkeypatch.setenv("ALL_PROXY", proxy.url())
    assert (await client.send(HttpRequest(method="GET", url=server.url()))).body == b"direct"
