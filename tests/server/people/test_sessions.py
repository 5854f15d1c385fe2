"""The sessions that somebody has, and one's own profile."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from studio.domain.access import Actor, ActorKind, Role
from studio.domain.ids import INSTANCE
from tests.server.kit import PASSWORD, Api


async def test_own_sessions_are_listed_with_place_and_program_and_ended(either: Api) -> None:
    person = await either.account(Role.VIEWER)
    here = either.client(await either.token(person), **{"user-agent": "studio-cli/1"})
    there = either.client(await either.token(person))
    eve = await either.signed_in(Role.ADMIN)
    items = (await here.get("/profile/sessions")).json()["items"]
    assert sorted(one["current"] for one in items) == [False, True]
    other = next(one["id"] for one in items if not one["current"])
    assert (await eve.delete(f"/profile/sessions/{other}")).status_code == 404
    assert (await there.get("/session")).status_code == 200
    assert (await here.delete(f"/profile/sessions/{other}")).status_code == 204
    assert (await there.get("/session")).status_code == 401
    third = either.client(await either.token(person))
    assert (await here.delete("/profile/sessions")).json() == {"ended": 1}
    assert (await third.get("/session")).status_code == 401
    assert (await here.get("/session")).status_code == 200


async def test_a_session_is_never_taken_for_a_key(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    draw, beginnings = secrets.token_urlsafe, iter(["sk_"])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: next(beginnings, "") + draw(size))
    token = await api.token(await api.account(Role.VIEWER))
    assert next(beginnings, None) is None, "chance was not asked"
    assert (await api.client(token).get("/session")).status_code == 200


async def test_a_session_says_where_it_began(api: Api) -> None:
    person = await api.account(Role.VIEWER, password=await api.platform.passwords.hash(PASSWORD))
    client = api.client(**{"user-agent": "Firefox/200"})
    body = {"email": person.value.email, "password": PASSWORD, "client": "cli"}
    token = (await client.post("/session", json=body)).json()["token"]
    shown = (await api.client(token).get("/profile/sessions")).json()["items"][0]
    assert (shown["ip"], shown["agent"], shown["kind"]) == ("127.0.0.1", "Firefox/200", "program")
    assert token not in (await api.client(token).get("/profile/sessions")).text


async def test_the_token_changes_at_sign_in_and_with_the_password(api: Api) -> None:
    person = await api.account(Role.VIEWER, password=await api.platform.passwords.hash(PASSWORD))
    browser = api.client()
    body = {"email": person.value.email, "password": PASSWORD}
    await browser.post("/session", json=body)
    first = browser.cookies["studio_session"]
    csrf = (await browser.get("/session")).json()["csrf"]
    signed = await browser.post("/session", json=body, headers={"x-csrf-token": csrf})
    assert signed.status_code == 201, signed.text
    second = browser.cookies["studio_session"]
    assert second != first
    assert (await api.client(first).get("/session")).status_code == 401
    csrf = signed.json()["csrf"]
    changed = await browser.post(
        "/session/password",
        json={"old_password": PASSWORD, "password": "another long password"},
        headers={"x-csrf-token": csrf},
    )
    assert changed.status_code == 204
    third = browser.cookies["studio_session"]
    assert third not in (first, second)
    assert (await api.client(second).get("/session")).status_code == 401
    still = await browser.get("/session")
    assert (still.status_code, still.json()["csrf"]) == (200, csrf)


async def test_an_admin_and_an_operator_sign_somebody_out(api: Api) -> None:
    person = await api.account(Role.VIEWER)
    admin, operator = await api.signed_in(Role.ADMIN), await api.signed_in(None, operator=True)
    client = api.client(await api.token(person))
    assert (await admin.delete(f"/members/{person.id}/sessions")).json() == {"ended": 1}
    assert (await client.get("/session")).status_code == 401
    client = api.client(await api.token(person))
    assert (await admin.delete(f"/accounts/{person.id}/sessions")).status_code == 403
    assert (await operator.delete(f"/accounts/{person.id}/sessions")).json() == {"ended": 1}
    assert (await client.get("/session")).status_code == 401


async def test_choosing_a_workspace_shows_what_one_may_there(api: Api) -> None:
    person = await api.account(Role.VIEWER)
    await api.workspace("other")
    system = Actor(kind=ActorKind.SYSTEM, id="test")
    await api.platform.directory.provisioning.add_member(system, "other", person.id, "admin")
    client = api.client(await api.token(person))
    chosen = (await client.patch("/session", json={"workspace": "other"})).json()
    assert (chosen["workspace"], "member.manage" in chosen["permissions"]) == ("other", True)
    assert (await client.patch("/session", json={"workspace": "none"})).status_code == 404


async def test_the_own_profile(api: Api) -> None:
    person = await api.account(Role.VIEWER, name="Ada")
    client = api.client(await api.token(person))
    shown = await client.get("/profile")
    changed = await client.patch(
        "/profile",
        json={"name": " Ada  Lovelace ", "lang": "fr", "time_zone": "Europe/Paris"},
        headers={"if-match": shown.headers["etag"]},
    )
    assert changed.status_code == 200, changed.text
    assert [changed.json()[key] for key in ("name", "lang", "time_zone")] == ["Ada Lovelace", "fr", "Europe/Paris"]
    stale = await client.patch("/profile", json={"name": "x"}, headers={"if-match": shown.headers["etag"]})
    assert stale.status_code == 412
    for body in ({"time_zone": "Mars/Base"}, {"lang": "tlh"}, {"name": ""}, {"name": "a\u202eb"}, {"name": "x" * 201}):
        assert (await client.patch("/profile", json=body)).status_code == 422, body
    # Joiners belong to Persian names.
    assert (await client.patch("/profile", json={"name": "می\u200cخواهم"})).status_code == 200


async def test_own_data_are_exported_and_hold_no_secret(api: Api) -> None:
    person = await api.account(Role.EDITOR, name="Ada", password=await api.platform.passwords.hash(PASSWORD))
    client = api.client(await api.token(person))
    document: dict[str, Any] = {
        "studio": 1,
        "name": "W",
        "nodes": {"a": {"type": "flow.set", "params": {"values": {}}}},
    }
    await client.post("/workflows", json={"document": document, "key": "mine"})
    found = await client.get("/profile/export")
    assert found.status_code == 200, found.text
    assert found.headers["content-disposition"].startswith("attachment")
    data = found.json()
    assert data["account"]["email"] == person.value.email
    assert [(one["kind"], one["name"]) for one in data["memberships"][0]["holds"]] == [("workflow", "W")]
    assert len(data["sessions"]) == 1
    assert "argon2" not in found.text
    log = await api.platform.people.records.audit(INSTANCE, limit=1)
    assert b"account.exported" in log[0].value
