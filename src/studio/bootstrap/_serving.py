"""Running the server and workers in this process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import uvicorn

    from studio.bootstrap import Studio
    from studio.domain.settings import ServerSettings
    from studio.services.platform import Platform

_GRACE = 20
"""Seconds that requests under way have to end after a signal to stop."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Where the server answers, and the set-up link where there is no account yet."""

    url: str
    setup_url: str | None


def make_platform(studio: Studio, settings: ServerSettings) -> Platform:
    """The services over an opened Studio."""
    from studio.i18n import render
    from studio.services.platform import Platform, Ports

    opened = studio.opened
    ports = Ports(
        store=opened.store, records=opened.store.records, blobs=opened.blobs, engine=studio.engine,
        catalog=studio.catalog, clock=studio.engine.clock, data=studio.settings.data,
        lookup=studio.host.lookup,
        sender=studio.host.secrets, allow_hosts=tuple(studio.settings.allow_hosts), say=render,
    )  # fmt: skip
    platform = Platform(ports, settings)
    platform.address = address(settings)
    return platform


async def serve(
    studio: Studio, settings: ServerSettings, announce: Callable[[Announcement], None], *, driving: bool
) -> None:
    """Answer requests until the process is told to stop; with ``driving`` it runs executions too.

    Raises:
        EngineBusy: Another process drives the data folder.
        UserError: The address cannot be listened on.
    """
    from studio.server.root import Root

    await studio.open()
    await studio.engine.set_clock()
    platform = make_platform(studio, settings)
    if driving:
        await studio.driver.start()
    secret = await platform.accounts.setup_secret()

    def tell(port: int) -> None:
        platform.address = url = address(msgspec.structs.replace(settings, port=port))
        announce(Announcement(url, f"{url}/setup#{secret}" if secret else None))
        if not secret:
            after.append(asyncio.ensure_future(platform.workflows.samples.make_up()))

    after: list[asyncio.Future[None]] = []
    root = Root(lambda: _app(platform), {"database": platform.ports.store.now, "engine": lambda: _engine_well(studio)})
    server = _server(root, settings, tell, platform.closing.set)
    try:
        await server.serve()
    except SystemExit as error:
        raise _unusable(settings) from error
    finally:
        await asyncio.gather(*after, return_exceptions=True)


def _app(platform: Platform) -> Any:
    from studio.server.app import create_app

    return create_app(platform)


async def _engine_well(studio: Studio) -> None:
    """Raise what has stopped the engine, where something has."""
    if studio.engine.failure is not None:
        raise studio.engine.failure


async def work(studio: Studio, announce: Callable[[], None]) -> None:
    """Run executions until the process is told to stop.

    Raises:
        EngineBusy: Another process drives the data folder.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await studio.open()
    await studio.driver.start()
    announce()
    await told.wait()


def _server(
    app: Any, settings: ServerSettings, tell: Callable[[int], None], stopping: Callable[[], None]
) -> uvicorn.Server:
    import uvicorn

    class Server(uvicorn.Server):
        """Tells its port as soon as it answers, and when it begins to stop."""

        async def startup(self, sockets: list[Any] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                tell(self.servers[0].sockets[0].getsockname()[1])

        async def shutdown(self, sockets: list[Any] | None = None) -> None:
            stopping()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, loop="none", http="httptools", ws="websockets-sansio",
        lifespan="off", log_config=None, access_log=False, server_header=False, proxy_headers=False,
        timeout_graceful_shutdown=_GRACE, ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
    )  # fmt: skip
    return Server(config)


def address(settings: ServerSettings) -> str:
    """What people type to reach this server."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::", "::1", "") else settings.host  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    return f"{'https' if settings.tls_cert else 'http'}://{host}:{settings.port}"


def _unusable(settings: ServerSettings) -> Exception:
    from studio.domain.errors import UserError

    return UserError(
        "server.address", "Studio cannot listen on {host}:{port}. Is another one running? Choose another port: --port.",
        host=settings.host, port=settings.port,
    )  # fmt: skip
