"""The tables, in the one form that both databases read, and the revision they stand for.

A fresh database is made from here at once. An older one is brought here by ``studio.storage.migrations``; a test
proves that both ways lead to the same tables.
"""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

REVISION = "0004"
"""The revision this version of Studio works on."""

REVISIONS = ("0001", "0002", "0003", REVISION)
"""Every revision this version knows, oldest first."""

# One text for both: SQLite takes BIGINT, TEXT and BOOLEAN as they are, and knows TRUE and FALSE. {bytes} and {tight}
# stand for what has another name. Partial indexes serve questions about few rows among millions.
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
CREATE INDEX executions_workflow ON executions (workspace, workflow_name, status, id);
CREATE INDEX executions_error ON executions (workspace, error_code, id) WHERE error_code IS NOT NULL;
CREATE INDEX executions_workflow_error ON executions (workspace, workflow_name, error_code, id)
  WHERE error_code IS NOT NULL;
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
  workspace TEXT NOT NULL, tag TEXT NOT NULL, execution_id TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'queued',
  error_code TEXT, PRIMARY KEY (workspace, tag, execution_id)
) {tight};
CREATE INDEX execution_tags_owner ON execution_tags (execution_id);
CREATE INDEX execution_tags_status ON execution_tags (workspace, tag, status, execution_id);
CREATE INDEX execution_tags_error ON execution_tags (workspace, tag, error_code, execution_id)
  WHERE error_code IS NOT NULL;

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

CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
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

# Copies of status and error stand beside each tag, for lists of one workflow's failures. The database itself keeps
# them: many statements move an execution, those of the version before included.
_WHEN = "AFTER UPDATE OF status, error_code ON executions"
_CHANGED = "(NEW.status <> OLD.status OR NEW.error_code IS DISTINCT FROM OLD.error_code) AND NEW.tags <> '[]'"
_UPDATE = "UPDATE execution_tags SET status = NEW.status, error_code = NEW.error_code WHERE execution_id = NEW.id"
_SQLITE_TRIGGERS = (f"CREATE TRIGGER executions_tag_status {_WHEN} WHEN {_CHANGED} BEGIN {_UPDATE}; END",)
_POSTGRES_TRIGGERS = (
    "CREATE FUNCTION executions_tag_status() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN {_UPDATE}; RETURN NULL; END $$",
    f"CREATE TRIGGER executions_tag_status {_WHEN} FOR EACH ROW WHEN ({_CHANGED})"
    " EXECUTE FUNCTION executions_tag_status()",
)

TABLES = (
    "meta", "workspaces", "keys", "workflow_versions", "executions", "execution_tags", "journal", "inbox", "node_runs",
    "blob_refs", "idempotency", "schedules", "lanes", "workers", "node_state", "cache", "variables", "credentials",
    "records", "record_keys", "record_fields", "audit", "audit_heads",
)  # fmt: skip
"""Tables on either database, ``alembic_version`` apart."""

BLOB_TABLES = ("blobs", "blob_frames")
"""Tables that only Postgres has, where blobs live in the database."""


def sqlite_schema() -> list[str]:
    """The statements that make an empty SQLite database current."""
    text = _TABLES.replace("{bytes}", "BLOB").replace("{tight}", "WITHOUT ROWID").replace("{updated}", "")
    text = text.replace("{exact}", "")
    return [*_split(text), *_SQLITE_TRIGGERS, f"INSERT INTO alembic_version (version_num) VALUES ('{REVISION}')"]


def postgres_schema() -> list[str]:
    """The statements that make an empty Postgres database current."""
    # Room on each page lets an update that touches no indexed column stay in place.
    text = _TABLES.replace("{bytes}", "BYTEA").replace("{tight}", "").replace("{updated}", "WITH (fillfactor = 70)")
    # What lists are sorted by compares byte by byte, as on SQLite, whatever locale the server was set up with.
    text = text.replace("{exact}", 'COLLATE "C"')
    version = f"INSERT INTO alembic_version (version_num) VALUES ('{REVISION}')"
    return [*_split(text + _POSTGRES_ONLY), *_POSTGRES_TRIGGERS, version]


def _split(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(";") if part.strip()]
