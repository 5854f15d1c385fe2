"""The master key and where it comes from."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from studio.crypto import (
    KEY_FILE,
    KEY_VARIABLE,
    MasterKey,
    SealBroken,
    find_master,
    finish_rotation,
    stage_rotation,
)
from studio.domain.errors import AccessRefused, StorageReadOnly, WrongKey


def test_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    made = find_master(tmp_path, {}, create=True)
    path = tmp_path / KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert find_master(tmp_path, {}, create=True).id == made.id
    assert find_master(tmp_path, {}, create=False).id == made.id
    assert [entry.name for entry in tmp_path.iterdir()] == [KEY_FILE]
    assert MasterKey.random().write(path) is False
    assert find_master(tmp_path, {}, create=False).id == made.id


def test_missing_key_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(WrongKey) as caught:
        find_master(tmp_path, {}, create=False)
    assert caught.value.code == "crypto.key_missing"
    assert KEY_VARIABLE in caught.value.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    find_master(tmp_path, {}, create=True)
    path = tmp_path / KEY_FILE
    path.chmod(mode)
    with pytest.raises(AccessRefused) as caught:
        find_master(tmp_path, {}, create=True)
    assert f"chmod 600 {path}" in caught.value.message
    path.chmod(0o400)
    find_master(tmp_path, {}, create=False)


def test_link_in_place_of_the_key_file_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    MasterKey.random().write(elsewhere)
    (tmp_path / KEY_FILE).symlink_to(elsewhere)
    with pytest.raises(AccessRefused):
        find_master(tmp_path, {}, create=True)


@pytest.mark.parametrize("content", [b"", b"%%%", base64.b64encode(b"short"), base64.b64encode(bytes(33)), b"\xff\xfe"])
def test_malformed_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / KEY_FILE
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(WrongKey):
        find_master(tmp_path, {}, create=True)
    assert path.read_bytes() == content


def test_variable_comes_first(tmp_path: Path) -> None:
    key = MasterKey.random()
    found = find_master(tmp_path, {KEY_VARIABLE: f" {key.text}\n"}, create=True)
    assert found.id == key.id
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(WrongKey) as caught:
        find_master(tmp_path, {KEY_VARIABLE: "no key"}, create=True)
    assert caught.value.arguments["origin"] == KEY_VARIABLE


def test_unwritable_folder(tmp_path: Path) -> None:
    with pytest.raises(StorageReadOnly):
        MasterKey.random().write(tmp_path / "missing" / KEY_FILE)


def test_wraps_and_unwraps_for_one_place() -> None:
    key, other = MasterKey.random(), MasterKey.random()
    wrapped = key.wrap(b"secret", b"here")
    assert key.unwrap(wrapped, b"here") == b"secret"
    for wrong, where in ((key, b"there"), (other, b"here")):
        with pytest.raises(SealBroken):
            wrong.unwrap(wrapped, where)
    with pytest.raises(WrongKey):
        MasterKey(bytes(16))


def test_id_does_not_hold_the_key() -> None:
    secret = os.urandom(32)
    key = MasterKey(secret)
    assert secret.hex()[:16] not in key.id
    assert base64.b64encode(secret).decode() not in repr(key)
    assert MasterKey(secret).id == key.id


def test_rotation_survives_a_crash_at_any_point(tmp_path: Path) -> None:
    old = find_master(tmp_path, {}, create=True)
    new = MasterKey.random()
    assert finish_rotation(tmp_path, new.id) is None
    stage_rotation(tmp_path, new)
    # The database still names the old key: nothing is to be finished.
    assert finish_rotation(tmp_path, old.id) is None
    assert find_master(tmp_path, {}, create=False).id == old.id
    with pytest.raises(WrongKey) as caught:
        stage_rotation(tmp_path, MasterKey.random())
    assert caught.value.code == "crypto.rotation_pending"
    finished = finish_rotation(tmp_path, new.id)
    assert finished is not None
    assert find_master(tmp_path, {}, create=False).id == new.id
    assert [entry.name for entry in tmp_path.iterdir()] == [KEY_FILE]
