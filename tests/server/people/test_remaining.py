"""There is always somebody who can: an Admin in each workspace, an operator, one who gets in without the provider."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import msgspec

from studio.crypto.passwords import Passwords
from studio.domain.access import Actor, Role
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.services._collection import Kept
from studio.services.people.model import Account, member_id
from studio.services.sso.model import IdentityProvider, Mapping, SsoShelf
from tests.server.kit import PASSWORD, Api
from tests.server.scim.kit import directory, patch

PROVIDER = {"name": "Acme", "issuer": "https://idp.example.org", "client_id": "studio"}


async def role_of(api: Api, account: str, workspace: str = DEFAULT_WORKSPACE) -> str | None:
    """What somebody is in a workspace."""
    found = await api.platform.people.members.get(INSTANCE, member_id(workspace, account))
    return None if found is None else found.value.role


async def stands(api: Api, account: str) -> bool:
    """Whether somebody is an active Admin."""
    found = await api.platform.people.accounts.need(INSTANCE, account)
    return found.value.active and await role_of(api, account) == Role.ADMIN


async def test_the_last_admin_is_neither_suspended_nor_taken_out_by_a_directory(either: Api) -> None:
    boss = either.client(await either.token(await either.account(None, operator=True)))
    admin = await either.account(Role.ADMIN)
    there = await directory(either)
    group = (await there.post("/Groups", json={"schemas": [], "displayName": "Admins"})).json()["id"]
    for asked in (
        lambda: boss.patch(f"/accounts/{admin.id}", json={"active": False}),
        lambda: boss.post(f"/accounts/{admin.id}/offboarding", json={}),
        lambda: there.delete(f"/Users/{admin.id}"),
        lambda: there.patch(f"/Users/{admin.id}", json=patch({"op": "replace", "path": "active", "value": False})),
    ):
        refused = await asked()
        assert refused.status_code == 409, refused.text
        assert await stands(either, admin.id)
    # Through a group they are one too, and the directory writes groups.
    people = either.platform.people
    made = await people.groups.need(DEFAULT_WORKSPACE, group)
    member = await people.members.need(INSTANCE, member_id(DEFAULT_WORKSPACE, admin.id))
    await people.records.commit(
        [
            people.groups.put(DEFAULT_WORKSPACE, group, msgspec.structs.replace(made.value, role=Role.ADMIN)),
            people.members.put(
                INSTANCE, member.id, msgspec.structs.replace(member.value, role=Role.VIEWER, groups=[group])
            ),
        ]
    )
    out: dict[str, Any] = {"schemas": [], "displayName": "Admins", "members": []}
    assert (await there.delete(f"/Groups/{group}")).status_code == 409
    assert (await there.put(f"/Groups/{group}", json=out)).status_code == 409
    # With another one, all of it is done.
    other = await either.account(Role.ADMIN)
    assert (await there.put(f"/Groups/{group}", json=out)).status_code == 200
    assert (await there.delete(f"/Groups/{group}")).status_code == 204
    assert (await there.delete(f"/Users/{admin.id}")).status_code == 204
    third = await either.account(Role.ADMIN)
    assert (await boss.patch(f"/accounts/{other.id}", json={"active": False})).status_code == 200
    assert await stands(either, third.id)


async def both(*asked: Any) -> list[int]:
    """The statuses of requests at once, sorted."""
    return sorted(one.status_code for one in await asyncio.gather(*asked))


async def test_of_two_who_take_each_other_out_at_once_one_stays(either: Api) -> None:
    """However they do it: removed, demoted, suspended, by an operator, by a directory."""
    boss = either.client(await either.token(await either.account(None, operator=True)))
    there = await directory(either)

    def removed(client: httpx2.AsyncClient, other: str) -> Any:
        return client.delete(f"/members/{other}")

    def demoted(client: httpx2.AsyncClient, other: str) -> Any:
        return client.patch(f"/members/{other}", json={"role": "viewer"})

    def suspended(client: httpx2.AsyncClient, other: str) -> Any:
        return boss.patch(f"/accounts/{other}", json={"active": False})

    def unlisted(client: httpx2.AsyncClient, other: str) -> Any:
        return there.delete(f"/Users/{other}")

    def offboarded(client: httpx2.AsyncClient, other: str) -> Any:
        return client.post(f"/members/{other}/offboarding", json={})

    last: list[Kept[Account]] = []
    for first, second in (
        (removed, removed), (removed, suspended), (demoted, unlisted), (suspended, suspended), (unlisted, suspended),
        (offboarded, removed),
    ):  # fmt: skip
        pair = [await either.account(Role.ADMIN), await either.account(Role.ADMIN)]
        for one in last:  # of the pair before, so that there are just these two
            await boss.delete(f"/accounts/{one.id}/sessions")
            await boss.patch(f"/accounts/{one.id}", json={"active": False})
        clients = [either.client(await either.token(one)) for one in pair]
        await both(first(clients[0], pair[1].id), second(clients[1], pair[0].id))
        left = [one for one in pair if await stands(either, one.id)]
        assert left, (first.__name__, second.__name__)
        last = left


async def test_the_last_operator_stays_also_of_two_at_once(either: Api) -> None:
    pair = [await either.account(None, operator=True), await either.account(None, operator=True)]
    clients = [either.client(await either.token(one)) for one in pair]
    there = await directory(either, authority="instance")
    off = patch({"op": "replace", "path": "active", "value": False})
    await both(
        clients[0].patch(f"/accounts/{pair[1].id}", json={"operator": False}),
        clients[1].patch(f"/accounts/{pair[0].id}", json={"active": False}),
        there.patch(f"/Users/{pair[0].id}", json=off),
    )
    people = either.platform.people
    left = [one for one in await people.accounts.all(INSTANCE, field="operator") if one.value.active]
    assert left
    for one in left[1:]:
        await people.records.commit([people.accounts.put(INSTANCE, one.id, _without_power(one))])
    client = either.client(await either.token(left[0]))
    for body in ({"operator": False}, {"active": False}):
        refused = await client.patch(f"/accounts/{left[0].id}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "account.last_operator")
    await there.delete(f"/Users/{left[0].id}")
    assert (await people.accounts.need(INSTANCE, left[0].id)).value.active


def _without_power(one: Kept[Account]) -> Account:
    return msgspec.structs.replace(one.value, operator=False)


async def test_the_last_break_glass_account_stays_while_a_provider_is_enforced(either: Api) -> None:
    hashed = await Passwords().hash(PASSWORD)
    plain = await either.account(None, operator=True)
    glass = await either.account(None, operator=True, password=hashed, break_glass=True)
    client = either.client(await either.token(plain))
    made = await client.post("/operator/identity-providers", json={**PROVIDER, "id": "acme", "enforced": True})
    assert made.status_code == 201, made.text
    there = await directory(either, authority="instance")
    for asked in (
        lambda: client.delete(f"/operator/break-glass/{glass.id}"),
        lambda: client.patch(f"/accounts/{glass.id}", json={"operator": False}),
        lambda: client.patch(f"/accounts/{glass.id}", json={"active": False}),
        lambda: client.post(f"/accounts/{glass.id}/offboarding", json={}),
    ):
        refused = await asked()
        assert (refused.status_code, refused.json()["code"]) == (409, "sso.no_break_glass"), refused.text
    shown = (await client.post(f"/accounts/{glass.id}/offboarding/preview", json={})).json()
    assert (shown["last_operator"], shown["possible"]) == (True, False)
    await there.delete(f"/Users/{glass.id}")
    assert (await either.platform.people.accounts.need(INSTANCE, glass.id)).value.active
    second = await either.account(None, operator=True, password=hashed, break_glass=True)
    await both(
        client.delete(f"/operator/break-glass/{glass.id}"),
        client.patch(f"/accounts/{second.id}", json={"operator": False}),
    )
    people = either.platform.people
    found = [(await people.accounts.need(INSTANCE, one.id)).value for one in (glass, second)]
    assert any(one.break_glass and one.operator and one.active for one in found)


async def test_enforcing_and_losing_the_way_in_at_once(either: Api) -> None:
    """Whichever is first: with a provider enforced there is somebody whom a password lets in."""
    hashed = await Passwords().hash(PASSWORD)
    client = either.client(await either.token(await either.account(None, operator=True)))
    await client.post("/operator/identity-providers", json={**PROVIDER, "id": "acme"})
    people, path = either.platform.people, "/operator/identity-providers/acme"
    for _ in range(5):
        glass = await either.account(None, operator=True, password=hashed, break_glass=True)
        await both(
            client.patch(path, json={"enforced": True}),
            client.patch(f"/accounts/{glass.id}", json={"operator": False}),
        )
        after = (await people.accounts.need(INSTANCE, glass.id)).value
        enforced = await SsoShelf(people.records).enforcing()
        assert enforced is None or after.operator
        await client.patch(path, json={"enforced": False})
        await client.patch(f"/accounts/{glass.id}", json={"operator": False})


async def test_groups_of_a_provider_leave_the_last_admin(api: Api) -> None:
    """At a sign-in with a provider that does not give the role any more."""
    await api.workspace()
    admins = Mapping(value="admins", workspace=DEFAULT_WORKSPACE, role="admin")
    provider = IdentityProvider(name="Acme", issuer="https://idp.example.org", client_id="x", mappings=[admins])
    await api.platform.sso.providers.create(Actor(), "acme", provider)
    person, granting = await api.account(None), api.platform.sso.granting
    from studio.services.sso.granting import shares_of

    async def sign_in(*groups: str) -> list[str]:
        plan = await granting.plan(
            Actor(), "acme", person.id, "Ada", shares_of(provider.mappings, set(groups)), "viewer"
        )  # fmt: skip
        await api.platform.people.records.commit(plan.changes, plan.audit)
        from studio.services.auditing import read_entry

        return [read_entry(one.value).action for one in plan.audit]  # pyright: ignore[reportReturnType]

    await sign_in("admins")
    assert await sign_in() == ["member.kept"]
    assert await stands(api, person.id)
    await api.account(Role.ADMIN)
    assert await sign_in() == ["member.removed"]
    assert await role_of(api, person.id) is None


async def test_in_an_archived_workspace_nobody_has_to_stay(api: Api) -> None:
    boss = api.client(await api.token(await api.account(None, operator=True)))
    admin = await api.account(Role.ADMIN, "old")
    assert (await boss.patch("/workspaces/old", json={"active": False})).status_code == 200
    assert (await boss.post(f"/accounts/{admin.id}/offboarding", json={})).status_code == 200
    assert await role_of(api, admin.id, "old") is None
