"""``audit verify`` on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.cli._say import Voice
from studio.cli._terminal import write, write_json
from studio.cli.remote.connection import on_server
from studio.domain.errors import UserError
from studio.domain.ids import INSTANCE

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import VerifiedOut


def verify(server: str, workspace: str | None, voice: Voice, *, as_json: bool) -> int:
    """Check the log of one's workspace, or with ``_instance`` that of the instance; returns the exit code."""

    async def work(client: Client) -> tuple[str, VerifiedOut]:
        if workspace == INSTANCE:
            return INSTANCE, await client.verify_instance_audit()
        own = (await client.show_session())["workspace"]
        if workspace not in (None, own):
            raise UserError(
                "cli.other_workspace", "On a server only the log of your own workspace, {name}, is checked.", name=own
            ).at(param="--workspace")
        return own, await client.verify_audit()

    name, found = on_server(server, voice.lang, work)
    broken = found["broken"]
    if as_json:
        shown = None if broken is None else {"seq": broken["seq"], "kind": broken["kind"]}
        log = {"workspace": name, "entries": found["entries"], "broken": shown}
        write_json({"right": broken is None, "logs": [log]})
    elif broken is None:
        write("✔ " + voice.say("cli.audit_right", workspace=name, count=found["entries"]) + "\n")
    else:
        write("✘ " + voice.say(f"cli.audit_{broken['kind']}", workspace=name, seq=broken["seq"]) + "\n")
    return 0 if broken is None else 1
