"""A good call of every route that changes something, and what it needs to be one."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, cast

import httpx2

from studio.contracts.http import HttpRequest
from studio.domain.access import Role
from studio.domain.ids import INSTANCE, new_id
from studio.sdk import GENERIC_CREDENTIALS
from studio.services._collection import Kept
from studio.services.people.model import Account, Offboarding
from tests.server.executions.test_executions import ADD, WAITS, published, settled
from tests.server.kit import PASSWORD, Api
from tests.server.people.mails import Postbox
from tests.server.people.test_second_factor import now, totp_code


class Call(NamedTuple):
    """A good call: its body, what is done before, which things its address names, and whether it may fail.

    One that may fail tries something outside, and is told all the same.
    """

    body: Any = None
    before: tuple[tuple[str, str, Any], ...] = ()
    things: Mapping[str, str] = {}
    may_fail: bool = False


class World:
    """Somebody who may everything, and things to act on, each made when it is first named."""

    def __init__(self, api: Api, box: Postbox, hashed: str, client: httpx2.AsyncClient) -> None:
        self.api = api
        self.box = box
        self.hashed = hashed
        self.client = client
        self.ids: dict[str, str] = {}

    async def filled(self, value: Any, things: Mapping[str, str]) -> Any:
        """A path or body with the ids in it."""
        if isinstance(value, str):
            for name in re.findall(r"\{(\w+)\}", value):
                thing = things.get(name, name)
                if thing not in self.ids:
                    self.ids[thing] = await MAKERS[thing](self)
                value = value.replace("{" + name + "}", self.ids[thing])
            return value
        if isinstance(value, dict):
            given = cast("dict[str, Any]", value)
            return {await self.filled(name, things): await self.filled(one, things) for name, one in given.items()}
        if isinstance(value, list):
            items = cast("list[Any]", value)
            return [await self.filled(one, things) for one in items]
        return value

    async def ask(self, method: str, path: str, body: Any, things: Mapping[str, str] = {}) -> httpx2.Response:
        """A request."""
        given = {} if body is None else {"json": await self.filled(body, things)}
        return await self.client.request(method, await self.filled(path, things), **given)

    async def made(self, path: str, body: Any) -> str:
        """The id of something new."""
        answer = await self.client.post(await self.filled(path, {}), json=await self.filled(body, {}))
        assert answer.status_code < 300, answer.text
        return answer.json()["id"]

    async def person(self) -> tuple[Kept[Account], httpx2.AsyncClient]:
        """A member with a password, and a client that they are signed in with."""
        account = await self.api.account(Role.EDITOR, password=self.hashed, verified=True)
        return account, self.api.client(await self.api.token(account))

    async def factor(self) -> tuple[Kept[Account], httpx2.AsyncClient, str]:
        """The same with a second factor; its secret."""
        account, client = await self.person()
        secret = (await client.post("/profile/second-factor", json={"password": PASSWORD})).json()["secret"]
        code = totp_code(secret, now(self.api) - 1)
        assert (await client.post("/profile/second-factor/confirm", json={"code": code})).status_code == 200
        return account, client, secret


async def _member(world: World) -> str:
    return (await world.person())[0].id


async def _factor(world: World) -> str:
    return (await world.factor())[0].id


async def _workflow(world: World) -> str:
    return await published(world.client, ADD, f"add-{new_id()[-8:]}")


async def _waiting(world: World) -> str:
    workflow = await published(world.client, WAITS, f"waits-{new_id()[-8:]}")
    id = await world.made("/executions", {"workflow": workflow})
    await settled(world.client, id, "waiting")
    return id


async def _ended(world: World) -> str:
    id = await world.made("/executions", {"workflow": "{workflow}", "inputs": {"a": 1}})
    await settled(world.client, id, "succeeded")
    return id


async def _session(world: World) -> str:
    own = (await world.client.get("/profile")).json()["id"]
    await world.api.token(await world.api.platform.people.accounts.need(INSTANCE, own))
    shown = (await world.client.get("/profile/sessions")).json()["items"]
    return next(one["id"] for one in shown if not one["current"])


async def _glass(world: World) -> str:
    return (await world.api.account(None, operator=True, password=world.hashed)).id


async def _left(world: World) -> str:
    id = await _member(world)
    people = world.api.platform.people
    begun = Offboarding(account=id, workspaces=["default"], heirs={}, by="")
    await people.records.commit([people.offboardings.put(INSTANCE, f"default.{id}", begun)])
    return id


def _thing(path: str, body: dict[str, Any]) -> Callable[[World], Awaitable[str]]:
    async def make(world: World) -> str:
        unique = new_id()[-8:].lower()
        return await world.made(path, {name: one.replace("#", unique) if isinstance(one, str) else one
                                       for name, one in body.items()})  # fmt: skip

    return make


def _known(text: str) -> Callable[[World], Awaitable[str]]:
    async def make(world: World) -> str:
        return text

    return make


BEARER = {"name": "post-#", "type": "http.bearer", "fields": {"token": "t", "hosts": ["api.example.org"]}}
NOWHERE = {"id": "p#", "name": "Acme", "issuer": "http://127.0.0.1:1", "client_id": "studio", "internal": True}
TABLE = {"name": "t-#", "columns": [{"name": "mail", "unique": True}, {"name": "n", "type": "number"}]}
ALL = {"filter": {"column": "n", "op": "ge", "value": 0}}
MAKERS: dict[str, Callable[[World], Awaitable[str]]] = {
    "account": _member, "factor": _factor, "workflow": _workflow, "execution": _waiting, "ended": _ended,
    "session": _session, "glass": _glass, "left": _left, "heir": _member,
    "service": _thing("/service-accounts", {"name": "Robot #"}),
    "role": _thing("/roles", {"name": "Role #", "permissions": ["workflow.view"]}),
    "group": _thing("/groups", {"name": "Group #"}),
    "invitation": _thing("/invitations", {"email": "#@example.org", "role": "viewer"}),
    "thread": _thing("/comments", {"workflow": "{workflow}", "text": "Hello"}),
    "folder": _thing("/folders", {"name": "Folder #"}),
    "credential": _thing("/credentials", BEARER),
    "key": _thing("/keys", {"name": "Key"}),
    "provider": _thing("/operator/identity-providers", NOWHERE),
    "directory": _thing("/operator/directories", {"name": "Entra", "workspace": "default"}),
    "table": _thing("/tables", TABLE), "row": _thing("/tables/{table}/rows", {"cells": {"n": 1}}),
    "column": _known("n"), "workspace": _known("default"), "number": _known("1"), "alias": _known("mail"),
    "name": _known("region"), "total": _known("total"),
    "client": _known("local"), "store": _known("files"),
}  # fmt: skip

WEBHOOK = {"kind": "webhook", "url": "https://siem.example.org/"}
VARIABLE = {"value": "eu"}
OAUTH = {"title": "Local", "type": "http.oauth2", "client_id": "x", "token_url": "https://auth.example.org/token"}
ALIAS = {"targets": {"default": "{credential}"}}
STORE = {"kind": "files", "paths": ["*"], "settings": {"folder": "/nowhere"}}
STORES = "/operator/workspaces/{workspace}/secret-stores/{name}"
ROW = "/tables/{table}/rows/{row}"
EDIT = {"base": 1, "operations": [{"op": "set", "path": ["description"], "value": "Changed"}]}
_FILES = [{"name": "brought.yaml", "text": "studio: 1\nname: Brought\nnodes: {}\n"}]
PINNED = "/workflows/{workflow}/pinned/{node}"
PIN = {"value": {"values": {"sum": 3}}}
_TOTAL = {"node": "total"}
_FACTOR = {"account": "factor"}
_SERVICE = {"account": "service"}
_ENDED = {"execution": "ended"}

CALLS: dict[str, Call] = {
    "PATCH /profile": Call({"name": "Other"}),
    "DELETE /profile/sessions/{session}": Call(),
    "POST /workspaces": Call({"name": "New"}),
    "PATCH /workspaces/{workspace}": Call({"name": "Other"}),
    "POST /workspaces/{workspace}/admins": Call({"account": "{account}"}),
    "PATCH /members/{account}": Call({"role": "viewer"}),
    "DELETE /members/{account}": Call(),
    "DELETE /members/{account}/sessions": Call(),
    "POST /members/{account}/reset-link": Call(),
    "DELETE /members/{account}/second-factor": Call(things=_FACTOR),
    "POST /members/{account}/handover": Call(
        {"to": "{heir}"}, (("POST", "/workflows/{workflow}/transfer", {"owner": "{account}"}),)
    ),
    "POST /members/{account}/offboarding": Call({}),
    "POST /roles": Call({"name": "New", "permissions": ["workflow.view"]}),
    "PATCH /roles/{role}": Call({"permissions": ["workflow.view", "node.view"]}),
    "DELETE /roles/{role}": Call(),
    "POST /groups": Call({"name": "New"}),
    "PATCH /groups/{group}": Call({"role": "viewer"}),
    "DELETE /groups/{group}": Call(),
    "POST /groups/{group}/members": Call({"add": ["{account}"]}),
    "POST /service-accounts": Call({"name": "New"}),
    "PATCH /service-accounts/{account}": Call({"active": False}, things=_SERVICE),
    "DELETE /service-accounts/{account}": Call(things=_SERVICE),
    "POST /invitations": Call({"email": "new@example.org", "role": "viewer"}),
    "DELETE /invitations/{invitation}": Call(),
    "POST /accounts": Call({"email": "other@example.org", "name": "Other"}),
    "PATCH /accounts/{account}": Call({"active": False}),
    "DELETE /accounts/{account}/sessions": Call(),
    "POST /accounts/{account}/reset-link": Call(),
    "DELETE /accounts/{account}/second-factor": Call(things=_FACTOR),
    "POST /accounts/{account}/offboarding": Call({}),
    "POST /accounts/{account}/offboarding/resume": Call({}, things={"account": "left"}),
    "POST /operator/identity-providers": Call({**NOWHERE, "id": "acme"}),
    "PATCH /operator/identity-providers/{provider}": Call({"name": "Other"}),
    "DELETE /operator/identity-providers/{provider}": Call(),
    "POST /operator/identity-providers/{provider}/test": Call(may_fail=True),
    "PUT /operator/break-glass/{account}": Call(things={"account": "glass"}),
    "DELETE /operator/break-glass/{account}": Call(
        before=(("PUT", "/operator/break-glass/{account}", None),), things={"account": "glass"}
    ),
    "POST /operator/directories": Call({"name": "Entra", "workspace": "default"}),
    "DELETE /operator/directories/{directory}": Call(),
    "POST /executions": Call({"workflow": "{workflow}", "inputs": {"a": 1}}),
    "DELETE /executions/{execution}": Call(things=_ENDED),
    "POST /executions/{execution}/cancel": Call({}),
    "POST /executions/{execution}/pause": Call({}),
    "POST /executions/{execution}/resume": Call({}, (("POST", "/executions/{execution}/pause", {}),)),
    "POST /executions/{execution}/signals": Call({"name": "go"}),
    "POST /executions/{execution}/approvals": Call({"path": "release", "decision": "approve"}),
    "POST /executions/{execution}/replay": Call({}, things=_ENDED),
    "POST /executions/{execution}/fork": Call({"until": "total"}, things=_ENDED),
    "POST /executions/bulk": Call({"action": "cancel", "ids": ["{execution}"]}),
    "POST /workflows": Call({"name": "New"}),
    "PATCH /workflows/{workflow}": Call({"name": "Other"}),
    "DELETE /workflows/{workflow}": Call(),
    "POST /workflows/{workflow}/undelete": Call({}, (("DELETE", "/workflows/{workflow}", None),)),
    "POST /workflows/{workflow}/archive": Call({}),
    "POST /workflows/{workflow}/unarchive": Call({}, (("POST", "/workflows/{workflow}/archive", {}),)),
    "POST /workflows/{workflow}/transfer": Call({"owner": "{account}"}),
    "POST /workflows/{workflow}/duplicate": Call({}),
    "PUT /workflows/{workflow}/draft": Call({"document": {**ADD, "name": "Changed"}}),
    "POST /workflows/{workflow}/draft/operations": Call(EDIT),
    "POST /workflows/{workflow}/publish": Call(
        {}, (("PUT", "/workflows/{workflow}/draft", {"document": {**ADD, "output": "{{ 7 }}"}}),)
    ),
    "POST /workflows/{workflow}/versions/{number}/restore": Call({}),
    f"PUT {PINNED}": Call(PIN, things=_TOTAL),
    f"DELETE {PINNED}": Call(before=(("PUT", PINNED, PIN),), things=_TOTAL),
    "DELETE /workflows/{workflow}/pinned": Call(before=(("PUT", PINNED, PIN),), things=_TOTAL),
    "POST /workflows/import": Call({"files": _FILES}),
    "POST /workflows/export": Call({"workflows": ["{workflow}"]}),
    "POST /workflows/bulk": Call({"workflows": ["{workflow}"], "action": "tag", "tags": ["x"]}),
    "POST /comments": Call({"workflow": "{workflow}", "text": "Hello"}),
    "POST /comments/{thread}/replies": Call({"text": "Hello"}),
    "PATCH /comments/{thread}/replies/{number}": Call({"text": "Other"}),
    "DELETE /comments/{thread}/replies/{number}": Call(),
    "POST /comments/{thread}/resolve": Call({}),
    "POST /comments/{thread}/reopen": Call({}, (("POST", "/comments/{thread}/resolve", {}),)),
    "POST /folders": Call({"name": "New"}),
    "PATCH /folders/{folder}": Call({"name": "Other"}),
    "DELETE /folders/{folder}": Call(),
    "POST /credentials": Call({**BEARER, "name": "new"}),
    "PATCH /credentials/{credential}": Call({"description": "Other"}),
    "DELETE /credentials/{credential}": Call(),
    "PUT /credentials/{credential}/sharing": Call({"members": {"{account}": "use"}}),
    "POST /credentials/{credential}/transfer": Call({"owner": "{account}"}),
    "PUT /credential-aliases/{alias}": Call(ALIAS),
    "DELETE /credential-aliases/{alias}": Call(before=(("PUT", "/credential-aliases/{alias}", ALIAS),)),
    "PUT /variables/{name}": Call(VARIABLE),
    "DELETE /variables/{name}": Call(before=(("PUT", "/variables/{name}", VARIABLE),)),
    "PUT /oauth/clients/{name}": Call(OAUTH, things={"name": "client"}),
    "DELETE /oauth/clients/{name}": Call(before=(("PUT", "/oauth/clients/{name}", OAUTH),), things={"name": "client"}),
    f"PUT {STORES}": Call(STORE, things={"name": "store"}),
    f"DELETE {STORES}": Call(before=(("PUT", STORES, STORE),), things={"name": "store"}),
    f"POST {STORES}/check": Call({"path": "a", "key": "b"}, (("PUT", STORES, STORE),), {"name": "store"}, True),
    "POST /keys": Call({"name": "New"}),
    "PATCH /keys/{key}": Call({"name": "Other"}),
    "POST /keys/{key}/rotate": Call({}),
    "DELETE /keys/{key}": Call(),
    "POST /run/{workflow}": Call({"a": 1}),
    "PUT /audit/stream": Call(WEBHOOK),
    "DELETE /audit/stream": Call(before=(("PUT", "/audit/stream", WEBHOOK),)),
    "PUT /operator/audit/stream": Call(WEBHOOK),
    "DELETE /operator/audit/stream": Call(before=(("PUT", "/operator/audit/stream", WEBHOOK),)),
    "PUT /notices/settings": Call({"wait": 1}),
    "POST /notices/test": Call(
        before=(("PUT", "/notices/settings", {"webhook": "http://127.0.0.1:1/"}),), may_fail=True
    ),
    "PUT /notices/own": Call({"kinds": ["failure"]}),
    "PUT /operator/quotas/{workspace}": Call({"executions_per_day": 1_000_000}),
    "POST /operator/egress/{workspace}": Call({"host": "10.0.0.0/8"}),
    "DELETE /operator/egress/{workspace}?host=10.1.0.0/16": Call(
        before=(("POST", "/operator/egress/{workspace}", {"host": "10.1.0.0/16"}),)
    ),
    "POST /operator/backups": Call({}),
    "POST /tables": Call({"name": "new"}),
    "PATCH /tables/{table}": Call({"description": "Other"}),
    "DELETE /tables/{table}": Call(),
    "POST /tables/{table}/columns": Call({"name": "new"}),
    "PATCH /tables/{table}/columns/{column}": Call({"description": "Other"}),
    "DELETE /tables/{table}/columns/{column}": Call(),
    "POST /tables/{table}/rows": Call({"cells": {"n": 1}}),
    "POST /tables/{table}/rows/batch": Call({"rows": [{"n": 1}]}),
    "POST /tables/{table}/rows/upsert": Call({"column": "mail", "cells": {"mail": "a", "n": 1}}),
    "POST /tables/{table}/rows/update": Call({**ALL, "cells": {"n": 2}}, (("PATCH", ROW, {"cells": {"n": 1}}),)),
    "POST /tables/{table}/rows/increment": Call({**ALL, "column": "n"}, (("PATCH", ROW, {"cells": {"n": 1}}),)),
    "POST /tables/{table}/rows/delete": Call(ALL, (("PATCH", ROW, {"cells": {"n": 1}}),)),
    f"PATCH {ROW}": Call({"cells": {"n": 2}}),
    f"DELETE {ROW}": Call(),
}  # fmt: skip


async def _signed_in(world: World) -> httpx2.Response:
    account, _ = await world.person()
    body = {"email": account.value.email, "password": PASSWORD, "client": "cli"}
    return await world.api.client().post("/session", json=body)


async def _second(world: World) -> httpx2.Response:
    account, _, secret = await world.factor()
    client = world.api.client()
    body = {"email": account.value.email, "password": PASSWORD, "client": "cli"}
    challenge = (await client.post("/session", json=body)).json()["challenge"]
    code = totp_code(secret, now(world.api))
    return await client.post("/session/second", json={"challenge": challenge, "code": code})


async def _password(world: World) -> httpx2.Response:
    _, client = await world.person()
    body = {"old_password": PASSWORD, "password": "another battery staple"}
    return await client.post("/session/password", json=body)


async def _asked(world: World) -> httpx2.Response:
    account, _ = await world.person()
    answer = await world.api.client().post("/session/reset", json={"email": account.value.email})
    await world.api.platform.directory.letters.outbox.settled()
    return answer


async def _reset(world: World) -> httpx2.Response:
    account, _ = await world.person()
    await world.api.client().post("/session/reset", json={"email": account.value.email})
    await world.api.platform.directory.letters.outbox.settled()
    body = {"secret": world.box.secret(account.value.email, "reset"), "password": "another battery staple"}
    return await world.api.client().post("/session/reset/finish", json=body)


async def _sign_out(world: World) -> httpx2.Response:
    return await (await world.person())[1].delete("/session")


async def _sign_out_both(world: World) -> httpx2.Response:
    return await (await world.person())[1].post("/session/logout")


async def _others(world: World) -> httpx2.Response:
    account, client = await world.person()
    await world.api.token(account)
    return await client.delete("/profile/sessions")


async def _address(world: World, email: str) -> tuple[httpx2.Response, httpx2.AsyncClient]:
    _, client = await world.person()
    asked = await client.post("/profile/email", json={"email": email, "password": PASSWORD})
    await world.api.platform.directory.letters.outbox.settled()
    return asked, client


async def _ask_address(world: World) -> httpx2.Response:
    return (await _address(world, "one@example.org"))[0]


async def _confirm_address(world: World) -> httpx2.Response:
    _, client = await _address(world, "two@example.org")
    return await client.post("/profile/email/confirm", json={"secret": world.box.secret("two@example.org", "email")})


async def _enrol(world: World) -> httpx2.Response:
    return await (await world.person())[1].post("/profile/second-factor", json={"password": PASSWORD})


async def _confirm_factor(world: World) -> httpx2.Response:
    _, client = await world.person()
    secret = (await client.post("/profile/second-factor", json={"password": PASSWORD})).json()["secret"]
    return await client.post("/profile/second-factor/confirm", json={"code": totp_code(secret, now(world.api))})


async def _codes(world: World) -> httpx2.Response:
    return await (await world.factor())[1].post("/profile/second-factor/recovery-codes", json={"password": PASSWORD})


async def _disable(world: World) -> httpx2.Response:
    return await (await world.factor())[1].post("/profile/second-factor/disable", json={"password": PASSWORD})


async def _join(world: World) -> httpx2.Response:
    await world.made("/invitations", {"email": "joins@example.org", "role": "viewer"})
    body = {"secret": world.box.secret("joins@example.org", "invitation"), "name": "Joe", "password": PASSWORD}
    return await world.api.client().post("/invitations/join", json=body)


async def _accept(world: World) -> httpx2.Response:
    account = await world.api.account(None, email="accepts@example.org")
    await world.made("/invitations", {"email": "accepts@example.org", "role": "viewer"})
    client = world.api.client(await world.api.token(account))
    secret = world.box.secret("accepts@example.org", "invitation")
    return await client.post("/invitations/accept", json={"secret": secret})


async def _retry(world: World) -> httpx2.Response:
    from tests.server.executions.test_again import BREAKS

    workflow = await published(world.client, BREAKS, "breaks")
    id = await world.made("/executions", {"workflow": workflow})
    await settled(world.client, id, "failed")
    return await world.client.post(f"/executions/{id}/retry")


async def _tested(world: World) -> httpx2.Response:
    bearer = GENERIC_CREDENTIALS["http.bearer"]
    object.__setattr__(bearer, "test", HttpRequest(method="GET", url="http://127.0.0.1:1/"))
    try:
        return await world.ask("POST", "/credentials/{credential}/test", None)
    finally:
        object.__setattr__(bearer, "test", None)


async def _imported(world: World) -> httpx2.Response:
    path = await world.filled("/tables/{table}/import", {})
    return await world.client.post(path, content=b"mail,n\na,1\n", headers={"content-type": "text/csv"})


ACTS: dict[str, Callable[[World], Awaitable[httpx2.Response]]] = {
    "POST /session": _signed_in,
    "POST /session/second": _second,
    "POST /session/password": _password,
    "POST /session/reset": _asked,
    "POST /session/reset/finish": _reset,
    "DELETE /session": _sign_out,
    "POST /session/logout": _sign_out_both,
    "DELETE /profile/sessions": _others,
    "POST /profile/email": _ask_address,
    "POST /profile/email/confirm": _confirm_address,
    "POST /profile/second-factor": _enrol,
    "POST /profile/second-factor/confirm": _confirm_factor,
    "POST /profile/second-factor/recovery-codes": _codes,
    "POST /profile/second-factor/disable": _disable,
    "POST /invitations/join": _join,
    "POST /invitations/accept": _accept,
    "POST /executions/{execution}/retry": _retry,
    "POST /credentials/{credential}/test": _tested,
    "POST /tables/{table}/import": _imported,
}
"""Calls that take more than a body."""

EXEMPT: dict[str, str] = {
    "POST /setup": "works once, before there is anybody: see test_the_set_up_is_told",
    "PATCH /session": "chooses what one looks at, and gives nothing",
    "POST /invitations/look": "changes nothing",
    "POST /accounts/{account}/offboarding/preview": "changes nothing",
    "POST /nodes/{type}/form": "changes nothing",
    "POST /nodes/{type}/options": "changes nothing",
    "POST /workflows/validate": "changes nothing",
    "POST /workflows/{workflow}/validate": "changes nothing",
    "POST /comments/read": "a mark of one's own",
    "POST /workflows/{workflow}/draft/undo": "who edits is told once in ten minutes; the record of operations has all",
    "POST /workflows/{workflow}/draft/redo": "as undo",
    "POST /credentials/{credential}/connect": "changes nothing until the provider answers, and that is told",
    "POST /session/oidc/{provider}/connect": "changes nothing until the provider answers, and that is told",
    "POST /session/oidc/{provider}/logout": "needs a provider: see sso/test_enforced.py",
    "POST /expressions/preview": "changes nothing",
    "POST /expressions/scope": "changes nothing",
    "POST /workflows/{workflow}/plan": "changes nothing",
    "POST /executions/{execution}/continue": "needs a breakpoint: see executions/test_debugging.py",
    "POST /executions/{execution}/step": "as continue",
    "POST /executions/{execution}/edits": "as continue",
    "PUT /executions/{execution}/breakpoints": "as continue",
    "POST /workflows/{workflow}/transfer/accept": "needs somebody it was handed to: see workflows/test_needs.py",
    "POST /workflows/{workflow}/transfer/decline": "as accept",
    "POST /executions/{execution}/decisions": "needs an effect in doubt; told by the same lines as approvals",
}
"""Routes that tell nothing, or are tried elsewhere, with the reason."""
