"""Alembic's entry point: render for the dialect that was asked for; the transaction is ours."""

from __future__ import annotations

from alembic import context

context.configure(dialect_name=context.config.attributes["dialect"], transactional_ddl=False)
context.run_migrations()
