"""What a folder holds."""

from __future__ import annotations

import os
import re
import stat
from fnmatch import translate

from studio.contracts.files import FileFact
from studio.domain.errors import AccessRefused, UserError
from studio.sandbox._contained import Walls

_DEEPEST = 64


def list_folder(walls: Walls, path: str, pattern: str, recursive: bool, limit: int) -> list[FileFact]:
    """Files and folders below ``path`` whose name matches ``pattern``, ordered by path.

    Links are not entered and not listed, excluded folders neither, nor what has a name that is no text.

    Raises:
        AccessRefused: The path leads outside the allowed folders.
        UserError: It is no folder, or more than ``limit`` entries match.
        OSError: As the operating system says.
    """
    matches = re.compile(translate(pattern)).match
    found: list[FileFact] = []
    waiting: list[str] = [""]
    while waiting:
        inner = waiting.pop()
        for fact in _entries(walls, path, inner, shown=not inner):
            if matches(fact.name):
                found.append(fact)
                if len(found) > limit:
                    raise UserError(
                        "files.too_many", "{path} holds more than {limit} matching files.", path=path, limit=limit
                    )
            if recursive and fact.folder and fact.path.count("/") < _DEEPEST:
                waiting.append(fact.path)
    return sorted(found, key=lambda fact: fact.path)


def _entries(walls: Walls, path: str, inner: str, *, shown: bool) -> list[FileFact]:
    try:
        with walls.enter(f"{path.rstrip('/') or '/'}/{inner}/.studio-listing") as place:
            facts: list[FileFact] = []
            with os.scandir(place.folder) as entries:
                for entry in entries:
                    fact = _fact(entry, inner)
                    if fact is not None:
                        facts.append(fact)
            return [fact for fact in facts if not fact.folder or _enterable(walls, path, fact)]
    except NotADirectoryError:
        if shown:
            raise UserError("files.not_a_folder", "{path} is not a folder.", path=path) from None
        return []
    except (AccessRefused, OSError):
        if shown:
            raise
        return []  # a subfolder that is excluded, or went away meanwhile


def _enterable(walls: Walls, path: str, fact: FileFact) -> bool:
    try:
        with walls.enter(f"{path.rstrip('/')}/{fact.path}/.studio-listing"):
            return True
    except AccessRefused:
        return False
    except OSError:
        return True  # listed, though it may not be read


def _fact(entry: os.DirEntry[str], inner: str) -> FileFact | None:
    if any("\ud800" <= char <= "\udfff" for char in entry.name):
        return None  # its bytes are no UTF-8: no text names it
    try:
        facts = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    folder = stat.S_ISDIR(facts.st_mode)
    if not folder and not stat.S_ISREG(facts.st_mode):
        return None
    return FileFact(
        path=f"{inner}/{entry.name}" if inner else entry.name,
        name=entry.name,
        size=0 if folder else facts.st_size,
        modified=facts.st_mtime_ns // 1000,
        folder=folder,
    )
