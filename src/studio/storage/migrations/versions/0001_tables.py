"""The first tables.

Revision ID: 0001
Revises: nothing

Frozen: later revisions change the tables, not this text.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) {tight};

CREATE TABLE workspaces (id TEXT NOT NULL PRIMARY KEY, created_at BIGINT NOT NULL) {tight};

CREATE TABLE keys (
  id TEXT NOT NULL PRIMARY KEY, workspace TEXT NOT NULL, wrapped {bytes} NOT NULL, master TEXT NOT NULL,
  created_at BIGINT NOT NULL
) {tight};

CREATE TABLE workflow_versions (
  workspace TEXT NOT NULL, hash TEXT NOT NULL, name TEXT NOT NULL, document {bytes} NOT NULL,
  created_at BIGINT NOT NULL, PRIMARY KEY (workspace, hash)
);

CREATE TABLE executions (
  id TEXT NOT NULL PRIMARY KEY, workspace TEXT NOT NULL,
  workflow_hash TEXT NOT NULL, workflow_name TEXT NOT NULL,
  status TEXT NOT NULL, reason TEXT, error_code TEXT,
  mode TEXT NOT NULL, trigger_kind TEXT NOT NULL,
  parent_id TEXT, parent_path TEXT, root_id TEXT, origin_id TEXT, depth BIGINT NOT NULL,
  region TEXT NOT NULL, pool TEXT NOT NULL,
  rank BIGINT NOT NULL, fairness_key TEXT NOT NULL,
  tags TEXT NOT NULL, generation BIGINT NOT NULL, held BOOLEAN NOT NULL,
  owner TEXT, epoch BIGINT NOT NULL, recoveries BIGINT NOT NULL,
  accepted_at BIGINT NOT NULL, started_at BIGINT, ended_at BIGINT, wake_at BIGINT, retain_until BIGINT,
  cancel_requested BOOLEAN NOT NULL, inbox_open BIGINT NOT NULL, inbox_urgent BIGINT NOT NULL,
  slot_key TEXT, slot_limit BIGINT, slot_keep BOOLEAN NOT NULL, slot_held BOOLEAN NOT NULL,
  next_seq BIGINT NOT NULL, projected_seq BIGINT NOT NULL, snapshot_seq BIGINT NOT NULL, journal_bytes BIGINT NOT NULL
) {tight} {updated};
CREATE INDEX executions_newest ON executions (workspace, id);
CREATE INDEX executions_status ON executions (workspace, status, id);
CREATE INDEX executions_workflow ON executions (workspace, workflow_name, id);
CREATE INDEX executions_error ON executions (workspace, error_code, id) WHERE error_code IS NOT NULL;
CREATE INDEX executions_parent ON executions (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX executions_root ON executions (root_id, id) WHERE root_id IS NOT NULL;
CREATE INDEX executions_queue ON executions (rank, workspace, fairness_key, accepted_at, id)
  WHERE status = 'queued' AND wake_at IS NULL AND NOT held;
CREATE INDEX executions_due ON executions (wake_at) WHERE wake_at IS NOT NULL AND owner IS NULL AND NOT held;
CREATE INDEX executions_owner ON executions (owner) WHERE owner IS NOT NULL;
CREATE INDEX executions_slot ON executions (workspace, slot_key) WHERE slot_held;
CREATE INDEX executions_behind ON executions (id) WHERE owner IS NULL AND projected_seq < next_seq - 1;
CREATE INDEX executions_retention ON executions (retain_until) WHERE retain_until IS NOT NULL AND ended_at IS NOT NULL;

CREATE TABLE execution_tags (
  workspace TEXT NOT NULL, tag TEXT NOT NULL, execution_id TEXT NOT NULL, PRIMARY KEY (workspace, tag, execution_id)
) {tight};
CREATE INDEX execution_tags_owner ON execution_tags (execution_id);

CREATE TABLE journal (
  execution_id TEXT NOT NULL, seq BIGINT NOT NULL, workspace TEXT NOT NULL, epoch BIGINT NOT NULL,
  snapshot BOOLEAN NOT NULL, written_at BIGINT NOT NULL, payload {bytes} NOT NULL, PRIMARY KEY (execution_id, seq)
) {tight};

CREATE TABLE inbox (
  execution_id TEXT NOT NULL, id TEXT NOT NULL, workspace TEXT NOT NULL, kind TEXT NOT NULL,
  created_at BIGINT NOT NULL, place BIGINT NOT NULL, taken_seq BIGINT, payload {bytes} NOT NULL,
  PRIMARY KEY (execution_id, id)
) {tight};

CREATE TABLE node_runs (
  execution_id TEXT NOT NULL, seq BIGINT NOT NULL, workspace TEXT NOT NULL, count BIGINT NOT NULL,
  last_path TEXT NOT NULL, data {bytes} NOT NULL, PRIMARY KEY (execution_id, seq)
) {tight};

CREATE TABLE blob_refs (
  kind TEXT NOT NULL, workspace TEXT NOT NULL, owner TEXT NOT NULL, blob_id TEXT NOT NULL,
  PRIMARY KEY (kind, workspace, owner, blob_id)
) {tight};

CREATE TABLE idempotency (
  workspace TEXT NOT NULL, key TEXT NOT NULL, execution_id TEXT NOT NULL, body_digest {bytes} NOT NULL,
  expires_at BIGINT NOT NULL, PRIMARY KEY (workspace, key)
) {tight};
CREATE INDEX idempotency_expiry ON idempotency (expires_at);

CREATE TABLE schedules (
  workspace TEXT NOT NULL, key TEXT NOT NULL, cursor_at BIGINT NOT NULL, held BOOLEAN NOT NULL,
  PRIMARY KEY (workspace, key)
) {tight};

CREATE TABLE lanes (
  workspace TEXT NOT NULL, fairness_key TEXT NOT NULL, served BIGINT NOT NULL, PRIMARY KEY (workspace, fairness_key)
) {tight};

CREATE TABLE workers (
  id TEXT NOT NULL PRIMARY KEY, home TEXT NOT NULL, lease_until BIGINT NOT NULL, seen_at BIGINT NOT NULL
) {tight};

CREATE TABLE node_state (
  workspace TEXT NOT NULL, key TEXT NOT NULL, version BIGINT NOT NULL, value {bytes}, PRIMARY KEY (workspace, key)
) {tight};

CREATE TABLE cache (
  workspace TEXT NOT NULL, key TEXT NOT NULL, expires_at BIGINT NOT NULL, value {bytes} NOT NULL,
  PRIMARY KEY (workspace, key)
);
CREATE INDEX cache_expiry ON cache (expires_at);

CREATE TABLE variables (
  workspace TEXT NOT NULL, name TEXT NOT NULL, secret BOOLEAN NOT NULL, value {bytes} NOT NULL,
  PRIMARY KEY (workspace, name)
) {tight};

CREATE TABLE credentials (
  workspace TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, data {bytes} NOT NULL,
  PRIMARY KEY (workspace, name)
) {tight};
"""

