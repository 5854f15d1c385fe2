"""Exporting the audit log, which the log tells of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Literal, TypeAlias

from studio.contracts.records import Records
from studio.domain.access import Actor
from studio.services.audit.lines import csv_head, csv_line, json_line
from studio.services.audit.looking import AuditReader, Wanted
from studio.services.auditing import entry

Format: TypeAlias = Literal["ndjson", "csv"]
_PIECE = 64 * 1024


class Exporter:
    """Gives out whole logs as files."""

    def __init__(self, records: Records, reader: AuditReader) -> None:
        self._records = records
        self._reader = reader

    async def export(self, actor: Actor, workspace: str, wanted: Wanted, format: Format) -> AsyncIterator[bytes]:
        """The entries that are there now, oldest first, in pieces. The log has told of it before the first comes."""
        asked = {name: value for name, value in asdict(wanted).items() if value is not None}
        upto = await self._reader.last(workspace)
        await self._records.commit(
            [], [entry(actor, "audit.exported", kind="audit", id=workspace, after={"format": format, **asked},
                       workspace=workspace)]
        )  # fmt: skip
        return self._pieces(workspace, wanted, format, upto)

    async def _pieces(self, workspace: str, wanted: Wanted, format: Format, upto: int) -> AsyncIterator[bytes]:
        line = json_line if format == "ndjson" else csv_line
        piece = bytearray(b"" if format == "ndjson" else csv_head())
        async for one in self._reader.all(workspace, wanted, upto=upto):
            piece += line(one.entry, one.facts)
            if len(piece) >= _PIECE:
                yield bytes(piece)
                piece.clear()
        if piece:
            yield bytes(piece)
