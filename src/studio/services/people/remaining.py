"""That somebody remains who can: an operator, and one who gets in when the identity provider is down.

Each function gives the conditions under which that holds once the change is stored. They stand in the same transaction
as the change, so that of two people who take each other out at the same moment one is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.contracts.records import Change
from studio.domain.errors import Conflict
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.people.guards import keep_an_admin
from studio.services.people.model import Account, People
from studio.services.sso.model import SsoShelf


async def keep_operation(people: People, leaving: Kept[Account]) -> list[Change]:
    """The conditions under which the instance is still operated without this one.

    Raises:
        Conflict: They are the last active operator, or the last whom a password lets in while a provider is enforced.
    """
    if not leaving.value.operator:
        return []
    return [*await _another_operator(people, leaving), *await keep_a_way_in(people, leaving)]


async def keep_everything(people: People, leaving: Kept[Account]) -> list[Change]:
    """The conditions under which somebody can be let in no more: also each of their workspaces keeps an Admin.

    Raises:
        Conflict: They are the last one somewhere.
    """
    held = await keep_operation(people, leaving)
    for member in await people.members.all(INSTANCE, field="account", value=leaving.id):
        held += await keep_an_admin(people, member.value.workspace, members={leaving.id: None})
    return held


async def keep_a_way_in(people: People, leaving: Kept[Account]) -> list[Change]:
    """The condition under which somebody still gets in by a password while a provider is enforced.

    Raises:
        Conflict: This one is the last.
    """
    if not _gets_in(leaving.value) or await SsoShelf(people.records).enforcing() is None:
        return []
    found = await _who_gets_in(people, but=leaving.id)
    return [people.accounts.check(INSTANCE, found.id, found.revision)]


async def open_a_way_in(people: People) -> list[Change]:
    """The same where a provider begins to be enforced. The account is written again as it is: whoever takes away what
    lets it in has seen another revision, and is refused.

    Raises:
        Conflict: There is nobody.
    """
    found = await _who_gets_in(people)
    return [people.accounts.put(INSTANCE, found.id, found.value, expected=found.revision)]


async def _another_operator(people: People, leaving: Kept[Account]) -> Sequence[Change]:
    for one in await people.accounts.all(INSTANCE, field="operator"):
        if one.id != leaving.id and one.value.active and one.value.operator:
            return [people.accounts.check(INSTANCE, one.id, one.revision)]
    raise Conflict("account.last_operator", "There would be no operator. Make somebody else one first.")


async def _who_gets_in(people: People, but: str = "") -> Kept[Account]:
    """An operator with a password whom an enforced provider does not keep out: they can turn it off."""
    for one in await people.accounts.all(INSTANCE, field="operator"):
        if one.id != but and _gets_in(one.value):
            return one
    raise Conflict(
        "sso.no_break_glass",
        "Nobody could get in if the identity provider fails. Let an operator with a password sign in regardless first.",
    )


def _gets_in(account: Account) -> bool:
    return account.operator and account.break_glass and account.active and account.password is not None
