"""Where packs lie, and whether the environment is still the one the index was made for."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from studio.catalog._facts import LOCAL

if TYPE_CHECKING:
    from importlib.metadata import Distribution

ENTRY_POINTS = "studio.packs"
BUILT_IN = "pip install 'studio-workflows[{extra}]'"


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A folder that is a pack, or that holds packs.

    ``module`` is what it is imported as; ``install`` the template of the command that installs a pack's libraries.
    ``announced`` is the distribution that says so, with no ``folder`` where what it names is not there.
    """

    folder: str
    module: str
    install: str
    announced: str = ""


def built_in() -> Place:
    """The packs that ship with Studio."""
    return Place(str(Path(__file__).resolve().parent.parent / "nodes"), "studio.nodes", BUILT_IN)


def local(folder: Path) -> Place:
    """Packs of a folder, imported under a name of their own so that they cannot shadow anything."""
    resolved = folder.resolve()
    digest = hashlib.blake2b(str(resolved).encode(), digest_size=6).hexdigest()
    return Place(str(resolved), f"{LOCAL}{digest}", "")


def environment() -> bytes:
    """A fingerprint that changes when a distribution is installed, removed or replaced.

    Installing changes the modification time of ``site-packages``, or of a folder of PYTHONPATH, since each
    distribution brings a folder. Others on ``sys.path`` do not count: the script's own or the current one differ from
    call to call.
    """
    path = os.environ.get("PYTHONPATH", "")
    digest = hashlib.blake2b(f"{sys.version}\0{sys.prefix}\0{path}".encode(), digest_size=16)
    named = frozenset(path.split(os.pathsep))
    for entry in sys.path:
        if os.path.basename(entry) in ("site-packages", "dist-packages") or entry in named:
            try:
                changed = os.stat(entry).st_mtime_ns
            except OSError:
                changed = 0
            digest.update(f"\0{entry}\0{changed}".encode())
    return digest.digest()


def installed() -> list[Place]:
    """Packs that installed distributions announce in the entry point group ``studio.packs``; nothing is imported.

    A distribution whose metadata are damaged is left out: it is no reason for all others to be missing.
    """
    from importlib.metadata import distributions  # 10 ms, needed only where the environment has changed

    places: list[Place] = []
    seen: set[str] = set()
    for distribution in distributions():
        name, announced = _announced(distribution)
        if not announced or name in seen:
            continue  # what comes later on the path is hidden by what came first
        seen.add(name)
        for module in announced:
            folder = _package_folder(module)
            places.append(Place(str(folder or ""), module, f"pip install '{name}[{{extra}}]'", name))
    return places


def _announced(distribution: Distribution) -> tuple[str, list[str]]:
    """Name of a distribution and the packs it announces; none where its metadata cannot be read."""
    try:
        modules = [entry.value for entry in distribution.entry_points if entry.group == ENTRY_POINTS]
        return (str(distribution.name), modules) if modules else ("", [])
    except Exception:  # noqa: BLE001 - reading somebody's metadata raises whatever there is
        return "", []


def _package_folder(package: str) -> Path | None:
    """Folder of a package. Only the topmost one is asked of the import system, which imports nothing for it."""
    top, *rest = package.split(".")
    if not all(part.isidentifier() for part in (top, *rest)):
        return None
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
