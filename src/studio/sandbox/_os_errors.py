"""What an error of the operating system means for the user of a file."""

from __future__ import annotations

import errno
from difflib import get_close_matches

from studio.domain.errors import AccessRefused, UserError
from studio.domain.phrases import Phrase
from studio.domain.reasons import os_reason
from studio.sandbox._contained import Walls
from studio.sandbox._listing import list_folder

_MOST_NAMES = 2000


def explain(error: OSError, walls: Walls, path: str) -> UserError:
    """The error to raise instead; for a missing file it names the folder and files of a similar name."""
    number = error.errno
    if number == errno.ENOENT:
        folder, near = _near(walls, path)
        return UserError(
            "files.not_found", "There is no file {path} in {folder}.{near}", path=path, folder=folder, near=near
        )
    if number in (errno.ENOSPC, errno.EDQUOT):
        return UserError("files.disk_full", "There is no space left to write {path}.", path=path)
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UserError("files.permission", "The operating system does not permit access to {path}.", path=path)
    if number in (errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.ENXIO):
        return UserError("files.not_a_file", "{path} is not a regular file.", path=path)
    return UserError("files.failed", "{path} cannot be used: {reason}.", path=path, reason=os_reason(error))


def _near(walls: Walls, path: str) -> tuple[str, str]:
    full = walls.absolute(path)
    try:
        names = [fact.name for fact in list_folder(walls, str(full.parent), "*", False, _MOST_NAMES)]
    except (OSError, UserError, AccessRefused):
        names = []
    close = get_close_matches(full.name, names, n=3)
    near = Phrase("files.near", " Near: {names}.", names=", ".join(close)) if close else ""
    return str(full.parent), near
