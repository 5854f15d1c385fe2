"""A restored store starts a new generation: what was unfinished waits for a person.

Effects made after the backup are unknown to it, so running on by itself could repeat them.
"""

from __future__ import annotations

NEW_GENERATION = (
    "UPDATE meta SET value = CAST(CAST(value AS bigint) + 1 AS text) WHERE name = 'generation'",
    "UPDATE executions SET held = TRUE, owner = NULL, slot_held = FALSE,"
    " status = CASE WHEN status = 'running' THEN 'queued' ELSE status END WHERE ended_at IS NULL",
    "UPDATE schedules SET held = TRUE",
    "DELETE FROM workers",
)
"""Statements for either database."""
