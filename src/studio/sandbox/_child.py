"""A working process, seen from here."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import msgspec

from studio.contracts.apart import Walls
from studio.sandbox import _wire

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from studio.sandbox._worker import main; "
    "main(int(sys.argv[2]), int(sys.argv[3]), *json.loads(sys.argv[4]))"
)
_KEPT = ("LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")
"""What Python and its libraries need of this environment; nothing else goes along."""
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "POLARS_MAX_THREADS": "2", "MALLOC_ARENA_MAX": "2"}
_SAID_BYTES = 4000
_INSTALLED = ("site-packages", "dist-packages")


class Died(Exception):
    """The process has gone. ``signal`` is what ended it, None where it ended by itself; ``said`` its last words."""

    def __init__(self, signal: int | None, said: str) -> None:
        super().__init__(signal)
        self.signal = signal
        self.said = said


class Child:
    """Made by starting it, which takes a few milliseconds; the first reply to ``receive`` is ``Ready``.

    It dies with the thread that starts it, at the latest. ``modules`` are those it has worked for; ``fit`` says that it
    has ended its job in good order and can take another. With ``walls`` it is for foreign code, and has a scratch
    folder of its own.
    """

    def __init__(self, walls: Walls | None = None) -> None:
        """Start it.

        Raises:
            OSError: The system starts no more processes, or opens no more files.
        """
        self.walls = walls
        self.scratch = tempfile.mkdtemp(prefix="studio-foreign-") if walls is not None else None
        self._most = _wire.MOST_BYTES if walls is None else _wire.MOST_FOREIGN_BYTES
        self._sending = asyncio.Lock()
        self.modules: set[str] = set()
        self.fit = False
        self._killed = False
        self.idle_since = 0.0
        ours, theirs = socket.socketpair()
        self._said: IO[bytes] = _unnamed_file()
        try:
            with theirs:
                self._process = self._started(theirs.fileno())
        except BaseException:
            ours.close()
            self._said.close()
            self._remove_scratch()
            raise
        ours.setblocking(False)
        self._socket = ours

    def _started(self, descriptor: int) -> subprocess.Popen[bytes]:
        walls, own = self.walls, {name: os.environ[name] for name in _KEPT if name in os.environ}
        path, limits, folder = _path(), "[]", "/"
        if walls is not None and self.scratch is not None:
            path, folder = _path_of_python(), self.scratch
            limits = json.dumps([list(walls.readable), self.scratch])
            own |= {"HOME": self.scratch, "TMPDIR": self.scratch}
        return subprocess.Popen(  # noqa: S603 - this interpreter, and nothing of what users give
            [sys.executable, "-I", "-c", _START, path, str(descriptor), str(os.getpid()), limits],
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            pass_fds=(descriptor,),
            env=_ENVIRONMENT | own,
            cwd=folder,
            start_new_session=True,
        )

    def _remove_scratch(self) -> None:
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)

    @property
    def pid(self) -> int:
        """Its process id, which is the id of its process group too."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    async def send(self, job: _wire.Job, files: Sequence[int]) -> None:
        """Give it a job.

        Raises:
            Died: It has gone.
        """
        body = _wire.frame(job)
        try:
            for at in range(0, len(files), _wire.FILES_AT_ONCE):
                await self._send_files(files[at : at + _wire.FILES_AT_ONCE])
            await asyncio.get_running_loop().sock_sendall(self._socket, _wire.FRAME + body)
        except ConnectionError as error:
            raise await self._died() from error

    async def _send_files(self, group: Sequence[int]) -> None:
        while True:
            try:
                socket.send_fds(self._socket, [_wire.FILES], list(group))
                return
            except BlockingIOError:  # so many groups are on their way that the kernel takes no more for now
                await asyncio.sleep(0.001)

    async def tell(self, answer: _wire.Answered) -> None:
        """Answer an ``Asked``.

        Raises:
            Died: It has gone.
            TypeError: The answer is not plain; a ``ValueError`` or ``OverflowError`` likewise.
        """
        body = _wire.frame(answer)
        try:
            async with self._sending:
                await asyncio.get_running_loop().sock_sendall(self._socket, _wire.ANSWER + body)
        except ConnectionError as error:
            raise await self._died() from error

    async def feed(self, elements: list[Any], *, last: bool) -> None:
        """Answer a ``More``.

        Raises:
            Died: It has gone.
        """
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, _wire.frame(_wire.Fed(elements, last)))
        except ConnectionError as error:
            raise await self._died() from error

    async def receive(self) -> _wire.Reply:
        """Its next reply.

        Raises:
            Died: It has gone, or does not keep to the protocol.
        """
        try:
            (length,) = _wire.HEAD.unpack(await self._exactly(_wire.HEAD.size))
            if length > self._most:
                raise ConnectionResetError
            return _wire.reply_of(await self._exactly(length))
        except (ConnectionError, msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise await self._died() from error

    async def _exactly(self, length: int) -> bytearray:
        out = bytearray(length)
        view, at = memoryview(out), 0
        loop = asyncio.get_running_loop()
        while at < length:
            count = await loop.sock_recv_into(self._socket, view[at:])
            if not count:
                raise ConnectionResetError
            at += count
        return out

    async def _died(self) -> Died:
        # Its end of the socket closes a moment before it can be waited for; if it is only out of step, it goes now.
        code = await asyncio.to_thread(self._gone, 1.0)
        return Died(-code if code is not None and code < 0 else None, self.said())

    def _gone(self, seconds: float) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        self.kill()
        return None

    def kill(self) -> None:
        """End it and all it may have started, at once. ``bury`` must follow."""
        # Once only: a number that has been waited for, perhaps just now in a thread, may belong to another process.
        if self._process.returncode is None and not self._killed:
            self._killed = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def bury(self) -> None:
        """Wait for its end, which after ``kill`` takes as long as the kernel needs to free its memory. Blocks."""
        self._process.wait()
        self._socket.close()
        self._said.close()
        self._remove_scratch()

    def said(self) -> str:
        """What it has written to its standard output and error so far, shortened."""
        if self._said.closed:
            return ""
        # The position belongs to both processes, so it is left where it is.
        file = self._said.fileno()
        size = os.fstat(file).st_size
        return os.pread(file, _SAID_BYTES, max(0, size - _SAID_BYTES)).decode(errors="replace").strip()

    def forget(self) -> None:
        """Drop what it has said; only while it is idle."""
        self._said.truncate(0)
        self._said.seek(0)


def _path() -> str:
    return json.dumps([os.path.abspath(folder) for folder in sys.path])


def _path_of_python() -> str:
    """Where foreign code finds modules: Python's own, what is installed, and Studio; no folder of anybody's work."""
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    libraries = tuple(os.path.join(prefix, "lib", "") for prefix in prefixes)
    studio = str(Path(__file__).resolve().parents[2])
    folders = [os.path.abspath(folder) for folder in sys.path]
    return json.dumps([
        one for one in folders
        if one.startswith(libraries) or os.path.basename(one) in _INSTALLED or one == studio
    ])  # fmt: skip


def _unnamed_file() -> IO[bytes]:
    """A file without a name, in memory where the system has such. What is written goes to its end, whoever writes."""
    if hasattr(os, "memfd_create"):
        file = os.fdopen(os.memfd_create("studio"), "w+b", buffering=0)
    else:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it stays open as long as the process
    # Threads of a library and the library itself write at once, and would write over each other.
    fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_APPEND)
    return file
