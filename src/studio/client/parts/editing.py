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

    async def list_pinned(self, workflow: str) -> m.PinnedListOut:
        """What is pinned beside the draft, by node; of large values a part. Masked like the values of
        executions.
        """
        return cast("m.PinnedListOut", await self.ask("GET", f"/workflows/{self.quote(workflow)}/pinned"))

    async def unpin_all(self, workflow: str) -> None:
        """Take away everything that is pinned beside the draft. Audited."""
        await self.ask("DELETE", f"/workflows/{self.quote(workflow)}/pinned")

    async def show_pinned(
        self,
        workflow: str,
        node: str,
        *,
        at: list[str] | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> m.PinnedOut:
        """A part of what is pinned to a node."""
        return cast(
            "m.PinnedOut",
            await self.ask(
                "GET",
                f"/workflows/{self.quote(workflow)}/pinned/{self.quote(node)}",
                query={"at": at, "offset": offset, "limit": limit},
            ),
        )

    async def pin_output(self, workflow: str, node: str, body: m.PinIn, *, if_match: str | None = None) -> m.PinnedOut:
        """Pin a value to a node of the draft. Previews take it, and trials that ask for it (`pinned:
        "draft"`).

        It lies encrypted beside the draft, never in the document, and goes and is renamed with the node.
        Audited.
        """
        return cast(
            "m.PinnedOut",
            await self.ask(
                "PUT",
                f"/workflows/{self.quote(workflow)}/pinned/{self.quote(node)}",
                headers={"If-Match": if_match},
                json=body,
            ),
        )

    async def unpin_output(self, workflow: str, node: str) -> None:
        """Take away what is pinned to a node. Audited."""
        await self.ask("DELETE", f"/workflows/{self.quote(workflow)}/pinned/{self.quote(node)}")

    async def plan_trial(self, workflow: str, body: m.PlanIn) -> m.PlanOut:
        """What a run of the draft would do: what runs, which outputs are taken over and how old they are,
        which effects.

        `all` and `until` are started by `POST /executions`; `from` and `node` by `POST
        /executions/{execution}/replay` with
        `on: "draft"`, `start` (and for `node` also `until`) and the `again` of this answer.
        """
        return cast("m.PlanOut", await self.ask("POST", f"/workflows/{self.quote(workflow)}/plan", json=body))

    async def show_presence(self, workflow: str) -> m.PresencesOut:
        """Who has the workflow open, tab by tab."""
        return cast("m.PresencesOut", await self.ask("GET", f"/workflows/{self.quote(workflow)}/presence"))
