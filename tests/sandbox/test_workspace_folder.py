"""The folder of a workspace lies in Studio's data folder, and is all of it that the workspace reaches."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from studio.bootstrap._host import Host
from studio.domain.errors import AccessRefused
from studio.engine import Grants


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the folders of two workspaces."""
    for name in ("files/one/deep", "files/two", "blobs"):
        (tmp_path / "data" / name).mkdir(parents=True)
    (tmp_path / "data/files/one/a.txt").write_text("alpha")
    (tmp_path / "data/files/two/b.txt").write_text("beta")
    (tmp_path / "data/studio.db").write_text("db")
    return tmp_path / "data"


def reached(data: Path, folder: Path) -> Any:
    """What an execution with this folder reaches. No store is asked for that."""
    opened = cast("Any", SimpleNamespace(store=SimpleNamespace(records=None)))
    return Host(data, opened, cast("Any", None)).files_for(Grants(folder=str(folder)))


@pytest.mark.parametrize(
    "path", ["../two/b.txt", "../../studio.db", "../../blobs/x", "..", "link/studio.db", "deep/up/two/b.txt"]
)
async def test_a_workspace_reaches_its_folder_only(data: Path, path: str) -> None:
    one = data / "files/one"
    os.symlink(data, one / "link")
    os.symlink(data / "files", one / "deep/up")
    files = reached(data, one)
    assert await files.read("a.txt") == b"alpha"
    assert await files.write("deep/new.txt", b"x") == 1
    for act in (files.read(path), files.write(path, b"x"), files.copy("a.txt", path), files.local_path(path)):
        with pytest.raises(AccessRefused):
            await act
    assert (data / "studio.db").read_text() == "db"
    assert (data / "files/two/b.txt").read_text() == "beta"


@pytest.mark.parametrize("folder", ["files", "files/..", "files/one/..", "files/one/deep", "."])
async def test_no_other_folder_opens_the_data_folder(data: Path, folder: str) -> None:
    files = reached(data, data / folder)
    for path in (str(data / "studio.db"), str(data / "files/two/b.txt")):
        with pytest.raises(AccessRefused):
            await files.read(path)
