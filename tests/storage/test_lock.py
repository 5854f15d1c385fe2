"""The lock and the name of a data folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from studio.domain.errors import EngineBusy, StorageFull, StorageReadOnly
from studio.storage import EngineLock, folder_id

HOLD = """
import sys, pathlib
from studio.storage import EngineLock
lock = EngineLock(pathlib.Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_one_engine_per_folder(tmp_path: Path) -> None:
    first, second = EngineLock(tmp_path), EngineLock(tmp_path)
    with first:
        first.acquire()
        assert first.held
        with pytest.raises(EngineBusy) as caught:
            second.acquire()
        assert caught.value.arguments == {"pid": str(os.getpid()), "folder": str(tmp_path)}
        assert not second.held
    assert not first.held
    with second:
        assert (tmp_path / "engine.lock").read_text() == f"{os.getpid()}\n"
    second.release()


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "held\n"
    lock = EngineLock(tmp_path)
    with pytest.raises(EngineBusy) as caught:
        lock.acquire()
    assert caught.value.arguments["pid"] == str(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stdin.close()
    with lock:
        assert lock.held


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageReadOnly):
        EngineLock(tmp_path / "missing").acquire()
    with pytest.raises(StorageReadOnly):
        folder_id(tmp_path / "missing")


def test_name_is_made_once(tmp_path: Path) -> None:
    assert folder_id(tmp_path, create=False) == ""
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(folder_id(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found[0]) == 26
    assert [path.name for path in tmp_path.iterdir()] == ["home.id"]


def test_full_disk(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(3 * 1024 * 1024))
    with pytest.raises(StorageFull):
        folder_id(small_disk)
