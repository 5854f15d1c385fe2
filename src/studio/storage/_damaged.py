"""Errors for rows that cannot be what was written. SQLite keeps a value of any type in any column."""

from __future__ import annotations

from studio.domain.errors import RecordCorrupt


def is_row(row: tuple[object, ...], *kinds: type) -> bool:
    """Whether the values of a row are of these types."""
    return all(type(value) is kind for value, kind in zip(row, kinds, strict=True))


def segment_corrupt(execution_id: str, seq: object) -> RecordCorrupt:
    """A segment of a journal."""
    return RecordCorrupt(
        "storage.segment_corrupt",
        "Segment {seq} of execution {id} is damaged and cannot be read.",
        seq=seq,
        id=execution_id,
    )


def message_corrupt(execution_id: str, message_id: str) -> RecordCorrupt:
    """A message in an inbox."""
    return RecordCorrupt(
        "storage.message_corrupt",
        "Message {message} to execution {id} is damaged and cannot be read.",
        message=message_id,
        id=execution_id,
    )


def record_corrupt(table: str, name: str) -> RecordCorrupt:
    """A record."""
    return RecordCorrupt(
        "storage.record_corrupt", "The record {name} in {table} is damaged and cannot be read.", name=name, table=table
    )


def execution_corrupt(execution_id: str) -> RecordCorrupt:
    """What is known of an execution beside its journal."""
    return RecordCorrupt(
        "storage.execution_corrupt", "The row of execution {id} is damaged and cannot be read.", id=execution_id
    )
