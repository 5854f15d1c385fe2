"""The failed executions of one workflow are found among a million: tags and the index of names know the status.

Revision ID: 0003
Revises: 0002

Frozen: later revisions change the tables, not this text.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_WHEN = "AFTER UPDATE OF status ON executions"
_CHANGED = "NEW.status <> OLD.status AND NEW.tags <> '[]'"
_UPDATE = "UPDATE execution_tags SET status = NEW.status WHERE execution_id = NEW.id"


def upgrade() -> None:
    """Add the column, fill it, keep it."""
    op.execute("DROP INDEX executions_workflow")
    op.execute("CREATE INDEX executions_workflow ON executions (workspace, workflow_name, status, id)")
    op.execute("ALTER TABLE execution_tags ADD COLUMN status TEXT NOT NULL DEFAULT 'queued'")
    op.execute(
        "UPDATE execution_tags SET status = coalesce("
        "(SELECT e.status FROM executions AS e WHERE e.id = execution_tags.execution_id), 'queued')"
    )
    op.execute("CREATE INDEX execution_tags_status ON execution_tags (workspace, tag, status, execution_id)")
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION executions_tag_status() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {_UPDATE}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER executions_tag_status {_WHEN} FOR EACH ROW WHEN ({_CHANGED})"
            " EXECUTE FUNCTION executions_tag_status()"
        )
    else:
        op.execute(f"CREATE TRIGGER executions_tag_status {_WHEN} WHEN {_CHANGED} BEGIN {_UPDATE}; END")


def downgrade() -> None:
    """Forget it."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP TRIGGER executions_tag_status ON executions")
        op.execute("DROP FUNCTION executions_tag_status()")
    else:
        op.execute("DROP TRIGGER executions_tag_status")
    op.execute("DROP INDEX execution_tags_status")
    op.execute("ALTER TABLE execution_tags DROP COLUMN status")
    op.execute("DROP INDEX executions_workflow")
    op.execute("CREATE INDEX executions_workflow ON executions (workspace, workflow_name, id)")
