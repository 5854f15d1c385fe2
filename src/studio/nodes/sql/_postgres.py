"""Postgres through asyncpg, by a checked address."""

# asyncpg comes without types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any, Literal, cast

import orjson

from studio.nodes.sql._plain import plain, size_of, unique_names
from studio.nodes.sql._values import parameter
from studio.sdk import (
    AuthenticationFailed,
    NodeContext,
    NodeError,
    NodeModel,
    NodeTimeout,
    Param,
    ProviderError,
    UserError,
)

Tls = Literal["auto", "verify", "require", "off"]
_LEDGER = (
    "CREATE TABLE IF NOT EXISTS studio_done "
    "(key text PRIMARY KEY, changes bigint NOT NULL, at timestamptz NOT NULL DEFAULT now())"
)
_BATCH_ROWS = 1_000
_BATCH_BYTES = 4 * 1024 * 1024
_TRANSIENT = ("08", "40", "53", "57", "58")

_FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)", re.DOTALL)
_WITHOUT_COUNT = frozenset({"EXPLAIN", "SHOW", "CALL"})
"""Statements that give rows, and whose command tag has no number."""


class Server(NodeModel):
    """Where the database is, for nodes without a credential."""

    host: str = Param(description="Host name or address")
    port: int = Param(5432, ge=1, le=65535, description="Port")
    database: str = Param(description="Name of the database")
    user: str = Param(description="User")
    password: str = Param("", secret=True, description="Password")
    tls: Tls = Param(
        "auto",
        description="verify: encrypted, certificate checked; require: encrypted; off; auto: verify unless private",
    )


class _NamedContext(ssl.SSLContext):
    """Checks the certificate for the host's name although the connection goes to its address."""

    host: str = ""

    def wrap_bio(
        self, incoming: Any, outgoing: Any, server_side: bool = False, server_hostname: Any = None, session: Any = None
    ) -> Any:
        return super().wrap_bio(incoming, outgoing, server_side, self.host, session)


async def server_of(given: Server | None, ctx: NodeContext) -> Server:
    """The server: the chosen credential's, or the one written on the node.

    Raises:
        UserError: There is neither, or both.
    """
    if ctx.credential_alias is None:
        if given is None:
            raise UserError("sql.no_server", "Choose a credential on the node, or fill in `server`.")
        return given
    if given is not None:
        raise UserError(
            "sql.two_servers", "A credential is chosen, so `server` must be empty: its host is the credential's."
        )
    fields = {name: value for name, value in (await ctx.credential()).items() if value not in (None, "")}
    return Server.model_validate(fields)


@asynccontextmanager
async def connected(server: Server, ctx: NodeContext, seconds: float) -> AsyncGenerator[Any]:
    """A connection of its own. ``seconds`` bounds each statement on the server, and the whole here.

    Raises:
        AccessRefused: The address is not allowed.
        AuthenticationFailed: The server does not accept user or password.
        ProviderError: It cannot be reached, or the connection broke.
        NodeTimeout: Time is up.
        UserError: It refused a statement.
    """
    import asyncpg

    addresses = await ctx.dial.addresses(server.host, server.port)
    try:
        async with asyncio.timeout(seconds):
            connection: Any = await asyncpg.connect(
                host=addresses,
                port=[server.port] * len(addresses),
                user=server.user,
                password=server.password,
                database=server.database,
                ssl=_tls(server, addresses),
                timeout=max(1, min(int(seconds), 30)),
                statement_cache_size=0,
                target_session_attrs="any",
                server_settings={
                    "application_name": "studio",
                    "statement_timeout": str(int(seconds * 1000)),
                    "idle_in_transaction_session_timeout": str(int(seconds * 1000) + 60_000),
                },
            )
            try:
                yield connection
            finally:
                connection.terminate() if connection.is_in_transaction() else await connection.close(timeout=5)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, ssl.SSLError) as error:
        raise explain(error, server, seconds) from error


def _tls(server: Server, addresses: Sequence[str]) -> Any:
    mode = server.tls
    if mode == "auto":
        mode = "off" if all(ip_address(address).is_private for address in addresses) else "verify"
    if mode == "off":
        return False
    context = _NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.host = server.host
    if mode == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_default_certs()
    return context


def explain(error: BaseException, server: Server, seconds: float) -> NodeError:
    """What an error of the driver means."""
    import asyncpg

    if isinstance(error, TimeoutError | asyncpg.QueryCanceledError):
        return NodeTimeout("sql.timeout", "The statement took longer than {seconds} s.", seconds=seconds)
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        return AuthenticationFailed(
            "sql.not_authorized", "{host} does not accept the user or password.", host=server.host
        )
    if isinstance(error, asyncpg.PostgresError):
        state = str(getattr(error, "sqlstate", None) or "")
        if state[:2] in _TRANSIENT:
            return ProviderError("sql.transient", "{host} reports: {reason}.", host=server.host, reason=_reason(error))
        return UserError("sql.postgres", "Postgres refused: {reason} ({state}).", reason=_reason(error), state=state)
    if (
        isinstance(error, asyncpg.InterfaceError)
        and not isinstance(error, asyncpg.InternalClientError)
        and not isinstance(error, OSError)
    ):
        return UserError("sql.postgres", "Postgres refused: {reason} ({state}).", reason=_reason(error), state="client")
    return ProviderError(
        "sql.connection", "No connection to {host}: {reason}.", host=server.host, reason=_reason(error)
    )


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:300].rstrip(".") or type(error).__name__


