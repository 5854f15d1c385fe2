"""What the tests have done in processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import itertools
import mmap
import os
import resource
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from studio.domain.errors import ErrorClass, UserError
from studio.domain.phrases import Phrase


def same(value: Any) -> Any:
    return value


def process() -> int:
    return os.getpid()


def stuck(note: str) -> None:
    """A native call that holds Python's lock for an hour; says first where it runs."""
    Path(note).write_text(str(os.getpid()))
    ctypes.PyDLL(None).sleep(3600)


def slow(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def processor_time() -> tuple[float, int]:
    """Seconds used, and allowed."""
    return time.process_time(), resource.getrlimit(resource.RLIMIT_CPU)[0]


def refuse(text: str) -> None:
    error = UserError("tests.refused", "It is {found}.", found=Phrase("value.text", "the text {text}", text=text))
    error.classification = ErrorClass.TRANSIENT
    raise error


def fail(kind: str) -> None:
    raise {"ValueError": ValueError, "OSError": OSError}[kind](kind + " é")


def take(megabytes: int) -> int:
    """Memory that is really used."""
    return len(bytearray(megabytes * 1024**2))


_KEPT: list[bytearray] = []


def keep(megabytes: int) -> int:
    """Memory that stays taken; gives the process."""
    _KEPT.append(bytearray(megabytes * 1024**2))
    return os.getpid()


def abort_saying(words: str) -> None:
    os.write(2, words.encode())
    os.abort()


def raise_signal(number: int) -> None:
    """``kill`` is refused there; this is not."""
    signal.raise_signal(number)


def leave() -> None:
    os._exit(3)


def unsendable() -> object:
    return object()


def read(*, files: Sequence[int]) -> list[str]:
    return [os.pread(file, 100, 0).decode() for file in files]


def write(megabytes: int, *, files: Sequence[int]) -> None:
    with open(f"/dev/fd/{files[0]}", "wb") as file:
        for _ in range(megabytes):
            file.write(b"x" * 1024**2)


def total(limit: int, *, feed: Iterator[int]) -> int:
    count = 0
    for number in feed:
        count += number
        if count > limit:
            raise UserError("tests.too_much", "Too much.")
    return count


def count_up(limit: int, note: str) -> Iterator[int]:
    for number in range(limit):
        Path(note).write_text(str(number))
        yield number


def surroundings() -> dict[str, Any]:
    """What this process has of the world."""
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    return {
        "environment": dict(os.environ),
        "descriptors": {os.readlink(f"/dev/fd/{one}").partition(":")[0] for one in _open_files()},
        "folder": os.getcwd(),
        "session": os.getsid(0) == os.getpid() == os.getpgrp(),
        "no_new_privileges": status["NoNewPrivs"].strip(),
        "filter": status["Seccomp"].strip(),
        "core": resource.getrlimit(resource.RLIMIT_CORE),
    }


def _open_files() -> list[str]:
    found: list[str] = []
    for name in os.listdir("/dev/fd"):
        try:
            os.readlink(f"/dev/fd/{name}")
        except OSError:  # the listing's own
            continue
        found.append(name)
    return found


def forbidden() -> list[str]:
    """What of this is refused."""
    refused: list[str] = []

    def attempt(name: str, work: Any) -> None:
        try:
            work()
        except PermissionError:
            refused.append(name)

    attempt("socket", socket.socket)
    attempt("local socket", lambda: socket.socket(socket.AF_UNIX))
    attempt("fork", os.fork)
    attempt("program", lambda: subprocess.run(["/bin/true"], check=False))
    attempt("signal", lambda: os.kill(os.getppid(), 0))
    return refused


def threads(count: int) -> int:
    """Threads are allowed."""
    found: list[int] = []
    started = [threading.Thread(target=found.append, args=(number,)) for number in range(count)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return len(found)


class Nested:
    """A function may stand in a class."""

    @staticmethod
    def double(number: int) -> int:
        return 2 * number


def looked(wanted: list[str]) -> dict[str, str]:
    """What of these files can be read, and what can be written beside."""
    found: dict[str, str] = {"pid": str(os.getpid())}
    for one in wanted:
        try:
            found[one] = Path(one).read_text()
        except OSError as error:
            found[one] = type(error).__name__
    Path("kept").write_text("in the scratch folder")
    return found


def lifted() -> list[str]:
    """Limits that foreign code gets rid of."""
    out: list[str] = []
    for name in ("RLIMIT_DATA", "RLIMIT_FSIZE"):
        kind = getattr(resource, name)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            out.append(name)
    return out


def filled(size: int) -> None:
    """Fill the scratch folder with small files until somebody stops it."""
    for number in itertools.count():
        Path(f"file{number}").write_bytes(bytes(size))


def shared(size: int) -> int:
    """Take memory that no limit of the kernel counts, and keep it for a while."""
    taken = mmap.mmap(-1, size)
    for at in range(0, size, 4096):
        taken[at] = 1
    time.sleep(30)
    return len(taken)


def asking(ask: Any) -> Any:
    """Ask in order, side by side, in the middle of code that cannot wait, from a thread, and give one up."""
    return ask.run(_asking(ask))


async def _asking(ask: Any) -> list[Any]:
    slow = asyncio.ensure_future(ask("slow"))
    refused = ""
    first = cast("list[Any]", await asyncio.gather(ask("double", 2), ask("double", 3)))
    now = ask.now("double", 4)
    threaded = await asyncio.to_thread(ask.now, "double", 5)
    slow.cancel()
    try:
        await ask("refused")
    except UserError as error:
        refused = error.code
    return [*first, now, threaded, refused]


def asking_badly(ask: Any) -> Any:
    """Ask for something that ends the work."""
    return ask.run(ask("broken"))
