"""What is shown of an execution: waits in their place, long loops in short, and how a stop ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import Any

import pytest


def turning(turns: int) -> dict[str, Any]:
    """A loop that takes ``turns``, and goes through the journal in every one."""
    inner = {
        "a": {"type": "flow.set", "params": {"values": {"n": "{{ state + 1 }}"}}},
        "b": {"type": "flow.assert", "params": {"checks": [{"that": True, "message": "no"}]}},
    }
    body = {"nodes": inner, "edges": ["b -> a"], "next": "{{ a.values.n }}"}
    params = {"state": 0, "condition": f"{{{{ state < {turns} }}}}", "max": turns}
    return {"loop": {"type": "flow.while", "params": params, "body": body}}


def line_of(told: str, node: str) -> str:
    (line,) = [line for line in told.splitlines() if line.startswith("  ") and line.split()[:1] == [node]]
    return line


def test_a_wait_is_a_light_bar_in_its_place(cli: Any, workflow: Any) -> None:
    nodes = {"first": {"type": "flow.noop"}, "ask": {"type": "flow.approval", "params": {"message": "Go?"}}}
    cli("run", workflow(nodes, edges=["first -> ask"]), code=3)
    assert "░" in line_of(cli("executions", "show", "last").out, "ask")
    cli("executions", "signal", "last", "ask", "--decision", "approve")
    cli("resume")
    line = line_of(cli("executions", "show", "last").out, "ask")
    assert "succeeded" in line
    assert "░" * 10 in line


def test_why_a_node_was_skipped_is_said_in_words(cli: Any, workflow: Any) -> None:
    nodes = {
        "check": {"type": "flow.if", "params": {"condition": True}},
        "other": {"type": "flow.noop"},
        "off": {"type": "flow.noop", "run_if": "{{ inputs.go }}"},
    }
    go = {"go": {"type": "boolean", "default": False}}
    cli("run", workflow(nodes, edges=["check.false -> other"], inputs=go))
    told = cli("executions", "show", "last").out
    assert "branch not taken" in line_of(told, "other")
    assert "run_if is false" in line_of(told, "off")
    french = cli("executions", "show", "last", "--lang", "fr").out
    assert "branche non prise" in line_of(french, "other")


def test_lines_come_in_the_order_of_what_happened(cli: Any, workflow: Any) -> None:
    nodes = {"first": {"type": "flow.noop"}, "ask": {"type": "flow.approval", "params": {"message": "Go?"}}}
    told = cli("run", workflow(nodes, edges=["first -> ask"]), code=3).err.splitlines()
    assert [line.split()[:2] for line in told[:2]] == [["succeeded", "first"], ["waiting", "ask"]]


@pytest.mark.parametrize(("turns", "listed"), [(30, True), (700, False)])
def test_node_runs_inside_turns_are_listed_while_they_are_few(
    cli: Any, workflow: Any, turns: int, listed: bool
) -> None:
    found = cli("run", workflow(turning(turns)), "--json").json["nodes"]
    assert "loop" in found
    assert ("loop[0]/a" in found) is listed
    told = cli("executions", "show", "last").out
    assert len(told.splitlines()) < 60
    assert f"{turns} turns" in line_of(told, "loop")
    assert "more inside" in told


def test_a_stopped_resume_says_by_what(cli: Any, workflow: Any) -> None:
    command = [sys.executable, "-m", "studio.cli.main"]
    file = workflow(turning(10_000_000))
    for arguments, number, code in [
        (["run", file], signal.SIGTERM, 143),
        (["resume"], signal.SIGTERM, 143),
        (["resume", "--json"], signal.SIGINT, 130),
    ]:
        process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        _until_running(cli)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        assert process.returncode == code, err
    assert out == ""
    assert json.loads(err)["error"]["code"] == "cli.resume_stopped"


def _until_running(cli: Any) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = cli("executions", "list", "--json").json["executions"]
        if found and found[0]["status"] == "running":
            return
        time.sleep(0.05)
    raise AssertionError("nobody drives it")


def test_secrets_of_credentials_are_masked(cli: Any, workflow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "planted-in-the-environment"
    given = {"type": "http.bearer", "token": secret, "hosts": ["example.org"]}
    monkeypatch.setenv("STUDIO_CREDENTIAL_MAIL", json.dumps(given))
    nodes = {
        "copy": {"type": "flow.set", "params": {"values": {"it": f"Bearer {secret}", "plain": "nothing to hide"}}},
        "stop": {"type": "flow.fail", "params": {"message": f"Cannot use {secret}"}},
    }
    shown = [cli("run", workflow(nodes, edges=["copy -> stop"]), code=1)]
    for arguments in (("show", "last", "--values"), ("show", "last", "--values", "--json"), ("export", "last")):
        shown.append(cli("executions", *arguments))
    for one in shown:
        assert secret not in one.out + one.err
    assert "Cannot use •••" in shown[0].err
    assert all("nothing to hide" in one.out for one in shown[1:])
