"""Invitations: who gets one, who can take it, how often."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from studio.domain.access import Role
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.services.people.model import member_id
from tests.server.kit import PASSWORD, Api
from tests.server.people.mails import Postbox


async def invited(client: httpx2.AsyncClient, email: str, role: str = "editor") -> tuple[str, str]:
    """An invitation whose link is shown: its id and secret."""
    made = await client.post("/invitations", json={"email": email, "role": role})
    assert made.status_code == 201, made.text
    return made.json()["id"], made.json()["link"].partition("/invitation#")[2]


def newcomer(secret: str) -> dict[str, Any]:
    return {"secret": secret, "name": "Grace Hopper", "password": PASSWORD}


async def test_a_newcomer_takes_an_invitation_once(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    id, secret = await invited(admin, "Grace@Example.org")
    listed = (await admin.get("/invitations")).json()["items"]
    assert [(one["id"], one["email"], one["role"]) for one in listed] == [(id, "Grace@Example.org", "editor")]
    assert secret not in (await admin.get("/invitations")).text
    anonymous = either.client()
    offer = await anonymous.post("/invitations/look", json={"secret": secret})
    assert offer.json() == {
        "workspace": "default", "name": "Default", "email": "Grace@Example.org", "role": "editor",
    }  # fmt: skip
    weak = await anonymous.post("/invitations/join", json={**newcomer(secret), "password": "short"})
    assert weak.status_code == 422
    joined = await anonymous.post("/invitations/join", json=newcomer(secret))
    assert joined.status_code == 201, joined.text
    assert joined.json()["workspaces"] == [{"id": "default", "name": "Default", "role": "editor"}]
    assert joined.json()["account"]["operator"] is False
    again = await either.client().post("/invitations/join", json={**newcomer(secret), "name": "Eve"})
    assert (again.status_code, again.json()["code"]) == (404, "invitation.link")
    assert (await admin.get("/invitations")).json()["items"] == []
    account = await either.platform.people.accounts.need(INSTANCE, joined.json()["account"]["id"])
    # The Admin saw the link too: that the address is theirs is not known.
    assert account.value.verified is False


async def test_two_who_take_it_at_once_are_one(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    _, secret = await invited(admin, "grace@example.org")
    clients = [either.client() for _ in range(4)]
    answers = await asyncio.gather(*[client.post("/invitations/join", json=newcomer(secret)) for client in clients])
    assert sorted(one.status_code for one in answers) in (
        [201, 404, 404, 404],
        [201, 404, 404, 409],
        [201, 404, 409, 409],
        [201, 409, 409, 409],
    )
    accounts = await either.platform.people.accounts.all(INSTANCE, field="person")
    assert len([one for one in accounts if one.value.email == "grace@example.org"]) == 1


async def test_an_existing_account_takes_it_only_if_it_has_the_address(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    person = await api.account(None, "other", email="grace@example.org")
    grace, eve = api.client(await api.token(person)), await api.signed_in(None, "other")
    _, secret = await invited(admin, "GRACE@example.org")
    assert (await api.client().post("/invitations/accept", json={"secret": secret})).status_code == 401
    stolen = await eve.post("/invitations/accept", json={"secret": secret})
    assert (stolen.status_code, stolen.json()["code"]) == (404, "invitation.other")
    anew = await api.client().post("/invitations/join", json=newcomer(secret))
    assert (anew.status_code, anew.json()["code"]) == (409, "account.exists")
    taken = await grace.post("/invitations/accept", json={"secret": secret})
    assert taken.json() == {"workspace": "default"}
    assert (await grace.patch("/session", json={"workspace": "default"})).status_code == 200
    assert (await grace.post("/invitations/accept", json={"secret": secret})).status_code == 404
    again = await admin.post("/invitations", json={"email": "grace@example.org", "role": "viewer"})
    assert (again.status_code, again.json()["code"]) == (409, "member.exists")


async def test_an_invitation_is_revoked_replaced_and_ends(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    id, first = await invited(admin, "grace@example.org")
    _, second = await invited(admin, "grace@example.org", "viewer")
    anonymous = api.client()
    assert (await anonymous.post("/invitations/look", json={"secret": first})).status_code == 404
    assert (await anonymous.post("/invitations/look", json={"secret": second})).json()["role"] == "viewer"
    assert len((await admin.get("/invitations")).json()["items"]) == 1
    assert (await admin.delete(f"/invitations/{id}")).status_code == 404
    waiting = (await admin.get("/invitations")).json()["items"][0]["id"]
    assert (await admin.delete(f"/invitations/{waiting}")).status_code == 204
    assert (await anonymous.post("/invitations/look", json={"secret": second})).status_code == 404
    _, third = await invited(admin, "grace@example.org")
    tickets = api.platform.people.tickets
    kept = (await tickets.all(INSTANCE, field="invited_to", value=DEFAULT_WORKSPACE))[0]
    now = api.platform.ports.clock()
    await api.platform.people.records.commit([tickets.put(INSTANCE, kept.id, kept.value, expires_at=now - 10**6)])
    assert (await anonymous.post("/invitations/join", json=newcomer(third))).status_code == 404


async def test_an_invitation_holds_as_long_as_its_maker_may_give_it(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    host = await api.account(Role.ADMIN)
    client = api.client(await api.token(host))
    _, secret = await invited(client, "grace@example.org", "admin")
    anonymous = api.client()
    assert (await anonymous.post("/invitations/look", json={"secret": secret})).status_code == 200
    await admin.patch(f"/members/{host.id}", json={"role": "editor"})
    assert (await anonymous.post("/invitations/join", json=newcomer(secret))).status_code == 404
    await admin.patch(f"/members/{host.id}", json={"role": "admin"})
    assert (await anonymous.post("/invitations/look", json={"secret": secret})).status_code == 200
    await admin.delete(f"/members/{host.id}")
    assert (await anonymous.post("/invitations/join", json=newcomer(secret))).status_code == 404


async def test_only_who_manages_members_invites(api: Api) -> None:
    editor, admin = await api.signed_in(Role.EDITOR), await api.signed_in(Role.ADMIN)
    body = {"email": "friend@example.org", "role": "admin"}
    assert (await editor.post("/invitations", json=body)).status_code == 403
    assert (await admin.post("/invitations", json=body)).status_code == 201
    for email in ("", "nobody", "a@b@c", "a b@example.org", "a@example.org\nBcc: x@example.org", "<a@example.org>"):
        refused = await admin.post("/invitations", json={"email": email, "role": "viewer"})
        assert (refused.status_code, refused.json()["code"]) == (422, "account.email"), email
    unknown = await admin.post("/invitations", json={"email": "a@example.org", "role": "none"})
    assert unknown.status_code == 404


async def test_where_mail_is_sent_nobody_else_sees_the_link(posting: tuple[Api, Postbox]) -> None:
    api, box = posting
    admin = await api.signed_in(Role.ADMIN, name="Ada <b>\u202e")
    made = await admin.post("/invitations", json={"email": "grace@example.org", "role": "editor"})
    assert made.status_code == 201, made.text
    assert (made.json()["link"], made.json()["mailed"]) == (None, True)
    secret = box.secret("grace@example.org", "invitation")
    joined = await api.client().post("/invitations/join", json=newcomer(secret))
    assert joined.status_code == 201, joined.text
    account = await api.platform.people.accounts.need(INSTANCE, joined.json()["account"]["id"])
    assert account.value.verified is True


async def test_a_link_has_the_set_address_whatever_host_is_asked(posting: tuple[Api, Postbox]) -> None:
    api, box = posting
    admin = await api.signed_in(Role.ADMIN)
    poisoned = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "http", "forwarded": "host=evil.example"}
    made = await admin.post(
        "/invitations", json={"email": "grace@example.org", "role": "editor"},
        headers={**poisoned, "origin": "https://studio.example.org"},
    )  # fmt: skip
    assert made.status_code == 201
    assert "evil" not in box.to("grace@example.org")[-1].get_content()
    person = await api.account(Role.VIEWER, email="bob@example.org")
    link = await admin.post(f"/members/{person.id}/reset-link", headers=poisoned)
    assert link.json()["link"].startswith("https://studio.example.org/reset#")
    refused = await admin.post(f"/members/{person.id}/reset-link", headers={"host": "evil.example"})
    assert refused.status_code == 421


async def test_where_the_mail_server_refuses_there_is_no_invitation(posting: tuple[Api, Postbox]) -> None:
    api, box = posting
    admin = await api.signed_in(Role.ADMIN)
    box.refusing = True
    refused = await admin.post("/invitations", json={"email": "grace@example.org", "role": "editor"})
    assert (refused.status_code, refused.json()["code"]) == (502, "mail.refused")
    assert (await admin.get("/invitations")).json()["items"] == []
    box.refusing = False
    assert (await admin.post("/invitations", json={"email": "grace@example.org", "role": "editor"})).status_code == 201


async def test_a_member_who_is_one_already_keeps_their_role(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    person = await api.account(None, email="grace@example.org")
    client = api.client(await api.token(person))
    _, secret = await invited(admin, "grace@example.org", "admin")
    people = api.platform.people
    await api.platform.directory.provisioning.add_member(_system(), DEFAULT_WORKSPACE, person.id, "viewer")
    assert (await client.post("/invitations/accept", json={"secret": secret})).status_code == 200
    kept = await people.members.need(INSTANCE, member_id(DEFAULT_WORKSPACE, person.id))
    assert kept.value.role == "viewer"


def _system() -> Any:
    from studio.domain.access import Actor, ActorKind

    return Actor(kind=ActorKind.SYSTEM, id="test", workspace=DEFAULT_WORKSPACE)
