"""Signing in at a provider, renewing tokens once across processes, and what an attacker would try."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest

from studio.domain.access import Role
from studio.services.vault.connecting import CALLBACK
from tests.server.kit import Api
from tests.server.vault.provider import Provider, running_provider


@pytest.fixture
async def provider(api: Api) -> AsyncIterator[Provider]:
    """A provider that knows the server."""
    api.platform.address = api.url
    async with running_provider(redirect_uri=api.url + CALLBACK) as running:
        yield running


async def register(api: Api, provider: Provider, name: str = "local", **more: Any) -> None:
    """The operator's client."""
    operator = await api.signed_in(None, operator=True)
    body = {
        "title": "Local", "type": "http.oauth2", "client_id": provider.client_id,
        "client_secret": provider.client_secret, "authorize_url": f"{provider.url}/authorize",
        "token_url": f"{provider.url}/token", "revoke_url": f"{provider.url}/revoke", **more,
    }  # fmt: skip
    answer = await operator.put(f"/oauth/clients/{name}", json=body)
    assert answer.status_code == 200, answer.text
    assert provider.client_secret not in answer.text


async def new(client: httpx2.AsyncClient, name: str = "calendar", provider: str = "local") -> str:
    """A credential that signs in with the operator's client."""
    body = {"name": name, "type": "http.oauth2", "client": provider, "fields": {"hosts": ["127.0.0.1"]}}
    answer = await client.post("/credentials", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "sign_in"
    return answer.json()["id"]


async def begin(client: httpx2.AsyncClient, id: str) -> str:
    """Begin a sign-in; the query that the provider sends back with."""
    answer = await client.post(f"/credentials/{id}/connect")
    assert answer.status_code == 200, answer.text
    async with httpx2.AsyncClient() as browser:
        back = await browser.get(answer.json()["url"], follow_redirects=False)
    assert back.status_code == 303, back.text
    return urlsplit(back.headers["location"]).query


async def connect(client: httpx2.AsyncClient, id: str) -> None:
    """Sign in."""
    answer = await client.get(f"/oauth/callback?{await begin(client, id)}")
    assert answer.status_code == 200, answer.text


async def fields(api: Api, id: str) -> dict[str, Any]:
    """What is kept of a credential."""
    return (await api.platform.ports.lookup.vault.secrets.need("default", id)).value.fields


async def expire(api: Api, id: str) -> None:
    """Let the token end now."""
    vault = api.platform.ports.lookup.vault
    kept = await vault.secrets.need("default", id)
    value = msgspec.structs.replace(kept.value, fields={**kept.value.fields, "expires_at": time.time() - 1})
    await vault.records.commit([vault.secrets.put("default", id, value, expected=kept.revision)])


async def ask(api: Api, provider: Provider, credential: str = "calendar") -> int:
    """The status of a request with the credential, as a node sends it."""
    from studio.contracts.http import HttpRequest
    from studio.engine import Grants

    client = api.studio.engine.host.http_for(Grants(allow_hosts=["127.0.0.1"]), "default")
    request = HttpRequest(method="GET", url=f"{provider.url}/resource", credential=credential)
    return (await client.send(request)).status


async def test_sign_in_use_renew_and_revoke(api: Api, provider: Provider) -> None:
    await register(api, provider)
    client = await api.signed_in(Role.EDITOR)
    id = await new(client)
    await connect(client, id)
    shown = await client.get(f"/credentials/{id}")
    assert shown.json()["state"] == "ready"
    kept = await fields(api, id)
    for secret in (kept["access_token"], kept["refresh_token"], provider.client_secret):
        assert secret not in shown.text
    assert await ask(api, provider) == 200
    assert provider.seen["refresh"] == 0
    await expire(api, id)
    assert await asyncio.gather(*(ask(api, provider) for _ in range(20))) == [200] * 20
    assert (provider.seen["refresh"], provider.seen["theft"]) == (1, 0)
    assert (await fields(api, id))["refresh_token"] != kept["refresh_token"]
    assert (await client.delete(f"/credentials/{id}")).status_code == 204
    assert provider.seen["revoke"] == 2


async def test_a_state_counts_once_and_only_for_its_session(api: Api, provider: Provider) -> None:
    await register(api, provider)
    account = await api.account(Role.EDITOR)
    client, same_account = [api.client(await api.token(account)) for _ in range(2)]
    other = await api.signed_in(Role.ADMIN)
    id = await new(client)
    query = await begin(client, id)
    forged = query.replace("state=", "state=x")
    for caller, given in ((other, query), (same_account, query), (client, forged), (client, "code=x"), (client, "")):
        answer = await caller.get(f"/oauth/callback?{given}")
        assert (answer.status_code, answer.json()["code"]) == (404, "credential.no_sign_in_begun"), answer.text
    assert (await api.client().get(f"/oauth/callback?{query}")).status_code == 401
    assert provider.seen["code"] == 0
    assert (await client.get(f"/oauth/callback?{query}")).status_code == 200
    replayed = await client.get(f"/oauth/callback?{query}")
    assert replayed.status_code == 404
    assert provider.seen["code"] == 1


async def test_a_refused_sign_in_uses_the_state_up_and_leads_nowhere(api: Api, provider: Provider) -> None:
    await register(api, provider)
    client = await api.signed_in(Role.EDITOR)
    id = await new(client)
    state = parse_qs(await begin(client, id))["state"][0]
    evil = "https://evil.example/"
    query = {"state": state, "error": f"access_denied<script>{evil}", "redirect_uri": evil, "next": evil}
    answer = await client.get("/oauth/callback", params=query, follow_redirects=False)
    assert (answer.status_code, answer.json()["code"]) == (422, "credential.sign_in_refused")
    assert "location" not in answer.headers
    assert "<script>" not in answer.text
    assert (await client.get("/oauth/callback", params={"state": state, "code": "x"})).status_code == 404


async def test_the_answer_of_another_provider_is_refused(api: Api, provider: Provider) -> None:
    provider.issuer = "https://honest.example"
    await register(api, provider, issuer="https://honest.example")
    client = await api.signed_in(Role.EDITOR)
    id = await new(client)
    for issuer in ("&iss=https://evil.example", ""):
        query = (await begin(client, id)).partition("&iss=")[0] + issuer
        answer = await client.get(f"/oauth/callback?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "credential.issuer")
    assert provider.seen["code"] == 0
    await connect(client, id)


async def test_a_client_that_is_moved_during_a_sign_in_gets_no_code(api: Api, provider: Provider) -> None:
    await register(api, provider)
    client = await api.signed_in(Role.EDITOR)
    id = await new(client)
    query = await begin(client, id)
    async with running_provider() as evil:
        await register(api, provider, token_url=f"{evil.url}/token")
        answer = await client.get(f"/oauth/callback?{query}")
        assert (answer.status_code, answer.json()["code"]) == (409, "credential.changed_meanwhile")
        assert evil.bodies == []


async def test_nobody_points_the_operators_client_elsewhere(api: Api, provider: Provider) -> None:
    await register(api, provider)
    client = await api.signed_in(Role.EDITOR)
    id = await new(client)
    for name in ("token_url", "authorize_url", "client_id", "client_secret"):
        for method, path in (("PATCH", f"/credentials/{id}"), ("POST", "/credentials")):
            body: dict[str, Any] = {"fields": {name: "https://evil.example", "hosts": ["127.0.0.1"]}}
            if method == "POST":
                body |= {"name": "other", "type": "http.oauth2", "client": "local"}
            answer = await client.request(method, path, json=body)
            assert answer.json()["code"] in ("credential.field_of_client", "credential.secrets_again"), answer.text
    own = {"token_url": "https://evil.example", "authorize_url": "https://evil.example", "client_id": "x"}
    moved = await client.patch(f"/credentials/{id}", json={"client": "", "fields": own})
    assert moved.status_code == 200, moved.text
    assert provider.client_secret not in str(await fields(api, id))
    wrong = await client.post(
        "/credentials", json={"name": "b", "type": "http.bearer", "client": "local", "fields": {}}
    )
    assert wrong.json()["code"] == "credential.no_client"
    operator = await api.signed_in(None, operator=True)
    changed = await operator.put("/oauth/clients/local", json={
        "title": "L", "type": "http.oauth2", "client_id": "x", "token_url": "https://evil.example/token"})  # fmt: skip
    assert changed.json()["code"] == "oauth.secret_again"


async def test_tokens_are_dropped_when_the_hosts_change(api: Api, provider: Provider) -> None:
    await register(api, provider)
    client = await api.signed_in(Role.EDITOR)
    id = await new(client)
    await connect(client, id)
    moved = await client.patch(f"/credentials/{id}", json={"fields": {"hosts": ["evil.example"]}})
    assert moved.json()["state"] == "sign_in"
    kept = await fields(api, id)
    assert not kept.get("access_token")
    assert not kept.get("refresh_token")


async def test_a_provider_that_renews_no_more_is_asked_once(api: Api, provider: Provider) -> None:
    from studio.domain.errors import AuthenticationFailed

    await register(api, provider)
    client = await api.signed_in(Role.EDITOR)
    id = await new(client)
    await connect(client, id)
    await expire(api, id)
    provider.refresh.clear()
    for code in ("credential.refresh_refused", "credential.sign_in_again", "credential.sign_in_again"):
        with pytest.raises(AuthenticationFailed) as caught:
            await ask(api, provider)
        assert caught.value.code == code
    assert provider.seen["refresh"] == 1
    assert (await client.get(f"/credentials/{id}")).json()["state"] == "sign_in"
    ending = (await client.get("/credentials/expiring")).json()["items"]
    assert [(one["credential"], one["state"]) for one in ending] == [(id, "sign_in")]
    await connect(client, id)
    assert await ask(api, provider) == 200


async def test_what_a_provider_says_is_not_passed_on(api: Api, provider: Provider) -> None:
    from studio.domain.errors import AuthenticationFailed

    await register(api, provider)
    client = await api.signed_in(Role.EDITOR)
    id = await new(client)
    await connect(client, id)
    await expire(api, id)
    token = (await fields(api, id))["refresh_token"]
    provider.refresh.clear()
    provider.repeats = True
    with pytest.raises(AuthenticationFailed) as caught:
        await ask(api, provider)
    assert token not in str(caught.value.arguments) + caught.value.message
    log = b"".join(one.value for one in await api.platform.ports.records.audit("default", limit=50))
    assert b"credential.sign_in_needed" in log
    assert token.encode() not in log
    query = await begin(client, id)
    refused = await client.get(f"/oauth/callback?{query.replace('code=', 'error=')}", headers={"accept": "text/html"})
    assert refused.status_code == 422
    assert query.partition("code=")[2].partition("&")[0] not in refused.text


async def test_without_a_refresh_token_the_credential_ends_with_its_token(api: Api, provider: Provider) -> None:
    provider.gives_refresh = False
    await register(api, provider)
    client = await api.signed_in(Role.EDITOR)
    id = await new(client)
    await connect(client, id)
    assert (await client.get(f"/credentials/{id}")).json()["expires_at"] is not None
    assert [one["credential"] for one in (await client.get("/credentials/expiring?days=1")).json()["items"]] == [id]
    assert (await client.get("/credentials/expiring?days=0")).json()["items"] == []


RENEWER = """
import asyncio, sys
from pathlib import Path
from studio.bootstrap import Settings, Studio
from studio.contracts.http import HttpRequest
from studio.engine import Grants

async def main(data, db, url, times):
    async with Studio(Settings(data=Path(data), db=db or None, allow_hosts=("127.0.0.1",))) as studio:
        await studio.open()
        client = studio.host.http_for(Grants(allow_hosts=["127.0.0.1"]), "default")
        print("ready", flush=True)
        sys.stdin.readline()
        ask = lambda: client.send(HttpRequest(method="GET", url=url, credential="calendar"))
        answers = await asyncio.gather(*(ask() for _ in range(int(times))))
        print(sorted({answer.status for answer in answers}), flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_processes_renew_once(either: Api, tmp_path: Path) -> None:
    either.platform.address = either.url
    script = tmp_path / "renewer.py"
    script.write_text(RENEWER)
    settings = either.studio.settings
    async with running_provider(redirect_uri=either.url + CALLBACK, slow=0.3) as provider:
        await register(either, provider)
        client = await either.signed_in(Role.EDITOR)
        id = await new(client)
        await connect(client, id)
        processes = [
            await asyncio.create_subprocess_exec(
                sys.executable, str(script), str(settings.data), settings.db or "", f"{provider.url}/resource", "10",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )
            for _ in range(2)
        ]  # fmt: skip
        try:
            for _ in range(3):
                before = provider.seen["refresh"]
                await expire(either, id)
                if before == 0:
                    for process in processes:
                        assert process.stdout is not None
                        assert await process.stdout.readline() == b"ready\n"
                    outcomes = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
                    assert [out for out, _ in outcomes] == [b"[200]\n"] * 2
                else:
                    assert await ask(either, provider) == 200
                assert provider.seen["refresh"] == before + 1
            assert provider.seen["theft"] == 0
        finally:
            for process in processes:
                if process.returncode is None:
                    process.kill()
                await process.wait()


async def test_a_lock_that_was_left_behind_ends(api: Api) -> None:
    from studio.services.vault.model import Lock
    from studio.services.vault.renewing import renewing

    vault, now = api.platform.ports.lookup.vault, api.platform.ports.store.now
    left = vault.locks.put("default", "c1", Lock(holder="dead"), expires_at=await now() + 300_000)
    await vault.records.commit([left])

    async def never() -> bool:
        return False

    async with renewing(vault, now, "default", "c1", never) as needed:
        assert needed
        assert await vault.locks.get("default", "c1") is not None
    assert await vault.locks.get("default", "c1") is None
