"""The server as a process of its own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

STUDIO = [sys.executable, "-m", "studio.cli.main"]


@contextmanager
def started(data: Path, command: str = "up", *options: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A process with the lines it printed until it answered."""
    process = subprocess.Popen(
        [*STUDIO, command, "--data", str(data), "--port", "0", *options], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline().strip()]
        yield process, lines
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def url_in(line: str) -> str:
    """The address in a printed line."""
    found = re.search(r"https?://\S+", line)
    assert found is not None, line
    return found.group()


def test_up_prints_the_address_and_a_set_up_link_once(tmp_path: Path) -> None:
    with started(tmp_path / "data") as (process, lines):
        assert process.stdout is not None
        link = url_in(process.stdout.readline())
        url = url_in(lines[0])
        base, _, secret = link.partition("/setup#")
        assert base == url
        assert httpx2.get(f"{url}/healthz").json() == {"status": "ok"}
        body = {"secret": secret, "email": "ada@example.org", "name": "Ada", "password": "correct horse battery"}
        assert httpx2.post(f"{url}/api/v1/setup", json=body).status_code == 201
        assert httpx2.get(f"{url}/readyz").json()["status"] == "ready"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)
        assert process.stdout.read() == ""
    with started(tmp_path / "data") as (process, lines):
        assert process.stdout is not None
        process.send_signal(signal.SIGINT)
        process.wait(30)
        assert process.stdout.read() == ""


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with started(tmp_path / "one") as (_, lines):
        port = url_in(lines[0]).rpartition(":")[2]
        second = subprocess.run(
            [*STUDIO, "up", "--data", str(tmp_path / "two"), "--port", port], capture_output=True, text=True, timeout=60
        )
        assert second.returncode == 1
        assert f":{port}" in second.stderr
        assert "--port" in second.stderr
        assert "Traceback" not in second.stderr


def test_settings_are_checked(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "studio.toml").write_text('port = "many"\n')
    wrong = subprocess.run([*STUDIO, "up", "--data", str(data)], capture_output=True, text=True, timeout=60)
    assert wrong.returncode == 1
    assert "studio.toml" in wrong.stderr
    (data / "studio.toml").write_text("prot = 1\n")
    unknown = subprocess.run([*STUDIO, "up", "--data", str(data)], capture_output=True, text=True, timeout=60)
    assert unknown.returncode == 1
    assert "prot" in unknown.stderr


def test_a_server_and_a_worker_stand_apart(tmp_path: Path) -> None:
    with started(tmp_path / "data", "server") as (_, lines):
        worker = subprocess.Popen(
            [*STUDIO, "worker", "--data", str(tmp_path / "data")], stdout=subprocess.PIPE, text=True
        )
        assert worker.stdout is not None
        try:
            assert worker.stdout.readline()
            url = url_in(lines[0])
            assert httpx2.get(f"{url}/healthz").status_code == 200
        finally:
            worker.terminate()
            assert worker.wait(30) == 0
            worker.stdout.close()
