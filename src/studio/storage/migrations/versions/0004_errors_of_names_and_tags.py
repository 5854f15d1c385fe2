"""Executions with one error, of one name or tag, are found among a million: tags and an index know the error.

Revision ID: 0004
Revises: 0003

Frozen: later revisions change the tables, not this text.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_BEFORE = (
    "AFTER UPDATE OF status ON executions",
    "NEW.status <> OLD.status AND NEW.tags <> '[]'",
    "UPDATE execution_tags SET status = NEW.status WHERE execution_id = NEW.id",
)
_AFTER = (
    "AFTER UPDATE OF status, error_code ON executions",
    "(NEW.status <> OLD.status OR NEW.error_code IS DISTINCT FROM OLD.error_code) AND NEW.tags <> '[]'",
    "UPDATE execution_tags SET status = NEW.status, error_code = NEW.error_code WHERE execution_id = NEW.id",
)


def upgrade() -> None:
    """Add the column, fill it, keep it; and the indexes."""
    _drop_trigger()
    op.execute("ALTER TABLE execution_tags ADD COLUMN error_code TEXT")
    op.execute(
        "UPDATE execution_tags SET error_code ="
        " (SELECT e.error_code FROM executions AS e WHERE e.id = execution_tags.execution_id)"
        " WHERE execution_id IN (SELECT id FROM executions WHERE error_code IS NOT NULL)"
    )
    op.execute(
        "CREATE INDEX execution_tags_error ON execution_tags (workspace, tag, error_code, execution_id)"
        " WHERE error_code IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX executions_workflow_error ON executions (workspace, workflow_name, error_code, id)"
        " WHERE error_code IS NOT NULL"
    )
    _make_trigger(*_AFTER)


def downgrade() -> None:
    """Forget it."""
    _drop_trigger()
    op.execute("DROP INDEX executions_workflow_error")
    op.execute("DROP INDEX execution_tags_error")
    op.execute("ALTER TABLE execution_tags DROP COLUMN error_code")
    _make_trigger(*_BEFORE)


def _drop_trigger() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP TRIGGER executions_tag_status ON executions")
        op.execute("DROP FUNCTION executions_tag_status()")
    else:
        op.execute("DROP TRIGGER executions_tag_status")


def _make_trigger(when: str, changed: str, update: str) -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION executions_tag_status() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {update}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER executions_tag_status {when} FOR EACH ROW WHEN ({changed})"
            " EXECUTE FUNCTION executions_tag_status()"
        )
    else:
        op.execute(f"CREATE TRIGGER executions_tag_status {when} WHEN {changed} BEGIN {update}; END")
