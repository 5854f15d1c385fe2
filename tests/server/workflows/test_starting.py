"""From a workflow of a workspace to an execution."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from studio.contracts.store import ExecutionFilter
from studio.domain.access import ROLES, Actor, ActorKind, Permission, Role
from studio.domain.errors import AccessRefused, Conflict, NotFound, UserError, WorkflowInvalid
from studio.domain.ids import DEFAULT_WORKSPACE, workflow_tag
from studio.domain.status import ExecutionStatus
from studio.engine import StartRequest
from studio.services.workflows.listing import Wanted
from studio.services.workflows.starting import StartOptions
from tests.server.kit import Api
from tests.server.workflows.test_drafts import GREETING


def acting(role: Role, workspace: str = DEFAULT_WORKSPACE, **more: Any) -> Actor:
    """Somebody with a role."""
    return Actor(kind=ActorKind.PERSON, id="somebody", workspace=workspace, permissions=ROLES[role], **more)


async def made(api: Api, document: dict[str, Any], **more: Any) -> str:
    """A workflow that is published."""
    workflows, who = api.platform.workflows, acting(Role.EDITOR)
    head = await workflows.making.create(who, document=document, **more)
    await workflows.publishing.publish(who, head.id)
    return head.id


async def output(api: Api, reference: str, **more: Any) -> Any:
    """What an execution gives."""
    return await ended(
        api, await api.platform.workflows.starting.start_request(acting(Role.SERVICE), reference, **more)
    )


async def ended(api: Api, request: StartRequest) -> Any:
    """The output of an execution that succeeds."""
    result = await api.studio.engine.wait(await api.studio.engine.submit(request))
    assert result.status is ExecutionStatus.SUCCEEDED, result
    return result.output


async def test_the_published_version_runs(either: Api) -> None:
    id = await made(either, GREETING)
    assert await output(either, id) == "Hello world"
    assert await output(either, "greeting", inputs={"who": "Ada"}) == "Hello Ada"


async def test_a_caller_who_may_not_edit_runs_no_draft(api: Api) -> None:
    id = await made(api, GREETING)
    start = api.platform.workflows.starting.start_request
    assert (await start(acting(Role.EDITOR), id, "draft")).workflow.name == "Greeting"
    with pytest.raises(AccessRefused):
        await start(acting(Role.SERVICE), id, "draft")
    with pytest.raises(AccessRefused):
        await start(acting(Role.VIEWER), id)
    with pytest.raises(NotFound):
        await start(acting(Role.EDITOR, "elsewhere"), id)


def calling(key: str, **more: Any) -> dict[str, Any]:
    """A workflow that calls another."""
    call = {"type": "flow.call", "params": {"workflow": key}}
    return {"studio": 1, "name": "Caller", "nodes": {"call": call}, "output": "{{ call.output }}", **more}


async def test_calls_by_key_or_id_run_what_is_published(either: Api) -> None:
    inner = await made(either, GREETING)
    await made(either, calling("greeting"), key="by-key")
    await made(either, {**calling("by-key"), "name": "Outer"})
    await made(either, calling(inner), key="by-id")
    assert await output(either, "outer") == "Hello world"
    assert await output(either, "by-id") == "Hello world"
    workflows, who = either.platform.workflows, acting(Role.EDITOR)
    changed = {**GREETING, "nodes": {"greet": {"type": "text.template", "params": {"template": "Bye"}}}}
    await workflows.drafts.replace(who, inner, changed, None)
    assert await output(either, "outer") == "Hello world"
    await workflows.publishing.publish(who, inner)
    assert await output(either, "outer") == "Bye"


async def test_what_is_called_must_be_published_and_come_to_an_end(api: Api) -> None:
    workflows, who = api.platform.workflows, acting(Role.EDITOR)
    inner = await workflows.making.create(who, document=GREETING)
    outer = await workflows.making.create(who, document=calling("greeting"))
    with pytest.raises(WorkflowInvalid) as unpublished:
        await workflows.publishing.publish(who, outer.id)
    assert [one.code for one in unpublished.value.problems] == ["workflow.call_unpublished"]
    await workflows.publishing.publish(who, inner.id)
    await workflows.publishing.publish(who, outer.id)
    around = {**calling("caller"), "name": "Greeting"}
    await workflows.drafts.replace(who, inner.id, around, None)
    with pytest.raises(WorkflowInvalid) as circle:
        await workflows.publishing.publish(who, inner.id)
    assert [one.code for one in circle.value.problems] == ["workflow.call_cycle"]
    with pytest.raises(WorkflowInvalid):
        await workflows.starting.start_request(who, inner.id, "draft")


async def test_nobody_calls_what_they_may_not_run(api: Api) -> None:
    """Whoever publishes needs the right to run what is called; whoever starts needs only that for the caller."""
    workflows, admin = api.platform.workflows, acting(Role.ADMIN)
    hidden = await workflows.folders.create(admin, "Hidden")
    mine = await workflows.folders.create(admin, "Mine")
    secret = await workflows.making.create(admin, document=GREETING, key="secret", folder=hidden.id)
    await workflows.publishing.publish(admin, secret.id)
    folder_only = Actor(
        kind=ActorKind.PERSON, id="other", workspace=DEFAULT_WORKSPACE, folders={mine.id: ROLES[Role.EDITOR]}
    )
    for reference in ("secret", secret.id):
        caller = await workflows.making.create(folder_only, document=calling(reference), folder=mine.id)
        with pytest.raises(WorkflowInvalid) as refused:
            await workflows.publishing.publish(folder_only, caller.id)
        assert [one.code for one in refused.value.problems] == ["workflow.call_unknown"]
        with pytest.raises(WorkflowInvalid):
            await workflows.starting.start_request(folder_only, caller.id, "draft")
    await workflows.publishing.publish(admin, caller.id)
    request = await workflows.starting.start_request(folder_only, caller.id)
    assert await ended(api, request) == "Hello world"
    seeing = msgspec.structs.replace(
        folder_only, folders={**folder_only.folders, hidden.id: ROLES[Role.VIEWER]}, id="third"
    )
    another = await workflows.making.create(seeing, document=calling("secret"), folder=mine.id)
    with pytest.raises(WorkflowInvalid) as visible:
        await workflows.publishing.publish(seeing, another.id)
    assert [one.code for one in visible.value.problems] == ["workflow.call_not_yours"]


async def test_a_workspace_has_a_folder_of_its_own(api: Api) -> None:
    write = {"type": "files.write_text", "params": {"path": "{{ inputs.path }}", "text": "Hello"}}
    document = {
        "studio": 1, "name": "Write", "inputs": {"path": {"type": "string"}}, "nodes": {"write": write},
        "output": "{{ write.path }}",
    }  # fmt: skip
    id = await made(api, document)
    start = api.platform.workflows.starting.start_request
    good = await start(acting(Role.EDITOR), id, inputs={"path": "out/a.txt"})
    assert await ended(api, good) == "out/a.txt"
    folder = api.platform.ports.data / "files" / DEFAULT_WORKSPACE
    assert (folder / "out/a.txt").read_text() == "Hello"
    assert folder.stat().st_mode & 0o077 == 0
    for path in ("../elsewhere/a.txt", "../../studio.db", "/tmp/a.txt"):
        request = await start(acting(Role.EDITOR), id, inputs={"path": path})
        result = await api.studio.engine.wait(await api.studio.engine.submit(request))
        assert result.error is not None
        assert result.error.code.startswith("files.")


async def test_credentials_are_used_by_who_may(api: Api) -> None:
    document = {
        "studio": 1, "name": "Fetch", "output": "{{ get.status }}",
        "nodes": {"get": {"type": "http.request", "credential": "crm", "params": {"url": "http://127.0.0.1:1/"}}},
    }  # fmt: skip
    workflows = api.platform.workflows
    editor = msgspec.structs.replace(acting(Role.EDITOR), id=(await api.account(Role.EDITOR)).id)
    head = await workflows.making.create(editor, document=document)
    without = msgspec.structs.replace(editor, permissions=editor.permissions - {Permission.CREDENTIAL_USE})
    with pytest.raises(AccessRefused):
        await workflows.publishing.publish(without, head.id)
    with pytest.raises(AccessRefused):
        await workflows.starting.start_request(without, head.id, "draft")
    await workflows.publishing.publish(editor, head.id)
    await workflows.starting.start_request(without, head.id)


async def test_what_cannot_start_says_why(api: Api) -> None:
    workflows, editor = api.platform.workflows, acting(Role.EDITOR)
    start = workflows.starting.start_request
    head = await workflows.making.create(editor, document=GREETING)
    with pytest.raises(Conflict) as unpublished:
        await start(editor, head.id)
    assert unpublished.value.code == "workflow.not_published"
    await workflows.publishing.publish(editor, head.id)
    with pytest.raises(WorkflowInvalid) as wrong:
        await start(editor, head.id, inputs={"who": 5, "whom": "x"})
    assert {one.param for one in wrong.value.problems} == {"who", "whom"}
    with pytest.raises(UserError):
        await start(editor, head.id, options=StartOptions(tags=("workflow:other",)))
    good = await start(editor, head.id, 1, options=StartOptions(tags=("mine",)))
    assert good.tags == (workflow_tag(head.id), "mine")
    with pytest.raises(NotFound):
        await start(editor, head.id, 2)


async def test_a_key_for_certain_workflows_touches_no_other(api: Api) -> None:
    one, other = await made(api, GREETING), await made(api, {**GREETING, "name": "Other"})
    key = acting(Role.EDITOR, workflows=frozenset({one}))
    workflows = api.platform.workflows
    assert (await workflows.starting.start_request(key, "greeting")).workflow.name == "Greeting"
    for reference in (other, "other"):
        with pytest.raises(AccessRefused):
            await workflows.starting.start_request(key, reference)
        with pytest.raises(AccessRefused):
            await workflows.drafts.show(key, reference)
    with pytest.raises(AccessRefused):
        await workflows.making.create(key, document=GREETING)
    listed, _ = await workflows.listing.page(key, Wanted())
    assert [found.head.id for found in listed] == [one]


COUNT: dict[str, Any] = {
    "studio": 1, "name": "Count", "nodes": {"count": {"type": "flow.counter"}}, "output": "{{ count.count }}",
}  # fmt: skip


async def test_workflows_of_one_name_keep_their_state_apart(either: Api) -> None:
    """Whoever may make workflows in one folder must not read what another folder's workflow of that name remembers."""
    one, other = await made(either, COUNT), await made(either, COUNT)
    await made(either, {**calling(one), "name": "Count"}, key="caller")
    assert [await output(either, one) for _ in range(3)] == [1, 2, 3]
    assert await output(either, other) == 1
    assert await output(either, "caller") == 4
    assert await output(either, one) == 5


