"""The server as a process of its own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import httpx2
import pytest

from tests.fixtures import forks

STUDIO = [sys.executable, "-m", "studio.cli.main"]
Process: TypeAlias = subprocess.Popen[str] | forks.Command


@contextmanager
def started(data: Path, command: str = "up", *options: str, cold: bool = False) -> Generator[tuple[Process, list[str]]]:
    """A process with the lines it printed until it answered; a ``cold`` one has loaded nothing before."""
    arguments = [command, "--data", str(data), "--port", "0", *options]
    if cold:
        process: Process = subprocess.Popen([*STUDIO, *arguments], stdout=subprocess.PIPE, text=True)
    else:
        process = forks.Command(arguments)
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
    with started(tmp_path / "data", cold=True) as (process, lines):
        assert process.stdout is not None
        link = url_in(process.stdout.readline())
        url = url_in(lines[0])
        base, _, secret = link.partition("/setup#")
        assert base == url
        assert httpx2.get(f"{url}/healthz", timeout=60).json() == {"status": "ok"}
        body = {"secret": secret, "email": "ada@example.org", "name": "Ada", "password": "correct horse battery"}
        assert httpx2.post(f"{url}/api/v1/setup", json=body, timeout=60).status_code == 201
        assert httpx2.get(f"{url}/readyz", timeout=60).json()["status"] == "ready"
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
        second = forks.run(["up", "--data", str(tmp_path / "two"), "--port", port])
        assert second.returncode == 1
        assert f":{port}" in second.stderr
        assert "--port" in second.stderr
        assert "Traceback" not in second.stderr


def test_settings_are_checked(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "studio.toml").write_text('port = "many"\n')
    wrong = forks.run(["up", "--data", str(data)])
    assert wrong.returncode == 1
    assert "studio.toml" in wrong.stderr
    (data / "studio.toml").write_text("prot = 1\n")
    unknown = forks.run(["up", "--data", str(data)])
    assert unknown.returncode == 1
    assert "prot" in unknown.stderr


def test_a_server_and_a_worker_stand_apart(tmp_path: Path) -> None:
    with (
        started(tmp_path / "data", "server") as (_, lines),
        working(tmp_path / "data", "--worker-port", "0") as (worker, line),
    ):
        assert httpx2.get(f"{url_in(lines[0])}/healthz", timeout=60).status_code == 200
        url = url_in(line)
        assert url.startswith("http://127.0.0.1:")
        assert httpx2.get(f"{url}/healthz", timeout=60).json() == {"status": "ok"}
        ready = httpx2.get(f"{url}/readyz", timeout=60)
        assert ready.status_code == 200
        assert ready.json()["parts"] == {"metrics": "ok", "database": "ok", "engine": "ok"}
        metrics = httpx2.get(f"{url}/metrics", timeout=60)
        assert metrics.status_code == 200
        assert "studio_engine_up 1.0" in metrics.text
        # Another page's name for this address, or a proxy in front, is not this machine; nothing else is there.
        assert httpx2.get(f"{url}/metrics", headers={"host": "evil.example"}, timeout=60).status_code == 401
        assert httpx2.get(f"{url}/metrics", headers={"x-forwarded-for": "127.0.0.1"}, timeout=60).status_code == 401
        assert httpx2.get(f"{url}/api/v1/setup", timeout=60).status_code == 404
        port = url.rpartition(":")[2]
        with working(tmp_path / "other", "--worker-port", port) as (second, line):
            assert line == ""
            assert second.wait(30) == 1
        worker.terminate()
        assert worker.wait(30) == 0


def test_a_worker_answers_nowhere_unless_it_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with working(tmp_path / "data") as (worker, line):
        assert line
        assert "http" not in line
        worker.terminate()
        assert worker.wait(30) == 0
    monkeypatch.setenv("STUDIO_WORKER_PORT", "0")
    monkeypatch.setenv("STUDIO_METRICS_TOKEN", "a-token-for-metrics")
    with working(tmp_path / "data", "--worker-host", "localhost") as (worker, line):
        headers = {"host": "worker.example", "authorization": "Bearer a-token-for-metrics"}
        assert httpx2.get(f"{url_in(line)}/metrics", headers=headers, timeout=60).status_code == 200
        worker.terminate()
        assert worker.wait(30) == 0


@contextmanager
def working(data: Path, *options: str) -> Generator[tuple[forks.Command, str]]:
    """A worker apart, and the line it printed when it began; "" where it could not."""
    with forks.Command(["worker", "--data", str(data), *options]) as worker:
        try:
            yield worker, worker.stdout.readline().strip()
        finally:
            if worker.poll() is None:
                worker.kill()
