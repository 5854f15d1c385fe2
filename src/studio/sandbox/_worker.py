"""The process that works: it takes jobs from a socket, one at a time, until the socket closes."""

from __future__ import annotations

import contextlib
import importlib
import os
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

from studio.contracts.apart import Limits
from studio.domain.errors import ErrorClass, StudioError
from studio.sandbox import _wire
from studio.sandbox._asking import Asking, read_frame
from studio.sandbox._confine import confine, data_bytes, harden, limited, wall

_GROWN = 512 * 1024**2
"""Bytes by which a process may have grown after a job and still be kept."""
_LONGEST = 500
_PROGRAMMING = (TypeError, ValueError, LookupError, AttributeError, AssertionError, ArithmeticError, ImportError)


def main(descriptor: int, parent: int, readable: Sequence[str] = (), scratch: str | None = None) -> None:
    """Work until there is nobody any more to work for; with a scratch folder, foreign code behind walls."""
    foreign = scratch is not None
    confine(parent, foreign=foreign)
    if foreign and not wall(readable, scratch):
        print("this kernel keeps no process away from files", file=sys.stderr, flush=True)
    connection = socket.socket(fileno=descriptor)
    held: Limits | None = None
    with connection, contextlib.suppress(ConnectionError):
        connection.sendall(_wire.frame(_wire.Ready()))
        start = data_bytes()
        while (received := _receive_job(connection)) is not None:
            job, files = received
            if foreign and held is None:
                held = job.limits
                harden(held)
            try:
                answer = _answer(connection, job, files, start)
            finally:
                for file in files:
                    with contextlib.suppress(OSError):
                        os.close(file)
            connection.sendall(answer)


def _receive_job(connection: socket.socket) -> tuple[_wire.Job, list[int]] | None:
    files: list[int] = []
    while True:
        kind, group, _flags, _address = socket.recv_fds(connection, 1, _wire.FILES_AT_ONCE)
        if not kind:
            return None
        files.extend(group)
        if kind == _wire.ANSWER:
            read_frame(connection)  # to a question of the job before, which did not wait for it
        elif kind == _wire.FRAME:
            return _wire.job_of(read_frame(connection)), files


def _answer(connection: socket.socket, job: _wire.Job, files: list[int], start: int) -> bytes:
    try:
        with limited(job.limits):
            value = _work(connection, job, files)
            return _wire.frame(_wire.Done(value, data_bytes() - start > _GROWN))
    except ConnectionError:
        raise
    except StudioError as error:
        return _wire.frame(_wire.failed(error))
    except MemoryError:
        return _wire.frame(_wire.Failed("memory"))
    except Exception as error:  # noqa: BLE001 - whatever the function raises becomes its failure
        return _wire.frame(_other(error))


def _work(connection: socket.socket, job: _wire.Job, files: list[int]) -> Any:
    named: dict[str, Any] = {}
    if files:
        named["files"] = files
    if job.feeds:
        named["feed"] = _feed(connection)
    if job.asks:
        named["ask"] = Asking(connection)
    result = _find(job)(*job.args, **named)
    if not job.streams:
        return result
    for part in result:
        connection.sendall(_wire.frame(_wire.Part(part)))
    return None


def _feed(connection: socket.socket) -> Iterator[Any]:
    last = False
    while not last:
        connection.sendall(_wire.frame(_wire.More()))
        fed = _wire.fed_of(read_frame(connection))
        yield from fed.elements
        last = fed.last


def _find(job: _wire.Job) -> Callable[..., Any]:
    if job.package is not None and job.package[0] not in sys.modules:
        package = ModuleType(job.package[0])
        package.__path__ = job.package[1]
        sys.modules[job.package[0]] = package
    found: Any = importlib.import_module(job.function[0])
    for name in job.function[1].split("."):
        found = getattr(found, name)
    return found


def _other(error: Exception) -> _wire.Failed:
    reason = " ".join(str(error).split())[:_LONGEST].encode(errors="replace").decode()
    kind = ErrorClass.PERMANENT if isinstance(error, _PROGRAMMING) else ErrorClass.TRANSIENT
    return _wire.Failed(
        "other", arguments={"kind": type(error).__name__, "reason": reason}, classification=str(kind),
        trace="".join(traceback.format_exception(error)).encode(errors="replace").decode(),
    )  # fmt: skip
