"""A filter of system calls: no sockets, no other programs or processes, no looking into those of others.

What is open already stays usable. A filter cannot be taken off again, and holds for every thread made after it.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Offsets in ``struct seccomp_data``; the low half of the argument, as both machines are little-endian."""
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_THREAD = 0x00010000
"""The flag of clone that makes a thread rather than a process."""
_FOREIGN_NUMBERS = 0x40000000
"""From here on lie the numbers of x86's third calling convention, which would go round the list."""

_MACHINES: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        56,
        (
            41, 42, 49, 50,  # socket connect bind listen
            57, 58, 59, 322,  # fork vfork execve execveat
            62, 200, 424, 438,  # kill tkill pidfd_send_signal pidfd_getfd
            101, 310, 311, 298, 321, 323,  # ptrace process_vm_readv process_vm_writev perf_event_open bpf userfaultfd
            155, 161, 165, 166, 272, 308,  # pivot_root chroot mount umount2 unshare setns
            175, 176, 246, 313,  # init_module delete_module kexec_load finit_module
            248, 249, 250, 425, 426, 427,  # add_key request_key keyctl io_uring_setup io_uring_enter io_uring_register
        ),
    ),
    "aarch64": (
        0xC00000B7,
        220,
        (
            198, 203, 200, 201,
            221, 281,
            129, 130, 424, 438,
            117, 270, 271, 241, 280, 282,
            41, 51, 40, 39, 97, 268,
            105, 106, 104, 273,
            217, 218, 219, 425, 426, 427,
        ),
    ),
}  # fmt: skip
"""Per machine: how the kernel names it, the number of clone, and what is refused, in one order."""
_CLONE3 = 435
_OF_FOREIGN_CODE: dict[str, tuple[int, ...]] = {
    "x86_64": (
        90, 91, 268, 452, 92, 93, 94, 260,  # chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat
        132, 235, 261, 280,  # utime utimes futimesat utimensat
        188, 189, 190, 197, 198, 199,  # setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
        29, 64, 68, 240, 319, 447,  # shmget semget msgget mq_open memfd_create memfd_secret
        254, 300, 303, 304,  # inotify_add_watch fanotify_init name_to_handle_at open_by_handle_at
    ),
    "aarch64": (
        52, 53, 452, 54, 55,
        88,
        5, 6, 7, 14, 15, 16,
        194, 190, 186, 180, 279, 447,
        27, 262, 264, 265,
    ),
}  # fmt: skip
"""What Landlock knows nothing of: properties of files that cannot be opened; memory that no limit counts."""


def restrict(libc: ctypes.CDLL, *, foreign: bool = False) -> bool:
    """Install the filter; False where this kernel or machine has none. Needs ``no_new_privs``.

    With ``foreign`` it refuses what only code needs that somebody else wrote.
    """
    machine = platform.machine()
    known = _MACHINES.get(machine)
    if known is None:
        return False
    architecture, clone, refused = known
    program = _program(architecture, clone, refused + (_OF_FOREIGN_CODE[machine] if foreign else ()))
    code = ctypes.create_string_buffer(b"".join(program))
    whole = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    return libc.prctl(_SET_SECCOMP, _FILTER, ctypes.c_ulong(ctypes.addressof(whole)), 0, 0) == 0


def _program(architecture: int, clone: int, refused: tuple[int, ...]) -> list[bytes]:
    refusal = _ERROR | errno.EPERM
    out = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture, 1, 0),
        _step(_RETURN, refusal),
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _FOREIGN_NUMBERS, 0, 1),
        _step(_RETURN, refusal),
        # It hides its flags in memory, where a filter cannot look; told that there is none, libraries use clone.
        _step(_EQUAL, _CLONE3, 0, 1),
        _step(_RETURN, _ERROR | errno.ENOSYS),
        _step(_EQUAL, clone, 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_ANY_BIT, _THREAD, 0, 1),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, refusal),
    ]
    for number in refused:
        out += [_step(_EQUAL, number, 0, 1), _step(_RETURN, refusal)]
    return [*out, _step(_RETURN, _ALLOW)]


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction: ``then`` and ``otherwise`` are how many of the following it leaves out."""
    return struct.pack("HBBI", code, then, otherwise, value)
