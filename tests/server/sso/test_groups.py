"""Groups of the provider made to roles, and checked again at each sign-in."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.domain.access import Actor, Role
from studio.domain.ids import INSTANCE
from studio.services.people.model import Group, member_id
from tests.server.sso.kit import Mapping, Sso
from tests.server.sso.provider import User

EDITORS = Mapping(value="editors", workspace="default", role="editor")
ADMINS = Mapping(value="admins", workspace="default", role="admin")


async def signed_in(sso: Sso, *groups: str, **more: Any) -> int:
    """Sign Ada in with these groups."""
    sso.there.user = User(groups=list(groups), **more)
    return (await sso.browser().sign_in()).status_code


async def group(sso: Sso, name: str, role: str | None = None, workspace: str = "default") -> str:
    """A group of a workspace."""
    people = sso.api.platform.people
    await people.records.commit([people.groups.put(workspace, f"g-{name}", Group(name=name, role=role))])
    return f"g-{name}"


async def test_roles_come_and_go_with_the_groups(sso_either: Sso) -> None:
    sso = sso_either
    await sso.api.workspace("sales")
    await sso.api.account(Role.ADMIN)  # so that there is one without the groups too
    await sso.set_up(mappings=[ADMINS, EDITORS, Mapping(value="sales", workspace="sales", role="viewer")])
    assert await signed_in(sso, "editors", "sales", "something-else") == 303
    browser = sso.browser()
    await browser.sign_in()
    member = await sso.member()
    assert member is not None
    assert member.role == "editor"
    assert (await sso.member("sales")) is not None
    assert "workflow.edit" in (await browser.session()).json()["permissions"]
    assert await signed_in(sso, "editors", "admins") == 303
    member = await sso.member()
    assert member is not None
    assert member.role == "admin"
    assert await sso.member("sales") is None
    assert await signed_in(sso) == 303
    assert await sso.member() is None
    # The session that was open before has lost its rights at once.
    assert (await browser.session()).json()["permissions"] == []
    actions = [entry.action for entry in [*await sso.audited("member.removed", "default")]]
    assert actions == ["member.removed"]


async def test_without_groups_in_the_token_everything_given_is_taken(sso: Sso) -> None:
    await sso.set_up(mappings=[EDITORS])
    await signed_in(sso, "editors")
    sso.there.user = User()
    assert (await sso.browser().sign_in()).status_code == 303
    assert await sso.member() is None


async def test_what_was_given_by_hand_stays(sso: Sso) -> None:
    by_hand = await group(sso, "by-hand")
    mapped = await group(sso, "mapped", "editor")
    await sso.set_up(mappings=[EDITORS, Mapping(value="crew", workspace="default", group=mapped)])
    sso.there.user = User(groups=[])
    await sso.browser().sign_in()
    account = await sso.account()
    assert account is not None
    provisioning = sso.api.platform.directory.provisioning
    await provisioning.add_member(Actor(), "default", account.id, Role.ADMIN, [by_hand])
    await signed_in(sso, "editors", "crew")
    member = await sso.member()
    assert member is not None
    assert member.role == "admin"
    assert set(member.groups) == {by_hand, mapped}
    await signed_in(sso)
    member = await sso.member()
    assert member is not None
    assert member.role == "admin"
    assert member.groups == [by_hand]


async def test_a_group_given_by_hand_stays_on_a_membership_from_groups(sso: Sso) -> None:
    extra, mapped = await group(sso, "extra"), await group(sso, "mapped")
    await sso.set_up(mappings=[EDITORS, Mapping(value="crew", workspace="default", group=mapped)])
    await signed_in(sso, "editors", "crew")
    account = await sso.account()
    assert account is not None
    await sso.api.platform.directory.provisioning.set_groups(Actor(), "default", account.id, [mapped, extra])
    await signed_in(sso, "editors")
    member = await sso.member()
    assert member is not None
    assert member.groups == [extra]


async def test_a_membership_ended_and_made_anew_by_hand_is_by_hand(sso: Sso) -> None:
    await sso.set_up(mappings=[EDITORS])
    await signed_in(sso, "editors")
    account = await sso.account()
    assert account is not None
    provisioning = sso.api.platform.directory.provisioning
    await provisioning.remove_member(Actor(), "default", account.id)
    await signed_in(sso, "editors")
    await signed_in(sso)
    assert await sso.member() is None  # given anew by the groups, so taken by them
    await signed_in(sso, "editors")
    await provisioning.remove_member(Actor(), "default", account.id)
    await provisioning.add_member(Actor(), "default", account.id, "viewer")
    await signed_in(sso)
    member = await sso.member()
    assert member is not None
    assert member.role == "viewer"


async def test_a_group_alone_gives_the_default_role(sso: Sso) -> None:
    crew = await group(sso, "crew", "editor")
    await sso.set_up(mappings=[Mapping(value="crew", workspace="default", group=crew)], default_role="viewer")
    await signed_in(sso, "crew")
    member = await sso.member()
    assert member is not None
    assert (member.role, member.groups) == ("viewer", [crew])


async def test_who_is_in_no_group_is_refused_and_loses_what_they_had(sso: Sso) -> None:
    await sso.set_up(mappings=[EDITORS], requires_mapping=True, default_workspace="default")
    assert await signed_in(sso, "others") == 403
    assert await sso.account() is None
    assert await signed_in(sso, "editors") == 303
    assert await signed_in(sso, "others") == 403
    assert await sso.member() is None


async def test_the_last_admin_stays_until_there_is_another(sso: Sso) -> None:
    """Whatever the provider says; the log tells of it, and the next sign-in tries again."""
    await sso.set_up(mappings=[ADMINS])
    await signed_in(sso, "admins")
    assert await signed_in(sso) == 303
    member = await sso.member()
    assert member is not None
    assert member.role == "admin"
    (kept,) = await sso.audited("member.kept", "default")
    assert (kept.outcome, kept.after) == ("refused", {"reason": "member.last_admin"})
    await sso.api.account(Role.ADMIN)
    assert await signed_in(sso) == 303
    assert await sso.member() is None


async def test_what_is_gone_gives_nothing(sso: Sso) -> None:
    crew = await group(sso, "crew")
    people = sso.api.platform.people
    await sso.set_up(mappings=[Mapping(value="crew", workspace="default", group=crew), EDITORS])
    await people.records.commit([people.groups.drop("default", crew)])
    assert await signed_in(sso, "crew") == 303
    assert await sso.member() is None
    place = await people.workspaces.need(INSTANCE, "default")
    archived = msgspec.structs.replace(place.value, active=False)
    await people.records.commit([people.workspaces.put(INSTANCE, "default", archived)])
    assert await signed_in(sso, "editors") == 303
    account = await sso.account()
    assert account is not None
    assert await people.members.get(INSTANCE, member_id("default", account.id)) is None


SHAPES: list[tuple[str, dict[str, Any], bool]] = [
    ("groups", {"groups": "editors"}, True),
    ("groups", {"groups": ["other", 7, None, "editors"]}, True),
    ("groups", {"groups": {"editors": True}}, False),
    ("groups", {"groups": 7}, False),
    ("realm_access.roles", {"groups": ["editors"]}, False),
    ("realm_access.roles", {"realm_access": {"roles": ["editors"]}}, True),
    ("https://example.org/roles", {"https://example.org/roles": ["editors"]}, True),
]


async def test_shapes_of_the_claim(sso: Sso) -> None:
    await sso.set_up(mappings=[EDITORS])
    for number, (claim, more, given) in enumerate(SHAPES):
        await sso.change(groups_claim=claim)
        email = f"ada{number}@example.org"
        sso.there.user = User(subject=f"u-{number}", email=email, more=more)
        assert (await sso.browser().sign_in()).status_code == 303
        assert (await sso.member(email=email) is not None) == given, (claim, more)


async def test_groups_that_the_token_had_no_room_for(sso: Sso) -> None:
    await sso.set_up(mappings=[EDITORS])
    await signed_in(sso, "editors")
    sso.there.user = User(more={"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "x"}}})
    refused = await sso.browser().sign_in()
    assert refused.json()["code"] == "sso.groups_left_out"
    assert await sso.member() is not None  # what the provider did not say takes nothing away
