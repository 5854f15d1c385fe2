"""Credentials as answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from studio.server.resources.credentials.schemas import (
    AliasOut,
    CredentialOut,
    PlaceOut,
    ReferenceOut,
    SecretOut,
    SharingModel,
    TestOut,
    UsageOut,
)
from studio.services._collection import Kept
from studio.services.vault.credentials import Seen
from studio.services.vault.model import MANAGE, Named, Sharing, Tested
from studio.services.vault.usage import Place


def credential_out(seen: Seen) -> CredentialOut:
    """A credential as somebody sees it."""
    kept, value = seen.credential, seen.credential.value
    return CredentialOut(
        id=kept.id, name=value.name, type=value.type, owner=value.owner, description=value.description,
        fields=value.plain, secrets=[
            SecretOut(name=name, reference=ReferenceOut(**reference) if reference else None)
            for name, reference in value.filled.items()
        ],
        client=value.client or None, state=cast("Any", value.state), level=cast("Any", seen.level),
        sharing=_sharing_out(value.sharing) if seen.level == MANAGE else None, expires_at=value.expires_at,
        used_at=seen.use.used_at, tested=test_out(seen.use.tested) if seen.use.tested is not None else None,
        created_by=value.created_by, created_at=kept.record.created_at, updated_by=value.updated_by,
        updated_at=kept.record.updated_at,
    )  # fmt: skip


def _sharing_out(sharing: Sharing) -> SharingModel:
    return SharingModel.model_validate(
        {"members": sharing.members, "groups": sharing.groups, "everyone": sharing.everyone or None}
    )


def test_out(tested: Tested) -> TestOut:
    """What a test call showed."""
    return TestOut(at=tested.at, ok=tested.ok, status=tested.status or None, code=tested.code or None)


def usage_out(places: Sequence[Place]) -> UsageOut:
    """Where a credential is used; of what the caller may not see only the number."""
    items = [
        PlaceOut(
            workflow=one.workflow.id, name=one.workflow.value.name, key=one.workflow.value.key, draft=one.draft,
            version=one.version, names=one.names,
        )
        for one in places
        if one.visible
    ]  # fmt: skip
    return UsageOut(items=items, hidden=len(places) - len(items))


def alias_out(alias: Kept[Named]) -> AliasOut:
    """An alias."""
    return AliasOut(
        name=alias.value.name, targets=alias.value.targets, by=alias.value.by, updated_at=alias.record.updated_at
    )


def microseconds(moment: datetime | None) -> int | None:
    """A moment as the services have it."""
    return round(moment.timestamp() * 1e6) if moment is not None else None
