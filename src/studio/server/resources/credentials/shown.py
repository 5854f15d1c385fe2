"""Credentials as answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from studio.server.resources.credentials.schemas import (
    AffectedOut,
    AliasOut,
    CredentialOut,
    EndingOut,
    PlaceOut,
    ReferenceOut,
    SecretOut,
    SharingModel,
    TestOut,
)
from studio.services._collection import Kept
from studio.services.vault.credentials import Seen
from studio.services.vault.model import MANAGE, Credential, Named, Sharing, Tested
from studio.services.vault.usage import Place

MOST_AFFECTED = 20
"""A credential that ends names so many workflows."""


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


def place_out(place: Place) -> PlaceOut:
    """A workflow that needs a credential."""
    head = place.workflow.value
    return PlaceOut(
        workflow=place.workflow.id, name=head.name, key=head.key, draft=place.draft, version=place.version,
        names=place.names,
    )  # fmt: skip


def ending_out(credential: Kept[Credential], places: Sequence[Place]) -> EndingOut:
    """A credential that needs attention; of the workflows that the caller may not see only the number."""
    seen = [place_out(one) for one in places if one.visible]
    usage = AffectedOut(
        items=seen[:MOST_AFFECTED], more=max(0, len(seen) - MOST_AFFECTED), hidden=len(places) - len(seen)
    )
    return EndingOut(
        credential=credential.id, name=credential.value.name, state=cast("Any", credential.value.state),
        expires_at=credential.value.expires_at, usage=usage,
    )  # fmt: skip


def alias_out(alias: Kept[Named]) -> AliasOut:
    """An alias."""
    return AliasOut(
        name=alias.value.name, targets=alias.value.targets, by=alias.value.by, updated_at=alias.record.updated_at
    )


def microseconds(moment: datetime | None) -> int | None:
    """A moment as the services have it."""
    return round(moment.timestamp() * 1e6) if moment is not None else None
