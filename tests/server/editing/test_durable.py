"""What stays when answers are lost, processes die, and drafts are large."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2

from studio.domain.access import Role
from studio.domain.workflow import Workflow
from tests.server.editing.test_editing import made, send, setting
from tests.server.kit import PASSWORD, Api
from tests.server.test_process import started, url_in


def test_killed_between_an_operation_and_its_answer(tmp_path: Path) -> None:
    """The client sends each batch again under its id until it has an answer: each is applied once."""
    data = tmp_path / "data"
    who = {"email": "ada@example.org", "password": PASSWORD}
    workflow, revision, acknowledged = "", 1, 0
    for life in range(4):
        with started(data) as (process, lines):
            assert process.stdout is not None
            url = url_in(lines[0])
            if not life:
                secret = url_in(process.stdout.readline()).partition("/setup#")[2]
                body = {"secret": secret, "name": "Ada", **who}
                httpx2.post(f"{url}/api/v1/setup", json=body, timeout=60).raise_for_status()
            token = httpx2.post(f"{url}/api/v1/session", json={**who, "client": "cli"}, timeout=60).json()["token"]
            with httpx2.Client(
                base_url=f"{url}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=60
            ) as client:
                if not life:
                    from tests.server.editing.test_editing import WORKFLOW

                    workflow = client.post("/workflows", json={"document": WORKFLOW}).json()["id"]
                # The one whose answer may be lost is sent again first, on its old revision.
                killer = None
                for number in range(acknowledged, acknowledged + 12):
                    if number == acknowledged + 8 and life < 3:
                        wait = random.uniform(0, 0.01)
                        script = f"import os,time; time.sleep({wait}); os.kill({process.pid}, 9)"
                        killer = subprocess.Popen([sys.executable, "-c", script])
                    body: dict[str, Any] = {
                        "base": revision, "id": f"op-{number}", "operations": [setting("greet", f"p{number}", number)]
                    }  # fmt: skip
                    try:
                        answer = client.post(f"/workflows/{workflow}/draft/operations", json=body)
                    except httpx2.HTTPError:
                        break
                    assert answer.status_code == 200, answer.text
                    revision, acknowledged = answer.json()["revision"], number + 1
                if killer is not None:
                    killer.wait()
                    process.wait()
                    continue
                found = client.get(f"/workflows/{workflow}/draft/operations", params={"after": 1}).json()
                assert [one["id"] for one in found["items"]] == [f"op-{one}" for one in range(acknowledged)]
                params = client.get(f"/workflows/{workflow}/draft").json()["document"]["nodes"]["greet"]["params"]
                assert {name for name in params if name != "template"} == {f"p{one}" for one in range(acknowledged)}


async def test_a_repetition_is_applied_once(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    id = await made(editor)
    first = await send(editor, id, 1, setting("greet", "template", "1"), id="one")
    await send(editor, id, 2, setting("greet", "template", "2"), id="two")
    for base in (1, 3):
        again = await send(editor, id, base, setting("greet", "template", "1"), id="one")
        assert (again.status_code, again.json()["revision"], again.json()["repeated"]) == (200, 2, True), again.text
    assert first.json()["repeated"] is False
    undone = [(await editor.post(f"/workflows/{id}/draft/undo", json={"id": "back"})).json() for _ in range(2)]
    assert [one["revision"] for one in undone] == [4, 4]
    assert (await editor.get(f"/workflows/{id}/draft")).json()["document"]["nodes"]["greet"]["params"] == {
        "template": "1"
    }


def large(nodes: int) -> dict[str, Any]:
    """A workflow that is stored in pieces."""
    return {
        "studio": 1,
        "name": "Large",
        "nodes": {f"n{one}": {"type": "text.template", "params": {"template": "x" * 60}} for one in range(nodes)},
        "edges": [f"n{one} -> n{one + 1}" for one in range(nodes - 1)],
        "canvas": {"positions": {f"n{one}": [float(one), 0.0] for one in range(nodes)}},
    }


async def test_a_draft_in_pieces_is_what_the_log_says(either: Api) -> None:
    """Three editors at once on a large draft; afterwards the stored pieces are what all their operations made."""
    editors = [await either.signed_in(Role.EDITOR) for _ in range(3)]
    id = await made(editors[0], large(700))
    before = (await editors[0].get(f"/workflows/{id}/draft")).json()["document"]

    async def work(which: int) -> None:
        base = 1
        for step in range(15):
            node = f"n{(step * 7 + which) * 11 % 690}"
            made_up = f"e{which}_{step}"
            operations: list[list[dict[str, Any]]] = [
                [setting(node, f"by{which}", step)],
                [{"op": "add_node", "node": made_up, "value": {"type": "text.template", "params": {"template": "y"}},
                  "edges": [f"n0 -> {made_up}"], "positions": {made_up: [step, which]}}],
                [{"op": "remove_node", "node": f"n{690 + which * 3 + step // 5}"}],
                [{"op": "rename_node", "node": f"n{600 + which * 20 + step}", "to": f"r{which}_{step}"}],
                [{"op": "move", "positions": {"n1": [step, which]}}],
            ]  # fmt: skip
            answer = await send(editors[which], id, base, *operations[step % 5], client=f"c{which}")
            assert answer.status_code in (200, 409), answer.text
            if answer.status_code == 200 and step % 3 == 0:
                base = answer.json()["revision"]

    await asyncio.gather(*(work(one) for one in range(3)))
    after = (await editors[0].get(f"/workflows/{id}/draft")).json()
    tree = {**before, "edges": {one: one for one in before["edges"]}}
    revision = 1
    while revision < after["revision"]:
        page = (
            await editors[0].get(f"/workflows/{id}/draft/operations", params={"after": revision, "limit": 7})
        ).json()
        for one in page["items"]:
            assert one["revision"] == revision + 1
            revision = one["revision"]
            for change in one["changes"]:
                carry_out(tree, change)
    replica = Workflow.model_validate({**tree, "edges": list(tree["edges"].values())})
    stored = Workflow.model_validate(after["document"])
    assert replica.model_dump(exclude={"edges"}) == stored.model_dump(exclude={"edges"})
    assert {str(one) for one in replica.edges} == {str(one) for one in stored.edges}
    assert len(stored.nodes) > 690


def carry_out(tree: dict[str, Any], change: dict[str, Any]) -> None:
    """What a client does with a change."""
    *way, last = change["path"]
    holder = tree
    for key in way:
        holder = holder.setdefault(key, {})
    if change["removed"]:
        del holder[last]
    else:
        holder[last] = change["value"]


async def test_a_replaced_draft_is_loaded_anew(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    id = await made(editor)
    await send(editor, id, 1, setting("greet", "template", "1"))
    document = (await editor.get(f"/workflows/{id}/draft")).json()["document"]
    await editor.put(f"/workflows/{id}/draft", json={"document": document})
    since = await editor.get(f"/workflows/{id}/draft/operations", params={"after": 1})
    assert (since.status_code, since.json()["code"]) == (410, "editing.log_gone")
    late = await send(editor, id, 2, setting("greet", "template", "2"))
    assert (late.status_code, late.json()["code"]) == (410, "editing.log_gone")
    undo = await editor.post(f"/workflows/{id}/draft/undo", json={})
    assert (undo.status_code, undo.json()["code"]) == (409, "editing.undo_gone")
    assert (await send(editor, id, 3, setting("greet", "template", "3"))).json()["revision"] == 4
    assert (await editor.post(f"/workflows/{id}/draft/undo", json={})).status_code == 200
