"""Landlock: which files a process may still open. What is given up is never had again, and children inherit it.

Opened by path only: descriptors that are open already stay usable. Networks and signals are dealt with by the filter of
system calls; where the kernel can, they are given up here as well.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""Numbers of the system calls, the same on all machines that have them."""
_VERSION_OF = 1
_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_OF_FILES = (1 << 0) | (1 << 1) | _READ_FILE | (1 << 14) | (1 << 15)
"""Rights that a file has, where the others are those of folders: run, write, read, shorten, device control."""
_KNOWN = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Rights by version of the kernel's interface."""


def version() -> int:
    """The version of the kernel's interface, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    found: int = ctypes.CDLL(None).syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_OF))
    return max(0, found)


def wall_in(readable: Iterable[str], writable: Iterable[str]) -> bool:
    """Give up every file but these, and what lies in these folders; False where the kernel cannot do that.

    Needs ``no_new_privs``. What is not there is left out.

    Raises:
        OSError: The kernel can, and refuses.
    """
    known = version()
    if known < 1:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    rights = _KNOWN[min(known, 5)]
    attributes = struct.pack("QQQ", rights, 3 if known >= 4 else 0, 3 if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    rules = _checked(libc.syscall(_CREATE, ctypes.c_char_p(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0)))
    try:
        for path in readable:
            _allow(libc, rules, path, _READ_FILE | _READ_FOLDER)
        for path in writable:
            _allow(libc, rules, path, rights & ~1)  # nothing that it writes may be run
        _checked(libc.syscall(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint32(0)))
    finally:
        os.close(rules)
    return True


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not Path(path).is_dir():
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, place)
        _checked(
            libc.syscall(_ADD, ctypes.c_int(rules), ctypes.c_int(_BENEATH), ctypes.c_char_p(rule), ctypes.c_uint32(0))
        )
    finally:
        os.close(place)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
