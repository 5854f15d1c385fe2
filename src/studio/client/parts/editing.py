"""The API of editing. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class EditingPart(Part):
    """Operations on editing."""

    async def list_operations(self, workflow: str, *, after: int, limit: int | None = None) -> m.SinceOut:
        """What was changed since a revision. 410 where that is not known any more: load the draft anew."""
        return cast(
            "m.SinceOut",
            await self.ask(
                "GET", f"/workflows/{self.quote(workflow)}/draft/operations", query={"after": after, "limit": limit}
            ),
        )

    async def edit_draft(self, workflow: str, body: m.BatchIn) -> m.AcceptedOut:
        """Change the draft by small operations, on the revision that they were made on.

        Where the draft is newer, they merge if nothing of what they touch was touched since. Otherwise
        nothing is changed,
        and the answer is 409: for each operation in conflict it tells what stands there now, who changed it
        and when.
        """
        return cast(
            "m.AcceptedOut", await self.ask("POST", f"/workflows/{self.quote(workflow)}/draft/operations", json=body)
        )

    async def redo_edit(self, workflow: str, body: m.BackIn) -> m.AcceptedOut:
        """Carry out again what the caller took back last."""
        return cast("m.AcceptedOut", await self.ask("POST", f"/workflows/{self.quote(workflow)}/draft/redo", json=body))

    async def show_steps(self, workflow: str) -> m.StepsOut:
        """How many steps the caller can take back, and carry out again."""
        return cast("m.StepsOut", await self.ask("GET", f"/workflows/{self.quote(workflow)}/draft/steps"))

    async def undo_edit(self, workflow: str, body: m.BackIn) -> m.AcceptedOut:
        """Take back the caller's own last step, if nobody else has changed since what it touched."""
        return cast("m.AcceptedOut", await self.ask("POST", f"/workflows/{self.quote(workflow)}/draft/undo", json=body))

    async def show_presence(self, workflow: str) -> m.PresencesOut:
        """Who has the workflow open, tab by tab."""
        return cast("m.PresencesOut", await self.ask("GET", f"/workflows/{self.quote(workflow)}/presence"))
