"""Who was kept from something that matters is in the log: once a minute, and no more."""

from __future__ import annotations

from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from studio.services.auditing import AuditFacts, read_entry
from tests.server.kit import Api
from tests.server.test_matrix import open_socket


async def refusals(api: Api, workspace: str = "default") -> list[AuditFacts]:
    """The entries, oldest first."""
    entries = [read_entry(one.value) for one in await api.platform.ports.records.audit(workspace, after=0, limit=500)]
    return [one for one in entries if one.action == "access.refused"]


async def test_refusals_are_told(api: Api) -> None:
    account = await api.account(Role.VIEWER, name="Vi")
    viewer = api.client(await api.token(account))
    admin = await api.signed_in(Role.ADMIN)
    for _ in range(3):
        assert (await viewer.post("/roles", json={"name": "X", "permissions": []})).status_code == 403
    assert (await viewer.get("/audit")).status_code == 403
    assert (await viewer.get("/accounts")).status_code == 403
    assert (await viewer.get("/members")).status_code == 200
    assert (await api.client().post("/roles", json={})).status_code == 401
    told = [(one.actor_id, one.target_id, (one.after or {})["permission"]) for one in await refusals(api)]
    assert told == [
        (account.id, "POST /roles", "member.manage"), (account.id, "GET /audit", "audit.view"),
    ]  # fmt: skip
    (above,) = await refusals(api, INSTANCE)
    assert (above.target_id, above.actor_name, above.outcome) == ("GET /accounts", "Vi", "refused")
    # Also what the service refuses, and not the route: to give what one does not have.
    custom = (
        await admin.post("/roles", json={"name": "Staff", "permissions": ["member.manage", "member.view"]})
    ).json()
    staff = api.client(await api.token(await api.account(custom["id"])))
    mightier = await staff.post("/roles", json={"name": "Y", "permissions": ["audit.view"]})
    assert mightier.json()["code"] == "access.not_yours_to_give"
    assert (await refusals(api))[-1].after == {"permission": "member.manage", "reason": "access.not_yours_to_give"}
    # A connection that may not be opened changes nothing, and is nothing to tell.
    before = len(await refusals(api))
    from studio.server.resources.events.following import routes

    live = next(one for one in routes.routes if getattr(one, "path", "").endswith("/live"))
    nobody = await api.token(await api.account(None))
    assert await open_socket(api, live, nobody) == 403  # pyright: ignore[reportArgumentType]
    assert len(await refusals(api)) == before
