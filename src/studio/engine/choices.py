"""Choices of a param, listed while somebody fills in the form: outside of any execution."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from studio.contracts.apart import Apart
from studio.contracts.blobs import BlobFile
from studio.contracts.data_tables import DataTables
from studio.contracts.files import HostFiles
from studio.contracts.http import Dialer, HttpClient
from studio.domain.access import Permission
from studio.domain.errors import AccessRefused, NodeError, NodeTimeout, StudioError, UserError
from studio.domain.values import FileRef, TableRef
from studio.engine.api import Charge, Grants
from studio.engine.encode import encode_small
from studio.engine.host import HostServices
from studio.sdk import ApartNode, BaseNode, ItemsBase, NodeContext, Options, StateHandle, TableDraft, list_options

_LONGEST = 20.0
"""Seconds that somebody looks at an empty list."""


async def choices_of(
    impl: BaseNode, param: str, *, params: Mapping[str, Any], search: str, page: str | None, limit: int,
    host: HostServices, grants: Grants, workspace: str, credential: str | None, charge: Charge,
    tables: bool,
) -> tuple[list[tuple[Any, str, str]], str | None]:  # fmt: skip
    """The choices for a param as (value, label, help), and what to give as ``page`` for the next ones.

    Args:
        impl: The node.
        param: The param; a dotted path where it lies inside another.
        params: What is filled in so far.
        search: What is looked for.
        page: What the page before said.
        limit: Most choices.
        host: Networks and credentials.
        grants: What may be reached.
        workspace: Whose credentials are meant.
        credential: The one that is chosen on the node.
        charge: With whose right credentials are used.
        tables: Whether the data tables of the workspace may be seen.

    Raises:
        StudioError: The param has no choices, one that they depend on is not filled in, or they cannot be listed.
    """
    context = FormContext(impl.type, host, grants, workspace, credential, charge, tables)
    ask = Options(params=params, search=search, page=page, limit=limit)
    try:
        async with asyncio.timeout(_LONGEST):
            if isinstance(impl, ApartNode):
                found = await impl.options(param, ask, context)
            else:
                found = await list_options(impl, param, ask, context)
        for one in found.options:
            encode_small(one.value, walk=True)
    except StudioError:
        raise
    except TimeoutError as error:
        raise NodeTimeout(
            "node.options_timeout", "The choices for {param} did not come within {limit} s.", param=param,
            limit=_LONGEST,
        ) from error  # fmt: skip
    except Exception as error:  # a pack's method may raise anything
        raise NodeError(
            "node.options_failed", "The choices for {param} of {type} cannot be listed: {kind}: {reason}.",
            param=param, type=impl.type, kind=type(error).__name__, reason=str(error)[:500],
        ) from error  # fmt: skip
    return [(one.value, one.label, one.help) for one in found.options], found.next


class FormContext(NodeContext):
    """Networks, the chosen credential and data tables; everything else belongs to an execution, and there is none."""

    def __init__(
        self,
        node_type: str,
        host: HostServices,
        grants: Grants,
        workspace: str,
        credential: str | None,
        charge: Charge,
        tables: bool,
    ) -> None:
        self._type = node_type
        self._host = host
        self._grants = grants
        self._credential = credential
        self._charge = charge
        self._tables = tables
        self.workspace = workspace
        self.execution_id = self.workflow_name = self.path = self.idempotency_key = ""
        self.attempt = 1
        self.now = datetime.now(UTC)
        self.time_zone = "UTC"
        self.recovering = False
        self.intent = None
        self.batch: Sequence[NodeContext] = ()

    @property
    def http(self) -> HttpClient:
        return self._host.http_for(self._grants, self.workspace, self._charge)

    @property
    def dial(self) -> Dialer:
        return self._host.dial_for(self._grants, self.workspace)

    @property
    def apart(self) -> Apart:
        return self._host.apart

    @property
    def credential_alias(self) -> str | None:
        return self._credential

    async def credential(self, alias: str | None = None) -> Mapping[str, Any]:
        if self._credential is None:
            raise UserError("node.no_credential", "{type} needs a credential; choose one on the node.", type=self._type)
        return await self._host.credential(self.workspace, self._credential, self._charge)

    async def check_cancelled(self) -> None:
        await asyncio.sleep(0)

    def translate(self, key: str, **arguments: Any) -> str:
        return self._host.translate(self._type, key, self._grants.lang, arguments)

    async def progress(self, percent: float | None = None, message: str | None = None) -> None:
        """Nobody looks on."""

    async def emit(self, part: Any) -> None:
        """Nobody looks on."""

    async def log(self, level: str, message: str, **fields: Any) -> None:
        """There is no execution whose log this could be."""

    @property
    def files(self) -> HostFiles:
        self._refuse("files")

    @property
    def state(self) -> StateHandle:
        self._refuse("state")

    @property
    def data_tables(self) -> DataTables:
        if not self._tables:
            raise AccessRefused(
                "access.missing_permission", "This needs the permission {permission}.", permission=Permission.TABLE_VIEW
            )
        return self._host.data_tables_for(self.workspace, self.execution_id)

    async def make_file(self, data: bytes | AsyncIterator[bytes], name: str, media_type: str | None = None) -> FileRef:
        self._refuse("make_file")

    async def read_file(self, file: FileRef, *, max_bytes: int = 256 * 1024 * 1024) -> bytes:
        self._refuse("read_file")

    def stream_file(self, file: FileRef, offset: int = 0) -> AsyncIterator[bytes]:
        self._refuse("stream_file")

    def local_file(self, file: FileRef) -> AbstractAsyncContextManager[Path]:
        self._refuse("local_file")

    def local_table(self, table: TableRef) -> AbstractAsyncContextManager[Path]:
        self._refuse("local_table")

    def new_table(self) -> AbstractAsyncContextManager[TableDraft]:
        self._refuse("new_table")

    async def keep_table(
        self, write: Callable[[BlobFile], object], rows: int, columns: Iterable[tuple[str, str]], size: int
    ) -> TableRef:
        self._refuse("keep_table")

    async def make_items(self, items: AsyncIterator[Any] | Iterable[Any]) -> ItemsBase | list[Any]:
        self._refuse("make_items")

    async def usage(self, *, tokens: int = 0, cost: float = 0.0) -> None:
        self._refuse("usage")

    async def call(self, workflow: str, inputs: Mapping[str, Any]) -> Any:
        self._refuse("call")

    def _refuse(self, what: str) -> NoReturn:
        raise NodeError(
            "node.outside_execution", "{type} uses {what} for its choices, which only executions have.",
            type=self._type, what=f"ctx.{what}",
        )  # fmt: skip
