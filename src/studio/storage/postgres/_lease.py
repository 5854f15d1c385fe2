"""Keeping a worker's lease up from a process beside it, which no node's code can hold up."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.contracts.lease import LeaseTerms
from studio.storage._lease import Beat, Keeper
from studio.storage.postgres._connect import Server

_log = logging.getLogger("studio.lease")
_SCRIPT = str(Path(__file__).with_name("_renewer.py"))
_TICK = 1.0
_AGAIN = 0.25
_PATIENCE = 2.0
"""Seconds that the process is given to finish the statement it is in."""

# What renewing through the store does, and tells, in one statement.
_RENEWAL = """
WITH before AS (SELECT lease_until FROM workers WHERE id = $1), clock AS (
  SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now)
INSERT INTO workers (id, home, lease_until, seen_at) SELECT $1, $2, now + $3::bigint, now FROM clock
ON CONFLICT (id) DO UPDATE SET home = excluded.home, lease_until = excluded.lease_until, seen_at = excluded.seen_at
RETURNING COALESCE((SELECT lease_until FROM before), 0) > seen_at
"""
_NEEDED_TO_START = ("LD_LIBRARY_PATH", "PYTHONHOME")
_NEEDED_TO_CONNECT = ("PG", "SSL_", "KRB5", "HOME", "USER", "LOGNAME")


class ProcessKeeper(Keeper):
    """Watches over the process that renews, tells it that the event loop turns, and stands in for it.

    Where nothing was heard of a renewal for half a lease, whatever the reason, the lease is renewed from here.
    """

    def __init__(
        self,
        server: Server,
        terms: LeaseTerms,
        beat: Beat,
        lapsed: Callable[[], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._url = server.url
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._heard = b""
        self._deaths = 0
        self._ticks: asyncio.TimerHandle | None = None
        self._process: subprocess.Popen[bytes] | None = None
        super().__init__(terms, beat, lapsed, failed)
        self._start()
        self._tick()

    def abandon(self) -> None:
        """Renew it no more: the process ends with its input."""
        self._rest()
        if self._process is not None:
            self._silence(self._process)

    def _rest(self) -> None:
        super().abandon()
        if self._ticks is not None:
            self._ticks.cancel()

    async def close(self) -> None:
        """Let the process finish the statement it is in, and end."""
        self._rest()
        await asyncio.wait([self._task])
        if self._process is not None:
            self._write(b"stop\n")
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, _PATIENCE)
            await self._bury(self._process)
            self._process = None

    async def work(self) -> None:
        """Keep it up for ever."""
        said = False
        while True:
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.every / 2):
                    await self._changed.wait()
            if self._process is not None and self._process.poll() is not None:
                await self._replace(self._process)
            if time.monotonic() - self.renewed < self.terms.lease / 2:
                said = False
                continue
            if not said:
                _log.warning("Nothing is heard of the process that renews the lease; the engine renews it itself.")
                said = True
            await self.renew()

    async def _replace(self, process: subprocess.Popen[bytes]) -> None:
        _log.warning("The process that renews the lease has ended (%s); it is started again.", process.returncode)
        await self._bury(process)
        self._process = None
        # One that ends at once, again and again, is started less and less often.
        pause = min(self.every, _AGAIN * self._deaths)
        self._deaths += 1
        self._loop.call_later(pause, self._start)

    def _start(self) -> None:
        if self._task.cancelling() or self._task.done():
            return
        # The first renewal is early, since what it needs has to be loaded first.
        command = [sys.executable, "-I", "-S", _SCRIPT, str(os.getpid()), str(self.every / 2)]
        environ = {name: os.environ[name] for name in _NEEDED_TO_START if name in os.environ}
        self._process = process = subprocess.Popen(  # noqa: S603 - our own script, and numbers
            command,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environ, bufsize=0, start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        os.set_blocking(process.stdin.fileno(), False)
        os.set_blocking(process.stdout.fileno(), False)
        self._loop.add_reader(process.stdout.fileno(), self._hear, process)
        self._write(json.dumps(self._settings()).encode() + b"\n")
        self._write_tick()

    def _settings(self) -> dict[str, Any]:
        terms = self.terms
        return {
            "url": self._url,
            "path": sys.path,
            "environ": {name: value for name, value in os.environ.items() if name.startswith(_NEEDED_TO_CONNECT)},
            "renewal": _RENEWAL,
            "values": [terms.worker, terms.home, int(terms.lease * 1e6)],
            "every": self.every,
            "again": min(_AGAIN, self.every),
            "timeout": min(10.0, terms.lease),
            "hang": terms.hang,
        }

    def _tick(self) -> None:
        self._write_tick()
        self._ticks = self._loop.call_later(min(_TICK, self.terms.hang / 4), self._tick)

    def _write_tick(self) -> None:
        self._write(b"%d\n" % time.monotonic_ns())

    def _write(self, line: bytes) -> None:
        """Tell the process something. One that does not read, or has ended, is noticed by its silence."""
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.closed:
            with contextlib.suppress(OSError):
                os.write(self._process.stdin.fileno(), line)

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        data = os.read(process.stdout.fileno(), 4096)
        if not data:
            self._loop.remove_reader(process.stdout.fileno())
            self._changed.set()
        *words, self._heard = (self._heard + data).split(b"\n")
        for word in words:
            if word != b"failed":
                self._deaths = 0
                self.kept() if word == b"kept" else self.lost()

    def _silence(self, process: subprocess.Popen[bytes]) -> None:
        """Hear and tell no more."""
        assert process.stdin is not None
        assert process.stdout is not None
        if not process.stdout.closed:
            self._loop.remove_reader(process.stdout.fileno())
            process.stdout.close()
        process.stdin.close()

    async def _bury(self, process: subprocess.Popen[bytes]) -> None:
        self._silence(process)
        self._heard = b""
        process.kill()
        await asyncio.to_thread(process.wait)
