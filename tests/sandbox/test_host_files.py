import asyncio
import errno
import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.domain.errors import AccessRefused, StudioError, UserError
from studio.sandbox.host_files import AllowedFiles


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A workflow folder, an allowed folder, Studio's data, and what lies outside."""
    for name in ("flow/data", "allowed/deep", "flow/.studio/blobs", "outside"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "flow/data/a.txt").write_text("alpha")
    (tmp_path / "allowed/b.txt").write_text("beta")
    (tmp_path / "outside/secret.txt").write_text("secret")
    (tmp_path / "flow/.studio/studio.db").write_text("db")
    return tmp_path


@pytest.fixture
def files(house: Path) -> AllowedFiles:
    return AllowedFiles(house / "flow", [house / "allowed"], [house / "flow/.studio"])


async def test_reading_within_the_folders(files: AllowedFiles, house: Path) -> None:
    assert await files.read("data/a.txt") == b"alpha"
    assert await files.read("data/../data/./a.txt") == b"alpha"
    assert await files.read(str(house / "allowed/b.txt")) == b"beta"
    assert await files.read("../allowed/b.txt") == b"beta"
    assert await files.size("data/a.txt") == 5
    assert await files.size("data/none.txt") is None
    assert await files.size("none/none.txt") is None
    assert await files.tail("data/a.txt", 2, 2) == b"ph"
    assert await files.tail("data/a.txt", 99, 2) == b""
    assert await files.local_path("data/a.txt") == house / "flow/data/a.txt"


OUTSIDE = [
    "../outside/secret.txt", "/etc/passwd", "data/../../outside/secret.txt", "/proc/self/environ", "/dev/zero",
    "/sys/x", ".studio/studio.db", ".studio/new.txt", ".studio", "data/../.studio/studio.db", "../flow2/x", "/", "..",
]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
async def test_nothing_outside_is_touched(files: AllowedFiles, house: Path, path: str) -> None:
    for act in (
        files.read(path), files.write(path, b"x"), files.append(path, b"x"), files.size(path), files.tail(path, 0, 1),
        files.list(path), files.delete(path), files.copy(path, "c"), files.copy("data/a.txt", path),
        files.move(path, "c"), files.move("data/a.txt", path), files.local_path(path, write=True),
    ):  # fmt: skip
        with pytest.raises((AccessRefused, UserError)) as caught:
            await act
        if isinstance(caught.value, AccessRefused):
            assert "--allow-path" in caught.value.message
            assert path in caught.value.message
        else:
            assert caught.value.code == "files.not_a_file"
    assert (house / "outside/secret.txt").read_text() == "secret"
    assert (house / "flow/.studio/studio.db").read_text() == "db"
    assert (house / "flow/data/a.txt").read_text() == "alpha"
    assert not (house / "flow/c").exists()


async def test_links_may_lead_within_and_not_outside(files: AllowedFiles, house: Path) -> None:
    (house / "flow/in").symlink_to(house / "allowed")
    (house / "flow/rel").symlink_to("data/a.txt")
    (house / "flow/out").symlink_to(house / "outside")
    (house / "flow/out.txt").symlink_to("../outside/secret.txt")
    (house / "flow/hidden").symlink_to(".studio")
    (house / "flow/loop").symlink_to("loop")
    (house / "flow/dangling").symlink_to("data/new.txt")
    assert await files.read("in/b.txt") == b"beta"
    assert await files.read("rel") == b"alpha"
    assert await files.local_path("rel") == house / "flow/data/a.txt"
    for path in ("out/secret.txt", "out.txt", "hidden/studio.db", "out/new.txt"):
        for act in (files.read(path), files.write(path, b"x"), files.append(path, b"x")):
            with pytest.raises(AccessRefused):
                await act
    assert not (house / "outside/new.txt").exists()
    with pytest.raises(UserError) as caught:
        await files.read("loop")
    assert caught.value.code == "files.too_many_links"
    await files.write("dangling", b"through")
    assert (house / "flow/data/new.txt").read_bytes() == b"through"
    assert (house / "flow/dangling").is_symlink()
    assert await files.delete("out.txt") is True
    assert (house / "outside/secret.txt").exists()
    names = [fact.name for fact in await files.list(".")]
    assert names == ["data"]


async def test_swapping_a_folder_for_a_link_gains_nothing(files: AllowedFiles, house: Path) -> None:
    """A racer keeps exchanging a folder for a link outside; what is read is inside or refused."""
    folder, link, spare = house / "flow/swap", house / "flow/swap_link", house / "flow/swap_spare"
    folder.mkdir()
    (folder / "secret.txt").write_text("inside")
    link.symlink_to(house / "outside")
    stop = False

    def race() -> None:
        while not stop:
            folder.rename(spare)
            link.rename(folder)
            folder.rename(link)
            spare.rename(folder)

    racer = asyncio.create_task(asyncio.to_thread(race))
    seen: set[bytes] = set()
    for _ in range(400):
        try:
            seen.add(await files.read("swap/secret.txt"))
        except StudioError:
            continue
    stop = True
    await racer
    assert seen <= {b"inside"}


