"""The API of operator. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class OperatorPart(Part):
    """Operations on operator."""

    async def list_backups(self) -> m.BackupsOut:
        """Backups in the server's folder. They are restored by `studio restore`, with the server stopped."""
        return cast("m.BackupsOut", await self.ask("GET", "/operator/backups"))

    async def make_backup(self, *, idempotency_key: str | None = None) -> m.BackupOut:
        """Make a backup now, while work goes on; answers when it is made."""
        return cast(
            "m.BackupOut", await self.ask("POST", "/operator/backups", headers={"Idempotency-Key": idempotency_key})
        )

    async def list_egress(self, *, cursor: str | None = None, limit: int | None = None) -> m.EgressListOut:
        """Private hosts that workspaces may reach."""
        return cast(
            "m.EgressListOut", await self.ask("GET", "/operator/egress", query={"cursor": cursor, "limit": limit})
        )

    def iter_egress(self, *, limit: int | None = None) -> AsyncGenerator[m.EgressOut]:
        """Every item of ``list_egress``, page by page as they are needed."""
        return cast("AsyncGenerator[m.EgressOut]", self.paged("/operator/egress", {"limit": limit}))

    async def show_egress(self, workspace: str) -> m.EgressOut:
        """Private hosts that a workspace may reach."""
        return cast("m.EgressOut", await self.ask("GET", f"/operator/egress/{self.quote(workspace)}"))

    async def add_egress(self, workspace: str, body: m.EgressIn) -> m.EgressOut:
        """Let the nodes of a workspace reach a private host. It holds for what is started from then on."""
        return cast("m.EgressOut", await self.ask("POST", f"/operator/egress/{self.quote(workspace)}", json=body))

    async def remove_egress(self, workspace: str, *, host: str) -> m.EgressOut:
        """Take an exception away. Executions that began with it keep it to their end."""
        return cast(
            "m.EgressOut", await self.ask("DELETE", f"/operator/egress/{self.quote(workspace)}", query={"host": host})
        )

    async def list_all_expiring_credentials(
        self, *, days: int | None = None, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutExpiringOut:
        """Credentials of all workspaces that end within so many days, or have ended, the first first."""
        return cast(
            "m.PageOutExpiringOut",
            await self.ask(
                "GET", "/operator/expiring-credentials", query={"days": days, "cursor": cursor, "limit": limit}
            ),
        )

    def iter_all_expiring_credentials(
        self, *, days: int | None = None, limit: int | None = None
    ) -> AsyncGenerator[m.ExpiringOut]:
        """Every item of ``list_all_expiring_credentials``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.ExpiringOut]",
            self.paged("/operator/expiring-credentials", {"days": days, "limit": limit}),
        )

    async def list_in_doubt(self, *, limit: int | None = None) -> m.InDoubtListOut:
        """Effects that wait for a decision, of each workspace the oldest. People of the workspace decide."""
        return cast("m.InDoubtListOut", await self.ask("GET", "/operator/in-doubt", query={"limit": limit}))

    async def show_instance(self) -> m.InstanceOut:
        """The version, the database, and every setting; secrets are not shown."""
        return cast("m.InstanceOut", await self.ask("GET", "/operator/instance"))

    async def show_queue(self, *, limit: int | None = None) -> m.QueueOut:
        """What is queued in every workspace (of each so many), in the order of its turn, and why each waits."""
        return cast("m.QueueOut", await self.ask("GET", "/operator/queue", query={"limit": limit}))

    async def show_quotas(self, workspace: str) -> m.QuotaOut:
        """What a workspace may use."""
        return cast("m.QuotaOut", await self.ask("GET", f"/operator/quotas/{self.quote(workspace)}"))

    async def set_quotas(self, workspace: str, body: m.QuotaBody, *, if_match: str | None = None) -> m.QuotaOut:
        """Say what a workspace may use. It holds on every server within seconds; what runs goes on."""
        return cast(
            "m.QuotaOut",
            await self.ask(
                "PUT", f"/operator/quotas/{self.quote(workspace)}", headers={"If-Match": if_match}, json=body
            ),
        )

    async def list_usage(
        self, *, days: int | None = None, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutUsageOut:
        """What every workspace uses, and how far its quotas are used up."""
        return cast(
            "m.PageOutUsageOut",
            await self.ask("GET", "/operator/usage", query={"days": days, "cursor": cursor, "limit": limit}),
        )

    def iter_usage(self, *, days: int | None = None, limit: int | None = None) -> AsyncGenerator[m.UsageOut]:
        """Every item of ``list_usage``, page by page as they are needed."""
        return cast("AsyncGenerator[m.UsageOut]", self.paged("/operator/usage", {"days": days, "limit": limit}))

    async def list_workers(self) -> m.WorkersOut:
        """Every worker with its lease, when it was last seen, and how many executions it runs."""
        return cast("m.WorkersOut", await self.ask("GET", "/operator/workers"))
