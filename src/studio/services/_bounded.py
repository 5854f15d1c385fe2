"""Reading no more of a file than it may have: one may be a device without an end, and its size a lie."""

from __future__ import annotations

from pathlib import Path

from studio.domain.errors import UserError
from studio.domain.reasons import os_reason

MAX_GIVEN_FILE = 64 * 1024 * 1024


def read_up_to(path: Path, most: int) -> bytes:
    """The first ``most`` bytes of a file, or all it has.

    Raises:
        OSError: As the operating system says.
    """
    with path.open("rb") as file:
        return file.read(most)


def read_given(path: Path, option: str) -> bytes:
    """A file that an option names.

    Raises:
        UserError: It cannot be read, or has more than 64 MiB.
    """
    try:
        content = read_up_to(path, MAX_GIVEN_FILE + 1)
    except (OSError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else str(error)
        raise UserError("cli.file_unreadable", "{path} cannot be read: {reason}.", path=str(path), reason=reason).at(
            param=option
        ) from error
    if len(content) > MAX_GIVEN_FILE:
        raise UserError(
            "cli.file_too_large", "{path} is larger than {limit} bytes.", path=str(path), limit=MAX_GIVEN_FILE
        ).at(param=option)
    return content
