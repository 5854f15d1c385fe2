"""Records of the server (accounts, drafts, comments, ...) and the audit log.

Revision ID: 0002
Revises: 0001

Frozen: later revisions change the tables, not this text.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = """
CREATE TABLE records (
  workspace TEXT NOT NULL, kind TEXT NOT NULL, id TEXT {exact} NOT NULL, parent TEXT {exact} NOT NULL,
  revision BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, expires_at BIGINT,
  value {bytes} NOT NULL,
  PRIMARY KEY (workspace, kind, id)
);
CREATE INDEX records_parent ON records (workspace, kind, parent, id);
CREATE INDEX records_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE record_keys (
  workspace TEXT NOT NULL, kind TEXT NOT NULL, unique_key TEXT {exact} NOT NULL, id TEXT {exact} NOT NULL,
  PRIMARY KEY (workspace, kind, unique_key)
) {tight};
CREATE INDEX record_keys_owner ON record_keys (workspace, kind, id);

CREATE TABLE record_fields (
  workspace TEXT NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL, value TEXT {exact} NOT NULL,
  id TEXT {exact} NOT NULL,
  PRIMARY KEY (workspace, kind, field, value, id)
) {tight};
CREATE INDEX record_fields_owner ON record_fields (workspace, kind, id);

CREATE TABLE audit (
  workspace TEXT NOT NULL, seq BIGINT NOT NULL, id TEXT NOT NULL, at BIGINT NOT NULL, digest {bytes} NOT NULL,
  chain {bytes} NOT NULL, value {bytes} NOT NULL, PRIMARY KEY (workspace, seq)
);

CREATE TABLE audit_heads (
  workspace TEXT NOT NULL PRIMARY KEY, seq BIGINT NOT NULL, chain {bytes} NOT NULL, seal {bytes} NOT NULL
) {tight};
"""


def upgrade() -> None:
    """Make the tables."""
    postgres = op.get_context().dialect.name == "postgresql"
    text = _TABLES.replace("{bytes}", "BYTEA" if postgres else "BLOB")
    text = text.replace("{tight}", "" if postgres else "WITHOUT ROWID")
    text = text.replace("{exact}", 'COLLATE "C"' if postgres else "")
    for statement in text.split(";"):
        if statement.strip():
            op.execute(" ".join(statement.split()))


def downgrade() -> None:
    """Drop the tables, and everything in them."""
    for line in _TABLES.splitlines():
        if line.startswith("CREATE TABLE "):
            op.execute(f"DROP TABLE {line.split()[2]}")
