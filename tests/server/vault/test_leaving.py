"""Somebody leaves: their credentials go to the heir, sign-ins at providers and what was shared with them end."""

from __future__ import annotations

from studio.domain.access import Role
from studio.services.vault.connecting import CALLBACK
from tests.server.kit import Api
from tests.server.vault.provider import running_provider
from tests.server.vault.test_credentials import make
from tests.server.vault.test_oauth import ask, connect, fields, new, register


async def test_credentials_are_handed_on_and_grants_end(api: Api) -> None:
    api.platform.address = api.url
    async with running_provider(redirect_uri=api.url + CALLBACK) as provider:
        await register(api, provider)
        person, heir = await api.account(Role.EDITOR, name="Grace"), await api.account(Role.EDITOR, name="Heir")
        client, owner = api.client(await api.token(person)), api.client(await api.token(heir))
        admin = await api.signed_in(Role.ADMIN)
        calendar = await new(client)
        await connect(client, calendar)
        tokens = await fields(api, calendar)
        assert await ask(api, provider) == 200
        plain = (await make(client, name="plain"))["id"]
        shared = (await make(owner, name="shared"))["id"]
        sharing = {"members": {person.id: "use"}, "everyone": "use"}
        assert (await owner.put(f"/credentials/{shared}/sharing", json=sharing)).is_success
        # One that somebody else owns, but for which they signed in.
        foreign = await new(client, "foreign")
        await connect(client, foreign)
        moved = await client.post(f"/credentials/{foreign}/transfer", json={"owner": heir.id})
        assert moved.is_success, moved.text
        path = f"/members/{person.id}/offboarding"
        place = (await admin.get(path)).json()["workspaces"][0]
        assert sorted((one["kind"], one["name"], one["fate"]) for one in place["holdings"]) == [
            ("credential", "calendar", "handed"), ("credential", "plain", "handed"), ("grant", "calendar", "ends"),
            ("grant", "foreign", "ends"), ("grant", "shared", "ends"),
        ]  # fmt: skip
        assert (await admin.post(path, json={})).json()["code"] == "offboarding.no_heir"
        done = await admin.post(path, json={"heir": heir.id})
        assert done.status_code == 200, done.text
        assert (await client.get("/session")).status_code == 401
        shown = {id: (await owner.get(f"/credentials/{id}")).json() for id in (calendar, plain, shared, foreign)}
        assert {one["owner"] for one in shown.values()} == {heir.id}
        assert [shown[id]["state"] for id in (calendar, plain, shared, foreign)] == [
            "sign_in", "ready", "ready", "sign_in",
        ]  # fmt: skip
        assert shown[shared]["sharing"] == {"members": {}, "groups": {}, "everyone": "use"}
        assert (await fields(api, plain))["token"]
        for id in (calendar, foreign):
            assert set(await fields(api, id)) & {"access_token", "refresh_token", "expires_at"} == set()
        # The provider was told, and what is left of the tokens anywhere is masked.
        assert provider.seen["revoke"] == 4
        hidden = await api.platform.ports.lookup.hiding.of("default")
        assert hidden.text(f"a {tokens['access_token']} b") == "a ••• b"
        assert await api.platform.directory.offboardings.open() == []
        log = b"".join(one.value for one in await api.platform.people.records.audit("default", limit=100))
        assert b"credential.grant_ended" in log
        assert b"credential.transferred" in log
        await connect(owner, calendar)
        assert await ask(api, provider) == 200


async def test_handing_over_leaves_grants_alone(api: Api) -> None:
    person, heir = await api.account(Role.EDITOR), await api.account(Role.EDITOR)
    client, admin = api.client(await api.token(person)), await api.signed_in(Role.ADMIN)
    id = (await make(client, name="plain"))["id"]
    done = await admin.post(f"/members/{person.id}/handover", json={"to": heir.id})
    assert done.json() == {"handed": 1}
    assert (await admin.get(f"/credentials/{id}")).json()["owner"] == heir.id
