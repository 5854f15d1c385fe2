"""Opening files without ever leaving the allowed folders.

A path is walked one component at a time, each opened relative to the handle before it and never following a link by
itself (``O_NOFOLLOW``). A link is read and walked like a path of its own, so it may lead elsewhere inside the allowed
folders, and nowhere else. What is opened is what was checked: renaming things meanwhile changes nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from studio.domain.errors import AccessRefused, UserError

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_LINKS = 20
_MOST_PARTS = 256
# Views of the kernel and of devices, not files; /proc would show Studio's own environment.
_NEVER = tuple(Path(name) for name in ("/proc", "/sys", "/dev", "/run/secrets"))


class Place(NamedTuple):
    """A contained position: a handle on the folder, the name in it (empty for the root itself), and the whole path."""

    folder: int
    name: str
    path: Path


class Walls:
    """The allowed folders, and those inside them that are excluded.

    Args:
        base: Where relative paths start; allowed.
        roots: Further allowed folders.
        excluded: Folders that are never entered, wherever they lie.
        inside: Allowed folders that may be entered although they lie in an excluded one.
    """

    def __init__(
        self, base: Path, roots: tuple[Path, ...] = (), excluded: tuple[Path, ...] = (), inside: tuple[Path, ...] = ()
    ) -> None:
        self.base = Path(os.path.realpath(base))
        ordered = dict.fromkeys((self.base, *(Path(os.path.realpath(root)) for root in roots)))
        self.roots = tuple(ordered)
        self._excluded = tuple(Path(os.path.realpath(folder)) for folder in excluded)
        self._inside = tuple(Path(os.path.realpath(folder)) for folder in inside)

    def refuse(self, path: str) -> AccessRefused:
        """The error for a path outside."""
        return AccessRefused(
            "files.outside",
            "{path} lies outside the allowed folders. An administrator can allow its folder with --allow-path FOLDER.",
            path=path,
        )

    def refuse_always(self, path: str) -> AccessRefused:
        """The error for a path that is excluded, which nothing can allow."""
        return AccessRefused(
            "files.data_folder",
            "{path} lies in Studio's data folder, which is closed to workflows; --allow-path does not open it. Keep"
            " files that workflows use elsewhere.",
            path=path,
        )

    def absolute(self, path: str) -> Path:
        """The path in full, ``.`` and ``..`` taken out by the letter.

        Raises:
            UserError: It is empty, has a NUL, or is too long.
        """
        if not path or "\0" in path or len(path) > 4096:
            raise UserError("files.bad_path", "{path} is not a path.", path=repr(path[:100]))
        full = Path(os.path.normpath(self.base / path))
        return Path("/" + str(full).lstrip("/"))

    def root_of(self, full: Path, shown: str) -> Path:
        """The allowed folder that holds ``full``, the innermost one.

        Raises:
            AccessRefused: None does, or it is excluded.
        """
        if any(full.is_relative_to(never) for never in self._excluded) and not any(
            full.is_relative_to(folder) for folder in self._inside
        ):
            raise self.refuse_always(shown)
        if any(full.is_relative_to(never) for never in _NEVER):
            raise AccessRefused(
                "files.system_path",
                "{path} belongs to the system and is closed to workflows; --allow-path does not open it.",
                path=shown,
            )
        holding = [root for root in self.roots if full.is_relative_to(root)]
        if not holding:
            raise self.refuse(shown)
        return max(holding, key=lambda root: len(root.parts))

    def _forbidden(self) -> frozenset[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        for folder in self._excluded:
            try:
                facts = os.stat(folder)
            except OSError:
                continue
            found.add((facts.st_dev, facts.st_ino))
        return frozenset(found)

    @contextmanager
    def enter(self, path: str, *, make_folders: bool = False, follow_last: bool = True) -> Generator[Place]:
        """Walk to the folder that holds ``path``; the handle is closed on leaving.

        A link as the last part is followed with ``follow_last``, otherwise left as it is. Folders on the way are
        made with ``make_folders``.

        Raises:
            AccessRefused: The path, or a link on it, leads outside.
            UserError: Too many links or parts.
            OSError: As the operating system says: a folder is missing, is none, may not be read.
        """
        forbidden = self._forbidden()
        full = self.absolute(path)
        for _ in range(_MOST_LINKS):
            walk = _Walk(self, path, forbidden, make_folders, follow_last)
            try:
                elsewhere = walk.go(full)
                if elsewhere is None:
                    yield Place(walk.handle, walk.name, full)
                    return
            finally:
                os.close(walk.handle) if walk.handle >= 0 else None
            full = elsewhere
        raise UserError("files.too_many_links", "{path} goes through too many links.", path=path)


class _Walk:
    """One walk from a root; owns the handle it has reached."""

    def __init__(
        self, walls: Walls, shown: str, forbidden: frozenset[tuple[int, int]], make_folders: bool, follow_last: bool
    ) -> None:
        self._walls = walls
        self._shown = shown
        self._forbidden = forbidden
        self._make_folders = make_folders
        self._follow_last = follow_last
        self.handle = -1
        self.name = ""

    def go(self, full: Path) -> Path | None:
        """Walk to the last part. Gives the path to walk instead where a link stands in the way."""
        root = self._walls.root_of(full, self._shown)
        parts = full.relative_to(root).parts
        if not parts and not root.is_dir():
            root, parts = root.parent, (root.name,)  # a single file is allowed: nothing else in its folder is
        if len(parts) > _MOST_PARTS:
            raise UserError("files.bad_path", "{path} is not a path.", path=self._shown[:100])
        self._step_into(os.open(root, _DIRECTORY))
        for place, part in enumerate(parts):
            last = place == len(parts) - 1
            link = self._link(part) if not last or self._follow_last else None
            if link is not None:
                here = root.joinpath(*parts[:place])
                return Path(os.path.normpath(here / link)).joinpath(*parts[place + 1 :])
            if last:
                self.name = part
            else:
                self._descend(part)
        return None

    def _link(self, part: str) -> str | None:
        try:
            return os.readlink(part, dir_fd=self.handle)
        except OSError:
            return None  # no link, or nothing there; opening it will tell

    def _descend(self, part: str) -> None:
        try:
            inner = os.open(part, _DIRECTORY, dir_fd=self.handle)
        except FileNotFoundError:
            if not self._make_folders:
                raise
            with suppress(FileExistsError):  # made meanwhile
                os.mkdir(part, 0o777, dir_fd=self.handle)
            inner = os.open(part, _DIRECTORY, dir_fd=self.handle)
        self._step_into(inner)

    def _step_into(self, inner: int) -> None:
        if self.handle >= 0:
            os.close(self.handle)
        self.handle = inner
        facts = os.fstat(inner)
        if (facts.st_dev, facts.st_ino) in self._forbidden:
            raise self._walls.refuse_always(self._shown)


def open_regular(place: Place, flags: int, mode: int = 0o666) -> int:
    """Open the file at ``place``; anything but a regular file is refused without waiting for it.

    Raises:
        UserError: It is a folder, a device, a pipe or a socket.
        OSError: As the operating system says.
    """
    if not place.name:
        raise not_a_file(place.path)
    handle = os.open(
        place.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY, mode, dir_fd=place.folder
    )
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise not_a_file(place.path)
    return handle


def not_a_file(path: Path) -> UserError:
    """The error for a folder, device, pipe or socket where a file is expected."""
    return UserError("files.not_a_file", "{path} is not a regular file.", path=path.name or str(path))