async def test_only_regular_files(files: AllowedFiles, house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(house / "flow/pipe")
    with socket.socket(socket.AF_UNIX) as unix:
        monkeypatch.chdir(house / "flow")
        unix.bind("sock")
        for path in ("pipe", "data", "sock", "."):
            for act in (files.read(path), files.write(path, b"x"), files.append(path, b"x"), files.delete(path)):
                with pytest.raises(UserError) as caught:
                    await act
                assert caught.value.code == "files.not_a_file"


async def test_writing_replaces_the_whole_file_and_leaves_nothing_behind(files: AllowedFiles, house: Path) -> None:
    assert await files.write("new/deep/x.txt", b"one") == 3
    os.chmod(house / "flow/new/deep/x.txt", 0o640)
    assert await files.write("new/deep/x.txt", b"two!") == 4
    assert (house / "flow/new/deep/x.txt").read_bytes() == b"two!"
    assert (house / "flow/new/deep/x.txt").stat().st_mode & 0o777 == 0o640
    with pytest.raises(UserError) as caught:
        await files.write("new/deep/x.txt", b"three", overwrite=False)
    assert caught.value.code == "files.exists"
    assert await files.write("new/deep/y.txt", b"three", overwrite=False) == 5
    with pytest.raises(UserError):
        await files.write("none/x.txt", b"x", make_folders=False)
    assert sorted(path.name for path in (house / "flow/new/deep").iterdir()) == ["x.txt", "y.txt"]


async def test_concurrent_writers_without_overwrite_have_one_winner(files: AllowedFiles, house: Path) -> None:
    results = await asyncio.gather(
        *(files.write("once.txt", bytes([65 + n]) * 3, overwrite=False) for n in range(8)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["UserError"] * 7 + ["int"]
    assert [path.name for path in (house / "flow").glob(".once*")] == []


async def test_appending(files: AllowedFiles, house: Path) -> None:
    assert await files.append("log/a.txt", b"one\n") == 4
    assert await files.append("log/a.txt", b"two\n", at=4) == 8
    with pytest.raises(UserError) as caught:
        await files.append("log/a.txt", b"x", at=4)
    assert caught.value.code == "files.length_changed"
    await asyncio.gather(*(files.append("log/a.txt", f"{n:03}\n".encode()) for n in range(50)))
    lines = (house / "flow/log/a.txt").read_text().split()
    assert lines[:2] == ["one", "two"]
    assert sorted(lines[2:]) == [f"{n:03}" for n in range(50)]


async def test_copy_move_and_delete(files: AllowedFiles, house: Path) -> None:
    assert await files.copy("data/a.txt", str(house / "allowed/deep/c.txt")) == 5
    await files.move("data/a.txt", "moved/a.txt")
    assert not (house / "flow/data/a.txt").exists()
    assert (house / "flow/moved/a.txt").read_text() == "alpha"
    with pytest.raises(UserError) as taken:
        await files.move("moved/a.txt", str(house / "allowed/b.txt"), overwrite=False)
    assert taken.value.code == "files.exists"
    with pytest.raises(UserError) as taken:
        await files.copy("moved/a.txt", str(house / "allowed/b.txt"), overwrite=False)
    assert taken.value.code == "files.exists"
    await files.move("moved/a.txt", "moved/b.txt", overwrite=False)
    assert await files.delete("moved/b.txt") is True
    assert await files.delete("moved/b.txt") is False
    assert await files.delete("none/b.txt") is False
    with pytest.raises(UserError):
        await files.move("moved/gone.txt", "x")


async def test_between_file_systems_a_move_is_a_copy(
    files: AllowedFiles, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def across(source: str, target: str, **handles: int) -> None:
        if not source.endswith(".part"):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        real(source, target, **handles)

    monkeypatch.setattr(os, "replace", across)
    await files.move("data/a.txt", "moved/a.txt")
    assert (house / "flow/moved/a.txt").read_text() == "alpha"
    assert not (house / "flow/data/a.txt").exists()


async def test_names_that_are_no_text_are_not_listed(files: AllowedFiles, house: Path) -> None:
    (Path(os.fsdecode(os.fsencode(house / "flow/data") + b"/\xff\xfe.txt"))).write_text("odd")
    (house / "flow/data/é.txt").write_text("accent")
    assert [fact.path for fact in await files.list("data", recursive=True)] == ["a.txt", "é.txt"]


async def test_listing(files: AllowedFiles, house: Path) -> None:
    (house / "flow/data/sub").mkdir()
    (house / "flow/data/sub/b.json").write_text("{}")
    (house / "flow/data/c.json").write_text("{}")
    facts = await files.list("data")
    assert [(fact.name, fact.folder, fact.size) for fact in facts] == [
        ("a.txt", False, 5), ("c.json", False, 2), ("sub", True, 0),
    ]  # fmt: skip
    assert [fact.path for fact in await files.list("data", "*.json", recursive=True)] == ["c.json", "sub/b.json"]
    assert [fact.path for fact in await files.list(".", "*.db", recursive=True)] == []
    assert ".studio" not in [fact.name for fact in await files.list(".")]
    for path, code in (("data/a.txt", "files.not_a_folder"), ("nowhere", "files.not_found")):
        with pytest.raises(UserError) as caught:
            await files.list(path)
        assert caught.value.code == code
    with pytest.raises(UserError) as many:
        await files.list("data", limit=1)
    assert many.value.code == "files.too_many"


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000, "a/" * 400 + "b"])
async def test_strange_paths(files: AllowedFiles, path: str) -> None:
    with pytest.raises(UserError) as caught:
        await files.read(path)
    assert caught.value.code in ("files.bad_path", "files.not_found")


async def test_errors_say_what_is_wrong(files: AllowedFiles, house: Path) -> None:
    with pytest.raises(UserError) as caught:
        await files.read("data/b.txt")
    assert caught.value.message.endswith(f"in {house / 'flow/data'}. Near: a.txt.")
    with pytest.raises(UserError) as caught:
        await files.read("gone/b.txt")
    assert caught.value.code == "files.not_found"
    with pytest.raises(UserError) as caught:
        await files.read("data/a.txt", max_bytes=4)
    assert caught.value.code == "files.too_large"
    with pytest.raises(UserError) as caught:
        await files.read("data/" + "n" * 300)
    assert caught.value.code == "files.failed"
    with pytest.raises(UserError) as caught:
        await files.local_path("data/none.txt")
    assert caught.value.code == "files.not_found"
    assert await files.local_path("made/new.db", write=True) == house / "flow/made/new.db"


async def test_a_full_disk_leaves_the_file_as_it_was(
    files: AllowedFiles, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write

    def full(handle: int, data: bytes) -> int:
        if os.fstat(handle).st_size > 2 or len(data) > 4:
            if os.fstat(handle).st_size > 6:
                raise OSError(28, "No space left on device")
            return real(handle, bytes(data)[:2])
        return real(handle, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(UserError) as caught:
        await files.append("data/a.txt", b"0123456789")
    assert caught.value.code == "files.disk_full"
    with pytest.raises(UserError) as caught:
        await files.write("data/a.txt", b"0123456789")
    assert caught.value.code == "files.disk_full"
    assert (house / "flow/data/a.txt").read_text() == "alpha"
    assert [path.name for path in (house / "flow/data").iterdir()] == ["a.txt"]


async def test_a_read_only_folder_is_named(files: AllowedFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UserError) as caught:
        await files.write("data/z.txt", b"x")
    assert caught.value.code == "files.permission"


PARTS = st.sampled_from(
    ["..", ".", "data", "a.txt", "outside", "secret.txt", ".studio", "link", "flow", "/", "allowed"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PARTS, max_size=8), st.booleans())
async def test_no_path_reads_what_lies_outside(house: Path, parts: list[str], absolute: bool) -> None:
    if not (house / "flow/link").is_symlink():
        (house / "flow/link").symlink_to("..")
    files = AllowedFiles(house / "flow", [house / "allowed"], [house / "flow/.studio"])
    path = (str(house) + "/" if absolute else "") + "/".join(parts)
    try:
        data = await files.read(path)
    except (AccessRefused, UserError):
        return
    assert data in (b"alpha", b"beta")


async def test_pieces_there_and_back(tmp_path: Path) -> None:
    files = AllowedFiles(tmp_path)
    content = os.urandom(3 * 1024 * 1024 + 5)
    (tmp_path / "a").write_bytes(content)
    got = [piece async for piece in files.pieces("a", max_bytes=len(content))]
    assert (b"".join(got), len(got)) == (content, 4)
    assert await files.write("b", files.pieces("a", max_bytes=len(content))) == len(content)
    assert (tmp_path / "b").read_bytes() == content
    with pytest.raises(UserError, match="longer than"):
        await files.write("b", files.pieces("a", max_bytes=10))
    assert (tmp_path / "b").read_bytes() == content
    with pytest.raises(UserError):
        await anext(files.pieces("none", max_bytes=10))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "b"]
