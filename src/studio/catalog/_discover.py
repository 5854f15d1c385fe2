"""Where packs lie, and whether the environment is still the one the index was made for."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import msgspec

ENTRY_POINTS = "studio.packs"
BUILT_IN = "pip install 'studio-workflows[{extra}]'"


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A folder that is a pack, or that holds packs.

    ``module`` is what it is imported as; ``install`` the template of the command that installs a pack's libraries.
    """

    folder: str
    module: str
    install: str


def built_in() -> Place:
    """The packs that ship with Studio."""
    return Place(str(Path(__file__).resolve().parent.parent / "nodes"), "studio.nodes", BUILT_IN)


def local(folder: Path) -> Place:
    """Packs of a folder, imported under a name of their own so that they cannot shadow anything."""
    resolved = folder.resolve()
    digest = hashlib.blake2b(str(resolved).encode(), digest_size=6).hexdigest()
    return Place(str(resolved), f"studio_packs_{digest}", "")


def environment() -> bytes:
    """A fingerprint that changes when a distribution is installed, removed or replaced.

    Installing changes the modification time of ``site-packages``, since each distribution brings a folder. Other
    folders on ``sys.path`` do not count: the script's own or the current one differ from call to call.
    """
    path = os.environ.get("PYTHONPATH", "")
    digest = hashlib.blake2b(f"{sys.version}\0{sys.prefix}\0{path}".encode(), digest_size=16)
    for entry in sys.path:
        if os.path.basename(entry) in ("site-packages", "dist-packages"):
            try:
                changed = os.stat(entry).st_mtime_ns
            except OSError:
                changed = 0
            digest.update(f"\0{entry}\0{changed}".encode())
    return digest.digest()


def installed() -> list[Place]:
    """Packs that installed distributions announce in the entry point group ``studio.packs``; nothing is imported."""
    from importlib.metadata import entry_points  # 10 ms, needed only where the environment has changed

    places: list[Place] = []
    for entry in entry_points(group=ENTRY_POINTS):
        folder = _package_folder(entry.value)
        if folder is not None:
            name = entry.dist.name if entry.dist else entry.name
            places.append(Place(str(folder), entry.value, f"pip install '{name}[{{extra}}]'"))
    return places


def _package_folder(package: str) -> Path | None:
    """Folder of a package. Only the topmost one is asked of the import system, which imports nothing for it."""
    top, *rest = package.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    for location in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(location, *rest)
        if folder.is_dir():
            return folder
    return None


def missing_modules(names: Iterable[str]) -> tuple[str, ...]:
    """Which of these top-level modules cannot be imported; none is imported to find out."""
    out: list[str] = []
    for name in names:
        try:
            found = find_spec(name.partition(".")[0]) is not None
        except (ImportError, ValueError):
            found = False
        if not found:
            out.append(name)
    return tuple(out)
