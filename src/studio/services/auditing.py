"""What stands in the audit log: who did what, when, from where, on what, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from studio.contracts.records import AuditDraft
from studio.domain.access import Actor
from studio.domain.ids import INSTANCE

MASKED = "•••"


class AuditFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An entry's content. The log adds number and time.

    ``action`` is dotted, the thing first: ``member.role_changed``. ``target`` is kind and id of what was acted on.
    """

    action: str
    actor_kind: str
    actor_id: str
    actor_name: str = ""
    key: str | None = None
    session: str | None = None
    ip: str = ""
    agent: str = ""
    request: str = ""
    target_kind: str = ""
    target_id: str = ""
    target_name: str = ""
    outcome: str = "done"
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(AuditFacts)


def entry(
    actor: Actor,
    action: str,
    *,
    kind: str = "",
    id: str = "",
    name: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    outcome: str = "done",
    workspace: str | None = None,
) -> AuditDraft:
    """An entry for the log of the actor's workspace, or of the instance where there is none.

    ``before`` and ``after`` never hold a secret: give ``MASKED`` for a secret that was set.
    """
    facts = AuditFacts(
        action=action, actor_kind=str(actor.kind), actor_id=actor.id, actor_name=actor.name, key=actor.key,
        session=actor.session, ip=actor.ip, agent=actor.agent, request=actor.request, target_kind=kind, target_id=id,
        target_name=name, outcome=outcome, before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )  # fmt: skip
    return AuditDraft(workspace=workspace or actor.workspace or INSTANCE, value=_ENCODER.encode(facts))


def read_entry(value: bytes) -> AuditFacts:
    """The content of an entry."""
    return _DECODER.decode(value)
