"""Postgres through asyncpg: one connection that writes in groups, a pool that reads, one that listens."""

from studio.storage.postgres._open import open_postgres
from studio.storage.postgres.driver import PostgresDriver

__all__ = ["PostgresDriver", "open_postgres"]