async def test_an_error_workflow_belongs_to_a_workflow_too(api: Api) -> None:
    handler = {
        "studio": 1, "name": "Handler", "nodes": {"failed": {"type": "trigger.error"}}, "output": "seen",
    }  # fmt: skip
    failing = {
        "studio": 1, "name": "Failing", "settings": {"error_workflow": "handler"},
        "nodes": {"stop": {"type": "flow.fail", "params": {"message": "no"}}},
    }  # fmt: skip
    handling, id = await made(api, handler), await made(api, failing)
    request = await api.platform.workflows.starting.start_request(acting(Role.EDITOR), id)
    failed = await api.studio.engine.wait(await api.studio.engine.submit(request))
    assert failed.status is ExecutionStatus.FAILED
    wanted = ExecutionFilter(workspace=DEFAULT_WORKSPACE, tag=workflow_tag(handling))
    assert [row.workflow_name for row in await api.platform.ports.store.executions(wanted)] == ["Handler"]


async def test_limits_are_kept_per_workflow(api: Api) -> None:
    """Two of one name do not wait for each other; two of one workflow do."""
    waiting = {
        "studio": 1, "name": "Wait", "settings": {"concurrency": {"limit": 1, "hold_while_waiting": True}},
        "nodes": {"ask": {"type": "flow.approval", "params": {"message": "?"}}},
    }  # fmt: skip
    start, engine = api.platform.workflows.starting.start_request, api.studio.engine
    one, other = await made(api, waiting), await made(api, waiting)
    ids = [await engine.submit(await start(acting(Role.EDITOR), id)) for id in (one, other, one)]
    for id in ids[:2]:
        settled = await engine.wait(id, settle_waiting=True)
        assert settled.status is ExecutionStatus.WAITING
    third = await api.platform.ports.store.execution(ids[2])
    assert third is not None
    assert third.status is ExecutionStatus.QUEUED
