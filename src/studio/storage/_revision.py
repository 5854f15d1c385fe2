"""Which database revisions this version of Studio works on."""

from __future__ import annotations

from studio.domain.errors import DatabaseVersion
from studio.storage._schema import REVISION, REVISIONS


def check_revision(found: object, where: str) -> None:
    """Make sure that this version of Studio works on that revision.

    Raises:
        DatabaseVersion: It does not.
    """
    if found == REVISION:
        return
    if found in REVISIONS:
        raise DatabaseVersion(
            "storage.database_older",
            "{where} is at revision {found}, this version needs {wanted}. Upgrade it: studio db upgrade",
            where=where,
            found=str(found),
            wanted=REVISION,
        )
    raise DatabaseVersion(
        "storage.database_newer",
        "{where} is at revision {found}, unknown to this version of Studio (it knows {wanted}). Use a newer one.",
        where=where,
        found=str(found),
        wanted=REVISION,
    )
