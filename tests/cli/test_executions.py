"""``studio executions``: look at executions, act on them, run them again."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

NUMBERS = {
    "load": {"type": "files.read_json", "params": {"path": "numbers.json"}},
    "twice": {"type": "list.map", "params": {"items": "{{ load.data }}", "value": "{{ item * 2 }}"}},
    "total": {"type": "list.sum", "params": {"items": "{{ twice.items }}"}},
}


def test_an_empty_list(cli: Any) -> None:
    assert cli("executions", "list").out == "There are no executions.\n"
    assert cli("executions", "show", "last", code=1).err.startswith("Error: There is no execution last")


def test_list_filters_and_pages(cli: Any, workflow: Any) -> None:
    good = workflow({}, settings={"tags": ["nightly"]})
    bad = workflow({"no": {"type": "flow.fail", "params": {"message": "x"}}}, name="bad.json")
    ids = [cli("run", good, "--json").json["execution_id"] for _ in range(3)]
    failed = cli("run", bad, "--json", code=1).json["execution_id"]

    def listed(*arguments: str) -> list[str]:
        return [one["id"] for one in cli("executions", "list", "--json", *arguments).json["executions"]]

    assert listed() == [failed, *reversed(ids)]
    assert listed("--status", "failed") == [failed]
    assert listed("--status", "failed", "--status", "succeeded") == [failed, *reversed(ids)]
    assert listed("--tag", "nightly") == [*reversed(ids)]
    assert listed("--workflow", "Nobody") == []
    assert listed("--limit", "2") == [failed, ids[2]]
    assert listed("--limit", "2", "--before", ids[2]) == [ids[1], ids[0]]
    assert "succeeded" in cli("executions", "list").out
    assert "queued" in cli("executions", "list", "--status", "lost", code=2).err


def test_show_draws_a_waterfall(cli: Any, workflow: Any, surroundings: Path) -> None:
    (surroundings / "numbers.json").write_text("[1, 2, 3]")
    file = workflow(NUMBERS, output="{{ total.sum }}")
    ran = cli("run", file, "--json").json
    shown = cli("executions", "show", ran["execution_id"]).out
    assert [line.split()[0] for line in shown.splitlines() if "█" in line] == ["load", "twice", "total"]
    assert shown.rstrip().endswith("12")
    assert cli("executions", "show", "last", "--json").json["output"] == 12
    assert cli("executions", "show", "last", "--json").json["usage"] == {"tokens": 0, "cost": 0.0}
    assert cli("executions", "show", ran["execution_id"][:20], "--json").json["execution_id"] == ran["execution_id"]
    values = cli("executions", "show", "last", "--values", "--json").json
    assert values["outputs"]["twice"] == {"items": [2, 4, 6]}
    assert "[2,4,6]" in cli("executions", "show", "last", "--values").out


def test_show_says_why_it_waits_or_failed(cli: Any, workflow: Any) -> None:
    cli("run", workflow({"ask": {"type": "flow.approval", "params": {"message": "Go?"}}}), code=3)
    assert "ask waits for an approval" in cli("executions", "show", "last").out
    cli("run", workflow({"no": {"type": "flow.fail", "params": {"message": "no bread"}}}), code=1)
    assert "no bread" in cli("executions", "show", "last").out


def test_an_ambiguous_beginning(cli: Any, workflow: Any) -> None:
    file = workflow({})
    first, second = (cli("run", file, "--json").json["execution_id"] for _ in range(2))
    shared = next(n for n in range(26) if first[n] != second[n])
    assert "Several" in cli("executions", "show", first[:shared], code=1).err


def test_export_holds_everything(cli: Any, workflow: Any, surroundings: Path) -> None:
    (surroundings / "numbers.json").write_text("[1, 2, 3]")
    file = workflow(NUMBERS, output="{{ total.sum }}", inputs={"who": {"default": "me"}})
    ran = cli("run", file, "--json").json
    exported = cli("executions", "export", "last").json
    assert exported["execution"]["id"] == ran["execution_id"]
    assert exported["result"]["output"] == 12
    assert exported["outputs"]["load"] == {"data": [1, 2, 3]}
    assert exported["accepted"]["inputs"] == {"who": "me"}
    kinds = [event["kind"] for event in exported["events"]]
    assert kinds[0] == "accepted"
    assert kinds[-1] == "ended"
    cli("executions", "export", "last", "--to", "all.json")
    assert json.loads((surroundings / "all.json").read_text())["outputs"] == exported["outputs"]


def test_replay_from_a_node_reuses_what_came_before(cli: Any, workflow: Any, surroundings: Path) -> None:
    numbers = surroundings / "numbers.json"
    numbers.write_text("[1, 2, 3]")
    file = workflow(NUMBERS, output="{{ total.sum }}")
    first = cli("run", file, "--json").json
    numbers.write_text("[100]")
    again = cli("executions", "replay", first["execution_id"], "--from", "twice", "--json").json
    assert again["output"] == 12
    assert again["execution_id"] != first["execution_id"]
    assert "load" not in again["nodes"]
    assert cli("executions", "replay", first["execution_id"], "--json").json["output"] == 200
    assert "nobody" in cli("executions", "replay", "last", "--from", "nobody", code=1).err


def test_several_are_replayed_side_by_side(cli: Any, workflow: Any) -> None:
    """Accepted all or none."""
    fine = {"say": {"type": "text.template", "params": {"template": "{{ inputs.who }}"}}}
    file = workflow(fine, inputs={"who": {"type": "string"}}, output="{{ say.text }}")
    ids = [cli("run", file, "--input", f"who={who}", "--json").json["execution_id"] for who in ("a", "b", "c")]
    again = cli("executions", "replay", *ids, "--json").json["executions"]
    assert [one["output"] for one in again] == ["a", "b", "c"]
    assert not {one["execution_id"] for one in again} & set(ids)
    assert len(cli("executions", "replay", *ids[:2]).out.splitlines()) == 2
    before = len(cli("executions", "list", "--json").json["executions"])
    assert "nobody" in cli("executions", "replay", ids[0], "nobody", code=1).err
    assert len(cli("executions", "list", "--json").json["executions"]) == before
    stop = {"stop": {"type": "flow.stop", "params": {"status": "failed"}}}
    bad = cli("run", workflow(stop), "--json", code=1).json["execution_id"]
    assert "failed" in cli("executions", "replay", ids[0], bad, code=1).out


def test_replay_on_a_newer_version_and_with_other_inputs(cli: Any, workflow: Any) -> None:
    nodes = {"say": {"type": "text.template", "params": {"template": "old {{ inputs.who }}"}}}
    file = workflow(nodes, output="{{ say.text }}", inputs={"who": {"type": "string", "default": "me"}})
    first = cli("run", file, "--json").json["execution_id"]
    nodes["say"]["params"]["template"] = "new {{ inputs.who }}"
    workflow(nodes, output="{{ say.text }}", inputs={"who": {"type": "string", "default": "me"}})
    assert cli("executions", "replay", first).out == "old me\n"
    assert cli("executions", "replay", first, "--file", file).out == "new me\n"
    assert cli("executions", "replay", first, "--input", "who=you").out == "old you\n"
    assert cli("executions", "replay", first, "--from", "say", "--input", "who=x").out == "old x\n"
    assert "--failed" in cli("executions", "replay", first, "--failed", "--input", "who=x", code=2).err
    assert cli("executions", "replay", first, "--input", "other=x", "--json", code=2).json["status"] == "invalid"


def test_only_what_failed_is_retried(cli: Any, workflow: Any, surroundings: Path) -> None:
    nodes = {
        "loop": {
            "type": "flow.map",
            "params": {"items": [1, 2, 3, 4], "on_item_error": "collect"},
            "body": {
                "nodes": {
                    "note": {"type": "files.append_text", "params": {"path": "log.txt", "text": "{{ str(item) }}\n"}},
                    "read": {"type": "files.read_text", "params": {"path": "n{{ item }}.txt"}},
                },
                "output": "{{ read.text + str(note.size * 0) }}",
            },
        }
    }
    for number in (1, 3):
        (surroundings / f"n{number}.txt").write_text(str(number))
    first = cli("run", workflow(nodes, output="{{ loop }}"), "--json").json
    assert [error["index"] for error in first["output"]["errors"]] == [1, 3]
    for number in (2, 4):
        (surroundings / f"n{number}.txt").write_text(str(number))
    again = cli("executions", "replay", first["execution_id"], "--failed", "--json").json
    assert again["output"] == {"results": ["10", "20", "30", "40"], "errors": []}


def test_fork_copies_up_to_a_node(cli: Any, workflow: Any, surroundings: Path) -> None:
    (surroundings / "numbers.json").write_text("[1, 2, 3]")
    first = cli("run", workflow(NUMBERS, output="{{ total.sum }}"), "--json").json["execution_id"]
    (surroundings / "numbers.json").write_text("[100]")
    changed = {**NUMBERS, "twice": {**NUMBERS["twice"], "params": {"items": "{{ load.data }}", "value": "{{ item }}"}}}
    file = workflow(changed, output="{{ total.sum }}")
    assert cli("executions", "fork", first, "--until", "twice", "--file", file, "--json").json["output"] == 6
    modes = [row["mode"] for row in cli("executions", "list", "--json").json["executions"]]
    assert modes == ["fork", "run"]


def test_a_cancel_is_kept_until_somebody_drives(cli: Any, workflow: Any) -> None:
    file = workflow({"ask": {"type": "flow.approval", "params": {"message": "Go?"}}})
    waiting = cli("run", file, "--json", code=3).json["execution_id"]
    assert "studio resume" in cli("executions", "cancel", waiting, "--reason", "no need").out
    (ended,) = cli("resume", "--json", code=1).json["executions"]
    assert (ended["execution_id"], ended["status"]) == (waiting, "cancelled")
    assert "no need" in ended["error"]["message"]
    assert "has ended" in cli("executions", "cancel", waiting, code=1).err
    assert "has ended" in cli("executions", "signal", waiting, "x", code=1).err


def test_signals_early_and_once(cli: Any, workflow: Any) -> None:
    nodes = {
        "ask": {"type": "flow.approval", "params": {"message": "Go?"}},
        "paid": {"type": "flow.signal_wait", "params": {"name": "paid"}, "run_if": "{{ ask.decision == 'approve' }}"},
    }
    waiting = cli("run", workflow(nodes, output="{{ paid.payload }}"), "--json", code=3).json["execution_id"]
    assert cli("executions", "signal", waiting, "paid", "--payload", '{"sum": 7}', "--id", "a", "--json").json[
        "accepted"
    ]
    cli("executions", "signal", waiting, "paid", "--payload", '{"sum": 8}', "--id", "a")
    assert cli("resume", "--json", code=3).json["executions"][0]["status"] == "waiting"
    cli("executions", "signal", waiting, "ask", "--decision", "approve", "--by", "Zoë")
    (ended,) = cli("resume", "--json").json["executions"]
    assert ended["output"] == {"sum": 7}


def test_an_approval_is_decided_once(cli: Any, workflow: Any) -> None:
    """Also where nobody has taken the first decision yet; a later item may be decided before it is asked."""
    ask = {"type": "flow.approval", "params": {"message": "{{ item }}?", "choices": ["yes", "no"]}}
    body = {"nodes": {"ask": ask}, "output": "{{ ask.decision }}"}
    nodes = {"each": {"type": "flow.map", "params": {"items": ["a", "b"], "concurrency": 1}, "body": body}}
    waiting = cli("run", workflow(nodes, output="{{ each.results }}"), "--json", code=3).json["execution_id"]

    def decide(path: str, decision: str, code: int = 0) -> str:
        return cli("executions", "signal", waiting, path, "--decision", decision, code=code).err

    assert "no approval" in decide("each", "yes", code=1)
    assert "no approval of this workflow; its approvals are: ask" in decide("each[0]/aks", "yes", code=1)
    assert "yes, no" in decide("each[0]/ask", "approve", code=1)
    assert "yes, no" in decide("each[1]/ask", "maybe", code=1)
    decide("each[1]/ask", "no")
    decide("each[0]/ask", "yes")
    assert "has been decided already" in decide("each[0]/ask", "no", code=1)
    assert "has been decided already" in decide("each[1]/ask", "yes", code=1)
    (ended,) = cli("resume", "--json").json["executions"]
    assert ended["output"] == ["yes", "no"]


def test_an_approval_that_is_over_takes_no_decision(cli: Any, workflow: Any) -> None:
    nodes = {
        "ask": {"type": "flow.approval", "params": {"message": "?", "timeout": "10ms", "on_timeout": "reject"}},
        "wait": {"type": "flow.signal_wait", "params": {"name": "go"}},
    }
    waiting = cli("run", workflow(nodes), "--json", code=3).json["execution_id"]
    assert "any more" in cli("executions", "signal", waiting, "ask", "--decision", "approve", code=1).err


def test_only_what_is_in_doubt_is_settled(cli: Any, workflow: Any) -> None:
    nodes = {"done": {"type": "flow.noop"}, "wait": {"type": "flow.signal_wait", "params": {"name": "go"}}}
    cli("run", workflow(nodes), code=3)
    assert "not in doubt" in cli("executions", "decide", "last", "done", "run", code=1).err
    assert "no node nobody" in cli("executions", "decide", "last", "nobody", "run", code=1).err


def test_resume_says_what_it_did(cli: Any, workflow: Any) -> None:
    assert "Nothing" in cli("resume").out
    assert cli("resume", "--json").json == {"executions": []}
    file = workflow({"nap": {"type": "flow.wait", "params": {"seconds": 1.3}}}, output="x")
    waiting = cli("run", file, "--wait", "0s", "--json", code=3).json["execution_id"]
    assert waiting in cli("resume", "--wait", "30s").out


def test_decide_wants_one_of_three(cli: Any, workflow: Any) -> None:
    cli("run", workflow({"ask": {"type": "flow.approval", "params": {"message": "Go?"}}}), code=3)
    assert "happened" in cli("executions", "decide", "last", "ask", "perhaps", code=2).err


def test_executions_of_a_time(cli: Any, workflow: Any) -> None:
    from datetime import datetime, timedelta

    file = workflow({})
    cli("run", file)
    cli("run", file)

    def count(*arguments: str) -> int:
        return len(cli("executions", "list", "--json", *arguments).json["executions"])

    now = datetime.now(UTC)
    later, earlier = (now + timedelta(hours=1)).isoformat(), (now - timedelta(hours=1)).isoformat()
    assert count("--since", "2h") == count("--since", earlier) == count("--since", "2020-01-01") == 2
    assert count("--until", "0s", "--since", "1d") == count("--until", later) == 2
    assert count("--until", "2h") == count("--since", later) == count("--until", "2020-01-01T00:00") == 0
    newest = cli("executions", "list", "--json").json["executions"][0]
    assert count("--since", "1d", "--before", newest["id"]) == count("--until", later, "--before", newest["id"]) == 1
    assert "--since: 'yesterday' is no time" in cli("executions", "list", "--since", "yesterday", code=2).err
    assert "no time" in cli("executions", "list", "--until", "2026-13-01", code=2).err
