"""The index: what it saves, and what it must notice."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from studio.catalog import Catalog, Place, _scan
from studio.catalog import _cache as cache
from studio.catalog._discover import environment

HERE = Path(__file__).resolve().parents[2]


def index_file(packs) -> Path:
    (file,) = packs.cache.glob("catalog-*.msgpack")
    return file


@pytest.fixture
def reads(monkeypatch):
    """Folders of the packs that are read from their files."""
    found: list[str] = []
    real = _scan.index_pack

    def watched(folder: str, module: str, install: str):
        found.append(Path(folder).name)
        return real(folder, module, install)

    monkeypatch.setattr(_scan, "index_pack", watched)
    return found


def test_a_warm_start_reads_no_pack(text_pack, reads):
    text_pack.age()
    text_pack.catalog()
    assert reads == ["text"]
    again = text_pack.catalog()
    assert [facts.type for facts in again.all()] == ["text.lower", "text.upper"]
    assert again.load("text.upper").type == "text.upper"
    assert reads == ["text"]


def test_a_changed_file_is_noticed(text_pack, reads):
    text_pack.age()
    text_pack.catalog()
    path = text_pack.folder / "text" / "upper.py"
    source = path.read_text().replace("Does upper", "Does UPPER")
    folder = path.parent.stat()
    path.write_text(source)
    os.utime(path.parent, ns=(folder.st_atime_ns, folder.st_mtime_ns))
    assert text_pack.catalog().facts("text.upper").description == "Does UPPER to a text."
    assert reads == ["text", "text"]


def test_a_change_in_the_same_moment_is_noticed(text_pack):
    """Two writes within one tick of the file system's clock, of the same length, leave the same size and time."""
    path = text_pack.folder / "text" / "upper.py"
    text_pack.catalog()
    before = path.stat()
    path.write_text(path.read_text().replace("Does upper", "Does UPPER"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert text_pack.catalog().facts("text.upper").description == "Does UPPER to a text."


def test_a_type_that_stays_is_known_while_its_pack_is_read_again(text_pack, monkeypatch):
    """Types are looked up from the loop and from threads: there is no moment at which one that stays is not there."""
    text_pack.catalog()
    catalog, known = text_pack.catalog(), []
    real = _scan.index_pack

    def watched(folder: str, module: str, install: str):
        known.append("text.upper" in list(catalog))
        return real(folder, module, install)

    monkeypatch.setattr(_scan, "index_pack", watched)
    assert catalog.facts("text.lower").type == "text.lower"
    assert known == [True]


def test_added_and_removed_files_are_noticed(text_pack):
    text_pack.age()
    assert len(text_pack.catalog()) == 2
    added = text_pack.node("text", "trim")
    assert "text.trim" in text_pack.catalog()
    added.unlink()
    assert "text.trim" not in text_pack.catalog()


def test_a_file_that_breaks_and_a_pack_that_goes(text_pack):
    text_pack.age()
    text_pack.catalog()
    path = text_pack.folder / "text" / "upper.py"
    path.write_text("def broken(:")
    catalog = text_pack.catalog()
    assert "text.upper" not in catalog
    assert "text.lower" in catalog
    for file in (text_pack.folder / "text").iterdir():
        file.unlink()
    (text_pack.folder / "text").rmdir()
    assert len(text_pack.catalog()) == 0


def test_a_manifest_that_goes_while_the_catalogue_lives(text_pack):
    text_pack.age()
    text_pack.catalog()
    catalog = text_pack.catalog()
    (text_pack.folder / "text" / "manifest.toml").unlink()
    assert "text.upper" not in catalog
    assert catalog.packs() == []


def test_added_and_removed_packs_are_noticed(text_pack, reads):
    text_pack.age()
    text_pack.catalog()
    text_pack.node("mail", "send")
    assert "mail.send" in text_pack.catalog()
    assert reads == ["text", "mail"]
    (text_pack.folder / "notes").mkdir()
    (text_pack.folder / "readme.txt").write_text("no pack")
    assert [pack.id for pack in text_pack.catalog().packs()] == ["mail", "text"]


@pytest.mark.parametrize("damage", [b"", b"\x00", b"\xff" * 100, msgspec.msgpack.encode({"a": 1})])
def test_a_damaged_index_is_made_anew(text_pack, damage, reads):
    text_pack.catalog()
    index_file(text_pack).write_bytes(damage)
    assert len(text_pack.catalog()) == 2
    assert cache.read_index(index_file(text_pack)) is not None
    assert reads == ["text", "text"]


def test_every_truncated_index_is_made_anew(text_pack):
    text_pack.catalog()
    whole = index_file(text_pack).read_bytes()
    for length in range(0, len(whole), 7):
        index_file(text_pack).write_bytes(whole[:length])
        assert len(text_pack.catalog()) == 2


def test_an_index_of_other_code_is_made_anew(text_pack, reads, monkeypatch):
    text_pack.catalog()
    monkeypatch.setattr(cache, "reader_state", lambda: b"other")
    text_pack.catalog()
    assert reads == ["text", "text"]


def test_a_cache_that_cannot_be_written_does_no_harm(text_pack, monkeypatch):
    text_pack.cache.write_text("a file where the folder should be")
    assert len(text_pack.catalog()) == 2
    text_pack.cache.unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert len(text_pack.catalog()) == 2
    assert list(text_pack.cache.iterdir()) == []


def test_where_the_cache_lies(monkeypatch, tmp_path):
    monkeypatch.setenv("STUDIO_CACHE", str(tmp_path / "here"))
    assert cache.default_folder() == tmp_path / "here"
    monkeypatch.delenv("STUDIO_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.default_folder() == tmp_path / ".cache" / "studio"

    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", homeless)
    assert cache.default_folder() is None
    assert len(Catalog([], cache_dir=None)) == 0


def test_the_environment_counts(text_pack, monkeypatch, reads):
    text_pack.pack("text", 'requires = ["no_such_library"]\nextra = "tables"')
    text_pack.age()
    assert text_pack.catalog().facts("text.upper").missing == ("no_such_library",)
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    monkeypatch.setattr(_scan, "missing_modules", lambda names: ())
    assert text_pack.catalog().facts("text.upper").missing == ()
    assert reads == ["text"]


def test_starting_imports_no_pack_and_no_heavy_library():
    code = """
        import sys
        from pathlib import Path
        from studio.catalog import Catalog
        catalog = Catalog.default(cache_dir=Path(sys.argv[1]))
        catalog.all(), catalog.packs(), catalog.search("slug")
        bad = [name for name in sys.modules if name.startswith("studio.nodes.") or name in ("pydantic", "polars")]
        assert not bad, bad
        assert catalog.load("text.slugify").type == "text.slugify"
        assert [name for name in sys.modules if name.startswith("studio.nodes.")] == [
            "studio.nodes.text", "studio.nodes.text.slugify"
        ]
    """
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), str(HERE / ".pytest_cache" / "catalog")],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def test_places_that_are_not_there(tmp_path):
    catalog = Catalog([Place(str(tmp_path / "nowhere"), "nowhere", "")], cache_dir=tmp_path / "cache")
    assert len(catalog) == 0
    assert _scan.modified(str(tmp_path / "nowhere")) == 0
    assert _scan.fingerprint(str(tmp_path / "nowhere"))[1] == 0


def test_search_paths_that_are_not_there(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path, "/no/such/site-packages"])
    assert len(environment()) == 16
