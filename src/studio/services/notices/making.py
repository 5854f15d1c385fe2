"""Notices of a platform, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from studio.contracts.http import HttpClient
from studio.net import EgressClient, EgressPolicy
from studio.services._collection import Kept
from studio.services.notices.delivering import Delivering
from studio.services.notices.mail import mailer
from studio.services.notices.model import Shelf
from studio.services.notices.notices import Notices
from studio.services.notices.noticing import Noticing
from studio.services.notices.recipients import Recipients
from studio.services.vault.model import Credential

if TYPE_CHECKING:
    from studio.services.platform import Platform


def make_notices(platform: Platform) -> Notices:
    """The notices of all workspaces of a platform."""
    ports = platform.ports
    shelf = Shelf(ports.records)
    recipients = Recipients(platform.people, shelf)
    clients: dict[tuple[str, ...], EgressClient] = {}

    def client(hosts: Sequence[str]) -> HttpClient:
        wanted = tuple(hosts)
        if wanted not in clients:
            clients[wanted] = EgressClient(EgressPolicy(wanted))
        return clients[wanted]

    delivering = Delivering(
        shelf, platform.people, ports.clock, recipients, mailer=mailer(platform.settings), say=ports.say,
        address=lambda: platform.address, client=client, stands=platform.mentioning.stands,
    )  # fmt: skip

    async def needing(
        workspace: str, account: str, found: Sequence[Kept[Credential]]
    ) -> Mapping[str, tuple[list[str], int]]:
        return await platform.vault.usage.seen_by(workspace, account, found)

    operation = platform.operation
    return Notices(
        shelf, Noticing(shelf, ports.store, ports.clock, recipients, needing),  delivering, operation.leases,
        workspaces=operation.workspaces, hosts=operation.egress.allowed,
    )  # fmt: skip
