"""Where a worker apart tells how it is: ``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn

    from studio.server.root import Root
    from studio.services.platform import Platform

Checks = Mapping[str, Callable[[], Awaitable[object]]]


class WorkerFace:
    """Answers at ``worker_host`` and ``worker_port``; nowhere where the port is -1."""

    def __init__(self) -> None:
        self.url: str | None = None
        self._root: Root | None = None
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @classmethod
    async def listening(cls, platform: Platform, checks: Checks) -> WorkerFace:
        """Begin to answer.

        Raises:
            UserError: The address cannot be listened on.
        """
        face = cls()
        if platform.settings.worker_port >= 0:
            await face._begin(platform, checks)
        return face

    @property
    def answering(self) -> bool:
        """Whether anybody can ask."""
        return self._server is not None

    async def _begin(self, platform: Platform, checks: Checks) -> None:
        import uvicorn

        from studio.domain.errors import UserError
        from studio.server.root import Root

        begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        class Server(uvicorn.Server):
            """Tells its port as soon as it listens, and leaves signals to the worker."""

            async def startup(self, sockets: list[Any] | None = None) -> None:
                await super().startup(sockets)
                if self.started:
                    begun.set_result(self.servers[0].sockets[0].getsockname()[1])

            @contextmanager
            def capture_signals(self) -> Generator[None]:
                yield

        async def build() -> Any:
            from studio.server.worker import WorkerPage

            return WorkerPage(platform)

        settings = platform.settings
        assert platform.operation.metrics  # it counts from when it is first asked for
        self._root = Root(build, checks, made="metrics", whole="worker")
        config = uvicorn.Config(
            self._root, host=settings.worker_host, port=settings.worker_port, loop="none", http="httptools", ws="none",
            lifespan="off", log_config=None, access_log=False, server_header=False, proxy_headers=False,
            timeout_graceful_shutdown=2,
        )  # fmt: skip
        self._server = Server(config)
        self._serving = asyncio.create_task(self._serve(self._server))
        await asyncio.wait([begun, self._serving], return_when=asyncio.FIRST_COMPLETED)
        if not begun.done():
            raise UserError(
                "server.address",
                "Studio cannot listen on {host}:{port}. Is another one running? Choose another port: --port.",
                host=settings.worker_host, port=settings.worker_port,
            )  # fmt: skip
        port = begun.result()
        host = f"[{settings.worker_host}]" if ":" in settings.worker_host else settings.worker_host
        self.url = f"http://{host}:{port}"

    @staticmethod
    async def _serve(server: uvicorn.Server) -> None:
        try:
            await server.serve()
        except SystemExit:
            return  # uvicorn's way to say that it cannot listen; told by whoever waits for it

    def drain(self) -> None:
        """Say that nothing more is begun here."""
        if self._root is not None:
            self._root.draining = True

    async def close(self) -> None:
        """Answer no more."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
