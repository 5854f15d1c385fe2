"""Who somebody is, as what runs asks for it: as it was seconds ago at most, and never older than a change made here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from studio.domain.access import Permission, Role
from studio.domain.ids import INSTANCE
from studio.services.people.model import Account, CustomRole, Group, Member, People, Workspace, member_id
from studio.services.people.standing import KEPT, Standings
from tests.storage.kit import Place


@pytest.fixture(params=["sqlite", "postgres"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """On SQLite and on Postgres."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    place = Place(url, tmp_path / "data")
    yield place
    await place.close()


async def test_a_change_made_here_counts_at_once_and_one_made_elsewhere_when_the_time_is_over(place: Place) -> None:
    people, theirs = [People((await place.open()).store.records) for _ in range(2)]
    now = 100.0
    here, there = Standings(people, lambda: now), Standings(theirs, lambda: now)
    id = member_id("default", "ada")
    ada = Account(email="", mail_key="", name="Ada")
    commit = people.records.commit
    await commit([
        people.accounts.put(INSTANCE, "ada", ada), people.workspaces.put(INSTANCE, "default", Workspace(name="D")),
        people.members.put(INSTANCE, id, Member(workspace="default", account="ada", role="own", groups=["g"])),
        people.groups.put("default", "g", Group(name="G", role=Role.SERVICE)),
        people.roles.put("default", "own", CustomRole(name="Own", permissions=["credential.use"])),
    ])  # fmt: skip

    async def may(who: Standings) -> tuple[bool, bool] | None:
        found = await who.lately("default", "ada")
        if found is None:
            return None
        actor = found.actor
        assert found.groups == ("g",)
        return actor.may(Permission.CREDENTIAL_USE), actor.may(Permission.TABLE_EDIT)

    assert await may(here) == await may(there) == (True, True)
    await commit([people.roles.put("default", "own", CustomRole(name="Own", permissions=[]))])
    assert await may(here) == (False, True)
    assert await may(there) == (True, True)
    await commit([people.groups.put("default", "g", Group(name="G"))])
    assert await may(here) == (False, False)
    now += KEPT
    assert await may(there) == (False, False)
    await commit([people.accounts.put(INSTANCE, "ada", Account(email="", mail_key="", name="Ada", active=False))])
    assert await may(here) is None
    await commit([people.accounts.put(INSTANCE, "ada", ada)])
    assert await may(here) == (False, False)
    await commit([people.workspaces.put(INSTANCE, "default", Workspace(name="D", active=False))])
    assert await may(here) is None
    assert await may(there) == (False, False)
    now += KEPT
    assert await may(there) is None
