"""Workflow files here, for a server and from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.domain.errors import UserError
from studio.domain.reasons import os_reason

if TYPE_CHECKING:
    from studio.client.models import FileModel

_SUFFIXES = (".yaml", ".yml", ".json")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\Z")


def named_files(paths: Sequence[Path]) -> list[FileModel]:
    """Files with names that keep how they lie to each other, so that calls among them can be followed.

    Raises:
        UserError: One cannot be read, or is no text.
    """
    every = [file.absolute() for path in paths for file in _files_of(path)]
    base = _common(every)
    return [{"name": one.relative_to(base).as_posix(), "text": read_text(one)} for one in dict.fromkeys(every)]


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(one for one in path.rglob("*") if one.suffix.lower() in _SUFFIXES and one.is_file())
    else:
        yield path


def _common(files: Sequence[Path]) -> Path:
    """The folder that all of them lie in."""
    base = files[0].parent if files else Path.cwd()
    while not all(one.is_relative_to(base) for one in files):
        base = base.parent
    return base


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        UserError: It cannot be read, or is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(
            "cli.file_unreadable", "{path} cannot be read: {reason}.", path=str(path), reason=os_reason(error)
        ) from error
    except UnicodeDecodeError as error:
        raise UserError("cli.file_not_text", "{path} is no UTF-8 text.", path=str(path)) from error


def write_files(folder: Path, files: Sequence[FileModel]) -> list[Path]:
    """Write what a server gave into a folder; the paths.

    Raises:
        UserError: The server gave a name that might lead out of the folder.
    """
    for one in files:
        if not _NAME.match(one["name"]):
            raise UserError("cli.file_name", "The server gave a file a name that is not used: {name}", name=one["name"])
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / one["name"] for one in files]
    for path, one in zip(paths, files, strict=True):
        path.write_text(one["text"], encoding="utf-8")
    return paths
