"""``upgrade check`` and ``support-bundle``."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from studio.bootstrap import Settings, Studio, check_upgrade, write_support_bundle
from studio.cli.main import main
from studio.domain.errors import UserError

PLANTED = "planted-secret-4711"


async def opened(data: Path) -> None:
    """A data folder with a database."""
    async with Studio(Settings(data=data)) as studio:
        await studio.open()


async def test_nothing_stands_in_the_way_of_a_current_database(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await opened(data)
    found = {one.check: one.level for one in await check_upgrade(Settings(data=data))}
    assert found == {"settings": "ok", "space": "ok", "no_backup": "warning", "revision": "ok", "nodes": "ok"}


async def test_what_stands_in_the_way_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await opened(data)
    (data / "studio.toml").write_text("prot = 1\n")
    found = {one.check: one.level for one in await check_upgrade(Settings(data=data))}
    assert found["settings_unknown"] == "blocked"


def test_a_new_folder_is_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade", "check", "--data", str(tmp_path / "none"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ready"] is True


def test_it_ends_with_one_where_something_stands_in_the_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "studio.toml").write_text("prot = 1\n")
    assert main(["upgrade", "check", "--data", str(data)]) == 1
    assert "prot" in capsys.readouterr().out


async def test_a_bundle_holds_no_secret_and_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PASSPHRASE", f"{PLANTED}-phrase")
    data = tmp_path / "data-of-somebody"
    await opened(data)
    (data / "studio.toml").write_text(
        f'metrics_token = "{PLANTED}"\nsmtp_host = "mail.{PLANTED}.example"\nsmtp_from = "a@b.example"\nport = 8401\n'
    )
    (data / "studio.toml").chmod(0o600)
    log = tmp_path / "server.log"
    log.write_text(f"first\nmetrics with {PLANTED} and {PLANTED}-phrase\nkey sk_abcdefghijkl\nlast\n")
    target = tmp_path / "bundle.zip"
    await write_support_bundle(Settings(data=data), target, log)
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(contents) == {"versions.json", "upgrade.json", "settings.json", "doctor.json", "log.txt"}
    for name, content in contents.items():
        for planted in (PLANTED, "sk_abcdefghijkl", "data-of-somebody", "a@b.example"):
            assert planted not in content, name
    settings = json.loads(contents["settings.json"])
    assert (settings["port"], settings["metrics_token"], settings["tls_cert"]) == (8401, "(set)", "")
    assert contents["log.txt"].splitlines()[-1] == "last"
    with pytest.raises(UserError):
        await write_support_bundle(Settings(data=data), target, None)
