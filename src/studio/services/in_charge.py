"""What an execution may use while it runs: asked at every use, for whoever answers for it, as they stand now.

Who that is was recorded when the execution was accepted; see docs/adr/0033. What is asked of a credential is read at
that moment; who somebody is may be some seconds old.
"""

from __future__ import annotations

from studio.contracts.records import Records
from studio.domain.access import Permission
from studio.domain.errors import AccessRefused, ErrorClass
from studio.engine import Charge
from studio.services._collection import Kept
from studio.services.people.model import People
from studio.services.people.standing import Standing, Standings
from studio.services.vault.access import administers, allowed, granted
from studio.services.vault.model import Credential
from studio.services.workflows.model import Shelf, answerable


class InCharge:
    """Refuses what whoever answers for an execution may not use.

    Args:
        records: Where people and workflows are kept.
        standings: Who accounts are.
    """

    def __init__(self, records: Records, standings: Standings | None = None) -> None:
        self._workflows = Shelf(records).workflows
        self._standings = standings or Standings(People(records))

    async def credential(self, charge: Charge, workspace: str, alias: str, found: Kept[Credential]) -> None:
        """Let an execution use a credential of the vault, or not.

        Raises:
            AccessRefused: It is not shared with whoever answers for it, or nobody does any more.
        """
        standing = await self._standing(charge, workspace)
        if standing is None:
            raise _for_good(
                AccessRefused(
                    "credential.nobody_answers",
                    "The credential {name} is not used: nobody who answers for this execution belongs to the workspace "
                    "any more.",
                    name=alias,
                )
            )
        given = granted(found.value, standing.actor, standing.groups)
        if not standing.actor.may(Permission.CREDENTIAL_USE) or not allowed(standing.actor, given):
            raise _lost(alias)

    async def given(self, charge: Charge, workspace: str, alias: str, *, shared: bool) -> None:
        """The same for a credential that the environment gives; ``shared`` is whether the operator opens it to all.

        Raises:
            AccessRefused: It is for Admins, and whoever answers for the execution is none.
        """
        standing = await self._standing(charge, workspace)
        if standing is None or not standing.actor.may(Permission.CREDENTIAL_USE):
            raise _lost(alias)
        if not shared and not administers(standing.actor):
            raise _for_good(for_admins(alias))

    async def permission(self, charge: Charge, workspace: str, permission: Permission) -> None:
        """Let an execution do what takes a permission in the whole workspace, or not.

        Raises:
            AccessRefused: Whoever answers for it has it not, or not any more.
        """
        standing = await self._standing(charge, workspace)
        if standing is None or not standing.actor.may(permission):
            raise _for_good(
                AccessRefused(
                    "execution.right_lost",
                    "Whoever answers for this execution lacks the permission {permission}. Give it to them, or have "
                    "somebody else publish.",
                    permission=permission,
                )
            )

    async def _standing(self, charge: Charge, workspace: str) -> Standing | None:
        """Who answers: the account, or the owner of the workflow where that one has left."""
        found = await self._standings.lately(workspace, charge.account)
        if found is not None or not charge.workflow:
            return found
        head = await self._workflows.get(workspace, charge.workflow)
        return await self._standings.lately(workspace, answerable(head.value)) if head is not None else None


def for_admins(alias: str) -> AccessRefused:
    """The refusal of a credential that the environment gives."""
    return AccessRefused(
        "credential.environment_admins",
        "The credential {name} comes from the environment of the server and is for Admins. The operator opens it to "
        "the whole workspace by the setting shared_credentials.",
        name=alias,
    )


def _lost(alias: str) -> AccessRefused:
    return _for_good(
        AccessRefused(
            "credential.right_lost",
            "The credential {name} may not be used any more by whoever answers for this execution. Share it with them, "
            "or have somebody else publish.",
            name=alias,
        )
    )


def _for_good(error: AccessRefused) -> AccessRefused:
    """The error as one of signing in, which no retry mends."""
    error.classification = ErrorClass.AUTHENTICATION
    return error
