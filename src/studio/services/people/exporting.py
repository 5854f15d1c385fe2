"""What Studio knows of a person, for that person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from studio.domain.access import Actor
from studio.domain.ids import INSTANCE
from studio.services.auditing import entry
from studio.services.people.guards import require_person
from studio.services.people.holdings import Holdings
from studio.services.people.model import People


class Exporting:
    """Gathers a person's own data. Hashes, secrets and digests are not theirs to read, and are left out."""

    def __init__(self, people: People, providers: Sequence[Holdings]) -> None:
        self._people = people
        self._providers = providers

    async def own_data(self, actor: Actor) -> dict[str, Any]:
        """Account, memberships, sessions, and what they hold in each workspace. It is audited."""
        require_person(actor)
        account = await self._people.accounts.need(INSTANCE, actor.id)
        members = await self._people.members.all(INSTANCE, field="account", value=actor.id)
        places = await self._people.workspaces.get_many(INSTANCE, [one.value.workspace for one in members])
        sessions = await self._people.sessions.all(INSTANCE, parent=actor.id)
        belonging: list[dict[str, Any]] = []
        for one in members:
            workspace = one.value.workspace
            groups = await self._people.groups.get_many(workspace, one.value.groups)
            belonging.append(
                {
                    "workspace": workspace, "name": places[workspace].value.name if workspace in places else "",
                    "role": one.value.role, "folders": dict(one.value.folders),
                    "groups": [group.value.name for group in groups.values()], "since": _time(one.record.created_at),
                    "holds": [
                        {"kind": held.kind, "id": held.id, "name": held.name}
                        for provider in self._providers
                        for held in await provider.held(workspace, actor.id)
                    ],
                }
            )  # fmt: skip
        own = account.value
        await self._people.records.commit(
            [], [entry(actor, "account.exported", kind="account", id=actor.id, name=own.name, workspace=INSTANCE)]
        )
        return {
            "account": {
                "id": account.id, "email": own.email, "name": own.name, "lang": own.lang, "time_zone": own.time_zone,
                "operator": own.operator, "second_factor": own.totp is not None, "subject": own.subject,
                "external_id": own.external_id, "created_at": _time(account.record.created_at),
            },
            "memberships": belonging,
            "sessions": [
                {
                    "ip": one.value.ip, "agent": one.value.agent, "way": one.value.way,
                    "signed_in_at": _time(one.value.signed_in_at), "seen_at": _time(one.value.seen_at),
                }
                for one in sessions
            ],
        }  # fmt: skip


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