_POSTGRES_ONLY = """
CREATE TABLE commits (writer TEXT NOT NULL PRIMARY KEY, receipt TEXT NOT NULL, written_at BIGINT NOT NULL)
  WITH (fillfactor = 20);
CREATE TABLE blobs (
  id TEXT NOT NULL PRIMARY KEY, workspace TEXT NOT NULL, header BYTEA NOT NULL, size BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE blob_frames (
  blob_id TEXT NOT NULL, place BIGINT NOT NULL, data BYTEA NOT NULL, PRIMARY KEY (blob_id, place)
);
ALTER TABLE journal ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE blob_frames ALTER COLUMN data SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    """Make the tables."""
    if op.get_context().dialect.name == "postgresql":
        text = _TABLES.replace("{bytes}", "BYTEA").replace("{tight}", "").replace("{updated}", "WITH (fillfactor = 70)")
        text += _POSTGRES_ONLY
    else:
        text = _TABLES.replace("{bytes}", "BLOB").replace("{tight}", "WITHOUT ROWID").replace("{updated}", "")
    for statement in text.split(";"):
        if statement.strip():
            op.execute(" ".join(statement.split()))


def downgrade() -> None:
    """Drop the tables, and everything in them."""
    text = _TABLES
    if op.get_context().dialect.name == "postgresql":
        text += _POSTGRES_ONLY
    for line in text.splitlines():
        if line.startswith("CREATE TABLE "):
            op.execute(f"DROP TABLE {line.split()[2]}")
