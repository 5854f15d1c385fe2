"""API keys where a workspace asks for a second factor: they are no way around it."""

from __future__ import annotations

import msgspec

from studio.domain.access import Actor, Role
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.people.model import Account
from tests.server.gateway.test_keys import actions, make
from tests.server.kit import Api

FACTOR = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


async def change(api: Api, account: Kept[Account], **more: object) -> None:
    """Give an account something."""
    people = api.platform.people
    kept = await people.accounts.need(INSTANCE, account.id)
    changed = msgspec.structs.replace(kept.value, **more)  # pyright: ignore[reportArgumentType]
    await people.records.commit([people.accounts.put(INSTANCE, account.id, changed)])


async def test_keys_are_no_way_around_a_second_factor(either: Api) -> None:
    admin = await either.account(Role.ADMIN, totp=FACTOR)
    boss = either.client(await either.token(admin))
    ada = await either.account(Role.EDITOR)
    session = either.client(await either.token(ada))
    key = await make(session)
    robot = (await boss.post("/service-accounts", json={"name": "Robot", "role": "editor"})).json()["id"]
    service = either.client((await make(boss, owner=robot))["secret"])
    own = either.client((await make(boss))["secret"])
    client = either.client(key["secret"])
    assert (await client.get("/workflows")).status_code == 200
    asked = await boss.patch("/workspaces/default", json={"second_factor": True})
    assert asked.status_code == 200, asked.text
    # Neither a key of somebody without one, nor a session, nor a key that such a session makes.
    for path in ("/workflows", "/keys/current"):
        refused = await client.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "key.second_factor"), path
    assert (await client.post("/run/none", json={})).json()["code"] == "key.second_factor"
    assert ("key.refused", "second_factor") in await actions(either)
    for method, path in (("POST", "/keys"), ("PATCH", f"/keys/{key['id']}"), ("POST", f"/keys/{key['id']}/rotate")):
        refused = await session.request(method, path, json={"name": "Other"} if "rotate" not in path else {})
        assert (refused.status_code, refused.json()["code"]) == (403, "access.second_factor"), path
    # One's own key can be revoked all the same; those of service accounts and of people with a factor go on.
    spare = await api_key_of(either, ada)
    assert (await session.delete(f"/keys/{spare}")).status_code == 204
    assert (await service.get("/workflows")).status_code == 200
    assert (await own.get("/workflows")).status_code == 200
    # With a factor, or a provider that asks for what it thinks right, the key counts again; without, at once no more.
    for given, taken in (({"totp": FACTOR}, {"totp": None}), ({"subject": "acme\n1"}, {"subject": None})):
        await change(either, ada, **given)
        assert (await client.get("/workflows")).status_code == 200
        await change(either, ada, **taken)
        assert (await client.get("/workflows")).status_code == 403
    assert (await boss.patch("/workspaces/default", json={"second_factor": False})).status_code == 200
    assert (await client.get("/workflows")).status_code == 200


async def api_key_of(api: Api, account: Kept[Account]) -> str:
    """Another key of somebody, made before it was asked for."""
    from studio.domain.access import ROLES, ActorKind
    from studio.services.gateway.keys import Wanted

    who = Actor(kind=ActorKind.PERSON, id=account.id, workspace="default", permissions=ROLES[Role.EDITOR])
    return (await api.platform.gateway.keys.create(who, Wanted(name="Spare"))).key.id
