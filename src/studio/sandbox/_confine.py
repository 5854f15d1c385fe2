"""What a working process gives up, for ever or for one piece of work. Runs in that process."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import resource
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from studio.contracts.apart import Limits
from studio.sandbox._landlock import wall_in
from studio.sandbox._seccomp import restrict

_MB = 1024**2
_SET_DEATH_SIGNAL = 1
_SET_NO_NEW_PRIVILEGES = 38
_SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/localtime",
    "/etc/ld.so.cache", "/etc/mime.types", "/etc/ssl/openssl.cnf", "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip
"""What Python and compiled libraries read, none of which is anybody's data."""
_INSTALLED = ("site-packages", "dist-packages")
_MOST_FILES = 256
_KINDS = (resource.RLIMIT_CPU, resource.RLIMIT_DATA, resource.RLIMIT_FSIZE)
_memory: list[int] = []
"""The open file in which the kernel tells the memory of this process: it cannot be opened any more behind walls."""


def confine(parent: int, *, foreign: bool = False) -> None:
    """Give up what no work needs; with ``foreign``, what only code may need that somebody else wrote.

    The process dies with its parent, gains no privileges, reaches no network, starts nothing, dumps no memory, and is
    the first to go where the machine has no memory left.

    Raises:
        SystemExit: The parent has died already.
    """
    with contextlib.suppress(OSError, AttributeError):  # elsewhere than on Linux
        libc = ctypes.CDLL(None)
        libc.prctl(_SET_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
        libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if not restrict(libc, foreign=foreign):
            print("this kernel filters no system calls", file=sys.stderr, flush=True)
    if os.getppid() != parent:
        raise SystemExit(1)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Too large a file is an error of its writer, which says so; Python ignores the signal unless told otherwise.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def wall(readable: Sequence[str], scratch: str) -> bool:
    """See nothing of the file system but Python itself, these folders and a scratch folder; False where that fails.

    For foreign code, which also gets hard limits: see ``harden``.
    """
    own = Path(__file__).resolve().parent.parent
    python = [folder for folder in sys.path if folder != str(own.parent) or own.parent.name in _INSTALLED]
    python += [os.path.join(prefix, "lib") for prefix in (sys.base_prefix, sys.base_exec_prefix)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_FILES, _MOST_FILES))
    with contextlib.suppress(OSError):
        _memory.append(os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC))
    try:
        return wall_in([*_SYSTEM, *python, str(own), *readable], [scratch, "/dev/null"])
    except OSError:
        return False


def harden(limits: Limits) -> None:
    """Hold this process to limits of memory and output that it cannot lift again."""
    if limits.memory_mb is not None:
        _hard(resource.RLIMIT_DATA, data_bytes() + limits.memory_mb * _MB)
    if limits.output_mb is not None:
        _hard(resource.RLIMIT_FSIZE, limits.output_mb * _MB)


def _hard(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


@contextmanager
def limited(limits: Limits) -> Generator[None]:
    """Hold this process to limits. Soft ones, because the next piece of work has others."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    # The caller kills when time is up; this is for a process whose caller hangs.
    cpus = os.cpu_count() or 1
    _soft(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + limits.seconds * cpus) + 5)
    if limits.memory_mb is not None:
        _soft(resource.RLIMIT_DATA, data_bytes() + limits.memory_mb * _MB)
    if limits.output_mb is not None:
        _soft(resource.RLIMIT_FSIZE, limits.output_mb * _MB)
    try:
        yield
    finally:
        for kind in _KINDS:
            _soft(kind, resource.getrlimit(kind)[1])


def _soft(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def data_bytes() -> int:
    """Writable private memory of this process, which is what RLIMIT_DATA counts.

    Address space is no measure: allocators reserve far more of it than they use.
    """
    with contextlib.suppress(OSError, IndexError, ValueError):
        said = os.pread(_memory[0], 200, 0) if _memory else Path("/proc/self/statm").read_bytes()
        return int(said.split()[5]) * resource.getpagesize()
    return 0
