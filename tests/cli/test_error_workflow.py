"""The workflow that is started where another one fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FINE = {"fine": {"type": "flow.set", "params": {"values": {"x": 1}}}}
FAIL = {**FINE, "bad": {"type": "flow.stop", "params": {"status": "failed", "message": "out of paper"}}}
SAID = "{{ event.workflow }}/{{ event.node }}: {{ event.error.message }}"
TELL = {
    "failure": {"type": "trigger.error", "inputs": {"what": SAID}},
    "note": {"type": "files.append_text", "params": {"path": "told.txt", "text": "{{ inputs.what }}\n"}},
}
WHAT = {"what": {"type": "string"}}


def rows(cli: Any) -> list[dict[str, Any]]:
    """Every execution, newest first."""
    return cli("executions", "list", "--json").json["executions"]


def test_it_is_started_once_and_waited_for(cli: Any, workflow: Any) -> None:
    workflow(TELL, inputs=WHAT, name="tell.json")
    failed = cli("run", workflow(FAIL, settings={"error_workflow": "tell.json"}), "--json", code=1).json
    assert failed["error"]["node"] == "bad"
    assert Path("told.txt").read_text() == "Test/bad: The workflow stopped itself: out of paper\n"
    assert sorted((row["status"], row["trigger"]) for row in rows(cli)) == [
        ("failed", "manual"),
        ("succeeded", "failure"),
    ]
    cli("resume")
    assert len(rows(cli)) == 2


def test_not_where_all_is_well_or_somebody_cancels(cli: Any, workflow: Any) -> None:
    workflow(TELL, inputs=WHAT, name="tell.json")
    settings = {"error_workflow": "tell.json"}
    cli("run", workflow(FINE, settings=settings))
    asking = workflow({"ask": {"type": "flow.approval", "params": {"message": "Go?"}}}, settings=settings)
    cli("run", asking, code=3)
    cli("executions", "cancel", "last")
    cli("resume", code=1)
    assert len(rows(cli)) == 2


def test_errors_of_error_workflows_end_there(cli: Any, workflow: Any) -> None:
    """One that names itself, and one whose trigger makes nothing of the event."""
    bad = {**FAIL, "failure": {"type": "trigger.error"}}
    itself = workflow(bad, name="itself.json", settings={"error_workflow": "itself.json"})
    cli("run", itself, code=1)
    assert [row["status"] for row in rows(cli)] == ["failed", "failed"]
    workflow(TELL, name="odd.json", inputs={"what": {"type": "integer"}})
    cli("run", workflow(FAIL, settings={"error_workflow": "odd.json"}), code=1)
    assert [row["status"] for row in rows(cli)] == ["failed"] * 4


def test_of_a_called_workflow(cli: Any, workflow: Any) -> None:
    """Each has its own; files are found from where they are named."""
    Path("parts").mkdir()
    workflow(TELL, inputs=WHAT, name="parts/tell.json")
    workflow(FAIL, name="parts/inner.json", settings={"error_workflow": "tell.json"})
    outer = workflow({"call": {"type": "flow.call", "params": {"workflow": "parts/inner.json"}}}, name="outer.json")
    cli("run", outer, code=1)
    cli("resume")
    assert Path("told.txt").read_text() == "Test/bad: The workflow stopped itself: out of paper\n"
    assert sorted(row["status"] for row in rows(cli)) == ["failed", "failed", "succeeded"]


def test_what_is_said_before_it_runs(cli: Any, workflow: Any) -> None:
    workflow(FINE, name="plain.json")
    for name, code in (
        ("plain.json", "workflow.error_workflow_trigger"),
        ("none.json", "workflow.error_workflow_unknown"),
        ("../../elsewhere.json", "workflow.call_refused"),
    ):
        found = cli("validate", workflow(FAIL, settings={"error_workflow": name}), "--json", code=2).json
        (problem,) = [one for one in found["files"][0]["problems"] if one["severity"] == "error"]
        assert (problem["code"], problem["param"]) == (code, "settings.error_workflow"), problem
