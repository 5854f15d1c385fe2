"""Which rows refer to which blobs. A blob that none refers to is collected."""

from __future__ import annotations

from collections.abc import Iterable

from studio.storage._statement import Plan, Row, Statement

_ADD = Statement(
    "INSERT INTO blob_refs (kind, workspace, owner, blob_id) SELECT :kind, u.workspace, u.owner, u.blob FROM {rows}"
    " WHERE TRUE ON CONFLICT DO NOTHING",
    rows="workspace text, owner text, blob text",
)
_DROP = Statement(
    "DELETE FROM blob_refs WHERE kind = :kind AND workspace = :workspace AND owner = :owner",
)
_DROP_UNDER = Statement(
    "DELETE FROM blob_refs WHERE kind = :kind AND workspace = :workspace"
    " AND substr(owner, 1, length(:prefix)) = :prefix",
)
_LIVE = Statement("SELECT DISTINCT blob_id FROM blob_refs", fetch=1, packed=True)


def add_refs(rows: Iterable[tuple[str, str, str]], *, kind: str = "execution") -> Plan[None]:
    """Record (workspace, owner, blob) references."""
    found = list(rows)
    if found:
        yield _ADD(found, kind=kind)


def drop_refs(kind: str, workspace: str, owner: str) -> Plan[None]:
    """Forget all references of one owner."""
    yield _DROP(kind=kind, workspace=workspace, owner=owner)


def drop_refs_under(kind: str, workspace: str, prefix: str) -> Plan[None]:
    """Forget all references of owners that begin like this."""
    yield _DROP_UNDER(kind=kind, workspace=workspace, prefix=prefix)


def live_blobs() -> Plan[list[str]]:
    """Ids of all blobs that something refers to."""
    rows: list[Row] = yield _LIVE()
    return [row[0] for row in rows]
