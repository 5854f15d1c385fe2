"""Running the server and workers in this process."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import msgspec

if TYPE_CHECKING:
    import uvicorn

    from studio.bootstrap import Studio
    from studio.domain.settings import ServerSettings
    from studio.server.root import Root
    from studio.services.operation.traces import Traces
    from studio.services.platform import Platform

_LOG = logging.getLogger("studio.server")
_WEB_SOCKETS = "uvicorn.protocols.websockets.websockets_sansio_impl"


@dataclass(frozen=True, slots=True)
class Announcement:
    """Where the server answers, the set-up link where there is no account yet, whether secrets cross in clear."""

    url: str
    setup_url: str | None
    in_clear: bool = False


def make_platform(studio: Studio, settings: ServerSettings) -> Platform:
    """The services over an opened Studio."""
    from studio.bootstrap._maintenance import Maintenance
    from studio.i18n import render
    from studio.services.platform import Platform, Ports
    from studio.storage.sizes import sizes

    opened = studio.opened
    ports = Ports(
        store=opened.store, records=opened.store.records, blobs=opened.blobs, engine=studio.engine,
        catalog=studio.catalog, clock=studio.engine.clock, data=studio.settings.data,
        lookup=studio.host.lookup, tables=studio.host.tables, sender=studio.host.secrets,
        allow_hosts=tuple(studio.settings.allow_hosts),
        say=render, backup=Maintenance(studio.settings).backup, sizes=lambda: sizes(opened, studio.settings.data),
    )  # fmt: skip
    studio.host.share(settings.shared_credentials)
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
    from studio.bootstrap._server_settings import crosses_in_clear
    from studio.bootstrap._serving_logs import begin_logs
    from studio.server.root import Root

    logs = begin_logs(settings)
    await studio.open()
    logs.masking.more = studio.host.lookup.hiding.known
    await studio.engine.set_clock()
    platform = make_platform(studio, settings)
    if driving:
        await studio.driver.start()
    in_clear = crosses_in_clear(settings)
    after: list[asyncio.Future[None]] = []
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def tell(port: int, secret: str | None) -> None:
        platform.address = url = address(msgspec.structs.replace(settings, port=port))
        announce(Announcement(url, f"{url}/setup#{secret}" if secret else None, in_clear))
        _LOG.info("listening", extra={"url": url, "driving": driving, "worker": studio.engine.worker})
        if in_clear:
            _LOG.warning("passwords and keys cross the network in clear")

    async def build() -> Any:
        # Health is answered before: what is loaded here takes longer than all that came before it.
        app = await asyncio.to_thread(_app, platform)
        await platform.operation.begin(serving=True)
        secret = await platform.accounts.setup_secret()
        tell(await listening, secret)
        platform.audit.begin()
        if not secret:
            after.append(asyncio.ensure_future(platform.workflows.samples.make_up()))
        return app

    root = Root(build, _checks(studio))
    server = _server(root, settings, listening.set_result, platform)
    traces = _traces(studio, settings)
    try:
        await server.serve()
        root.raise_failure()
    except SystemExit as error:
        raise _unusable(settings) from error
    finally:
        listening.cancel()
        await root.built()
        await asyncio.gather(*after, return_exceptions=True)
        await platform.audit.end()
        await platform.gateway.counting.close()
        await platform.operation.end()
        if studio.driver.driving:
            await studio.driver.stop()
        if traces is not None:
            await asyncio.to_thread(traces.close)
        _LOG.info("stopped")


def _app(platform: Platform) -> Any:
    from studio.server.app import create_app

    import_module(_WEB_SOCKETS)
    return create_app(platform)


def _traces(studio: Studio, settings: ServerSettings) -> Traces | None:
    """Send traces, where that is asked for."""
    if not settings.otlp_endpoint:
        return None
    from importlib.metadata import version

    from studio.services.operation.traces import traces_to

    traces = traces_to(settings.otlp_endpoint, settings.otlp_headers, version("studio-workflows"))
    studio.engine.observers.append(traces)
    return traces


def _checks(studio: Studio) -> dict[str, Callable[[], Awaitable[object]]]:
    """What must be well for a process to be ready."""

    async def engine() -> None:
        if studio.engine.failure is not None:
            raise studio.engine.failure

    return {"database": studio.opened.store.now, "engine": engine}


async def work(studio: Studio, settings: ServerSettings, announce: Callable[[str | None], None]) -> None:
    """Run executions until the process is told to stop; ``announce`` is told where the worker answers, if anywhere.

    Raises:
        EngineBusy: Another process drives the data folder.
        UserError: The address cannot be listened on.
    """
    from studio.bootstrap._serving_logs import begin_logs
    from studio.bootstrap._worker_face import WorkerFace

    logs = begin_logs(settings)
    told = asyncio.Event()
    with _signals(told.set):
        await studio.open()
        logs.masking.more = studio.host.lookup.hiding.known
        await studio.engine.set_clock()
        platform = make_platform(studio, settings)
        face = await WorkerFace.listening(platform, _checks(studio))
        await platform.operation.begin(serving=False, watched=face.answering)
        traces = _traces(studio, settings)
        await studio.driver.start()
        announce(face.url)
        _LOG.info("working", extra={"worker": studio.engine.worker, "url": face.url})
        try:
            await told.wait()
        finally:
            face.drain()
            await studio.driver.stop()
            await platform.operation.end()
            await face.close()
            if traces is not None:
                await asyncio.to_thread(traces.close)
            _LOG.info("stopped")


@contextmanager
def _signals(stop: Callable[[], None]) -> Generator[None]:
    """The first signal asks to stop; the second ends the process at once, as a crash would, which loses nothing."""
    loop = asyncio.get_running_loop()
    asked: list[int] = []

    def signalled(number: int) -> None:
        asked.append(number)
        if len(asked) > 1:
            os._exit(128 + number)
        _LOG.info("stopping", extra={"signal": signal.Signals(number).name})
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signalled, number)
    try:
        yield
    finally:
        # What comes while executions are handed over still counts as the second.
        if not asked:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


def _server(root: Root, settings: ServerSettings, tell: Callable[[int], None], platform: Platform) -> uvicorn.Server:
    import uvicorn

    from studio.server.connections import MOST_MESSAGE, BoundedHttp

    class Server(uvicorn.Server):
        """Tells its port as soon as it listens. Asked to stop, it starts nothing more, and a while later closes."""

        async def startup(self, sockets: list[Any] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                tell(self.servers[0].sockets[0].getsockname()[1])
                root.when_broken(self.close_soon)

        @contextmanager
        def capture_signals(self) -> Generator[None]:
            with _signals(self.drain):
                yield

        def drain(self) -> None:
            root.draining = True
            platform.draining = True
            asyncio.get_running_loop().call_later(settings.stop_delay, self.close_soon)

        def close_soon(self) -> None:
            self.should_exit = True

        async def shutdown(self, sockets: list[Any] | None = None) -> None:
            platform.closing.set()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        root, host=settings.host, port=settings.port, loop="none", http=BoundedHttp, ws="websockets-sansio",
        ws_max_size=MOST_MESSAGE, lifespan="off", log_config=None, access_log=False, server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=settings.stop_grace, ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
    )  # fmt: skip
    config.ws = cast("Any", _web_socket)
    return Server(config)


def _web_socket(*arguments: Any, **named: Any) -> asyncio.Protocol:
    """A WebSocket. What it takes is loaded with the API, in its thread: health need not wait for it."""
    return import_module(_WEB_SOCKETS).WebSocketsSansIOProtocol(*arguments, **named)


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