async def commit(transaction: Any) -> None:
    """Commit; a connection that breaks meanwhile leaves it in doubt whether it was done.

    Raises:
        ProviderError: The connection broke (in doubt), or the server refused for now.
    """
    import asyncpg

    try:
        await transaction.commit()
    except (OSError, asyncpg.ConnectionDoesNotExistError, asyncpg.InterfaceError) as error:
        raise ProviderError(
            "sql.commit_lost", "The connection broke while the transaction was being committed.", in_doubt=True
        ) from error


def arguments(statement: Any, values: Sequence[Any]) -> list[Any]:
    """Values for a prepared statement's parameters, converted to their types.

    Raises:
        UserError: Their number differs, or one does not fit.
    """
    kinds = statement.get_parameters()
    if len(kinds) != len(values):
        raise UserError(
            "sql.parameter_count", "The statement has {expected} parameters; got {found} values.",
            expected=len(kinds), found=len(values),
        )  # fmt: skip
    return [
        parameter(value, _kind(kind), place=f"${place}")
        for place, (value, kind) in enumerate(zip(values, kinds, strict=True), 1)
    ]


def _kind(kind: Any) -> str:
    return f"{kind.name[1:]}[]" if kind.kind == "array" and kind.name.startswith("_") else kind.name.lower()


class Shape:
    """How the rows of a prepared statement become objects."""

    def __init__(self, statement: Any) -> None:
        attributes = statement.get_attributes()
        self.names = unique_names([attribute.name for attribute in attributes])
        self._json = [attribute.type.name in ("json", "jsonb") for attribute in attributes]

    def row(self, record: Any) -> dict[str, Any]:
        """A record as an object."""
        return {
            name: orjson.loads(value) if is_json and value is not None else plain(value)
            for name, value, is_json in zip(self.names, record, self._json, strict=True)
        }


async def batches(statement: Any, values: Sequence[Any]) -> AsyncGenerator[list[Any]]:
    """The records of a prepared statement, a few megabytes at a time however long they are; only in a transaction."""
    cursor = await statement.cursor(*values)
    rows = 1
    while records := await cursor.fetch(rows):
        yield records
        average = max(1, sum(map(size_of, records)) // len(records))
        # No more than four times as many as before, because rows that come later may be longer.
        rows = max(1, min(rows * 4, _BATCH_ROWS, _BATCH_BYTES // average))


async def done_before(connection: Any, key: str) -> int | None:
    """Changes that an earlier run with this key made, None where there was none. Makes the table for keys."""
    await connection.execute(_LEDGER)
    return cast("int | None", await connection.fetchval("SELECT changes FROM studio_done WHERE key = $1", key))


async def remember(connection: Any, key: str, changes: int) -> None:
    """Keep the key; a run at the same time with the same key waits here and then fails."""
    await connection.execute("INSERT INTO studio_done (key, changes) VALUES ($1, $2)", key, changes)


def changed(statement: str, rows: int) -> int:
    """Rows that a statement which gave ``rows`` rows counts as changed, as its command tag would."""
    found = _FIRST_WORD.match(statement)
    return 0 if found and found[1].upper() in _WITHOUT_COUNT else rows


def affected(status: str) -> int:
    """Rows of a command tag such as ``INSERT 0 3`` or ``UPDATE 2``; 0 where it names none."""
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0


def quoted(name: str) -> str:
    """An identifier, possibly ``schema.table``, quoted.

    Raises:
        UserError: A part is empty, too long, or has a NUL.
    """
    parts = name.split(".")
    if len(parts) > 2 or any(not part or len(part.encode()) > 63 or "\0" in part for part in parts):
        raise UserError("sql.bad_name", "{name} is no table or column name.", name=name[:100])
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def quoted_column(name: str) -> str:
    """A column's name, quoted; dots are part of it.

    Raises:
        UserError: It is empty, too long, or has a NUL.
    """
    if not name or len(name.encode()) > 63 or "\0" in name:
        raise UserError("sql.bad_name", "{name} is no table or column name.", name=name[:100])
    return '"' + name.replace('"', '""') + '"'


def record_of(value: Any, index: int) -> Mapping[str, Any]:
    """A row given as an object.

    Raises:
        UserError: It is none.
    """
    if not isinstance(value, dict):
        raise UserError("sql.not_a_record", "Row {index} is no object.", index=index)
    return cast("dict[str, Any]", value)
