"""``NodeTester``: run a node as the engine does, and hold it to its contract."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from studio.domain.errors import StudioError
from studio.domain.status import Effect
from studio.domain.values import FileRef, TableRef
from studio.sdk import (
    GENERIC_CREDENTIALS,
    BaseNode,
    ControlNode,
    CredentialType,
    HttpClient,
    HttpRequest,
    ItemsBase,
    NodeModel,
    PerItem,
    Routed,
    TriggerNode,
    checked_effect,
    dump_output,
    input_invalid,
    node_class,
    output_invalid,
    per_item_shape,
    takes_items,
)
from studio.testing._context import ScratchContext
from studio.testing._parts import Parts
from studio.testing._plain import NodeContractError, check_plain
from studio.testing._store import ScratchItems
from studio.testing._triggers import run_trigger


@dataclass(slots=True)
class NodeResult:
    """How a test run went.

    ``error`` is what the node raised on purpose, ``ports`` the ports its output left by (empty for the default one).
    ``effect`` is the effect for these params; ``requests`` and ``calls`` are what it asked of others, ``tokens`` and
    ``cost`` what it says it has used, ``tables`` the rows of the data tables afterwards.
    """

    output: dict[str, Any] | None = None
    ports: tuple[str, ...] = ()
    error: StudioError | None = None
    effect: Effect = Effect.PURE
    intent: Any = None
    state: Any = None
    parts: list[Any] = field(default_factory=list[Any])
    progress: list[tuple[float | None, str | None]] = field(default_factory=list[tuple[float | None, str | None]])
    logs: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list[tuple[str, str, dict[str, Any]]])
    requests: list[HttpRequest] = field(default_factory=list[HttpRequest])
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    tokens: int = 0
    cost: float = 0.0
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])


class NodeTester:
    """Runs one node class in a scratch folder. Use it as a context manager to have the folder removed.

    Example:
        ``result = await NodeTester(Slugify).run({"text": "Déjà vu"})``
        ``assert result.output == {"slug": "deja-vu"}``
    """

    def __init__(
        self,
        node: type[BaseNode] | BaseNode | Callable[..., Any],
        *,
        folder: Path | None = None,
        parts: Parts | None = None,
    ):
        """Make the tester; ``folder`` holds the files of all its runs, a temporary one where it is not given."""
        self.node = node if isinstance(node, BaseNode) else node_class(node)()
        self._own = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="studio-test-"))
        self._parts = parts or _real_parts()

    def __enter__(self) -> NodeTester:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Remove the scratch folder, where it is the tester's own."""
        if getattr(self, "_own", False):
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def files(self) -> Path:
        """The folder against which relative paths resolve."""
        return self.folder / "files"

    def file(self, data: bytes | str, name: str, media_type: str | None = None) -> FileRef:
        """A file by reference, to be given as input."""
        return self._context().blobs.file(data.encode() if isinstance(data, str) else data, name, media_type)

    def content(self, file: FileRef | TableRef) -> bytes:
        """What a file or table by reference holds."""
        return self._context().blobs.get(file.blob)

    def _context(self, **options: Any) -> ScratchContext:
        return ScratchContext(self.folder, self._parts, **options)

    async def run(
        self,
        input: Mapping[str, Any],
        *,
        scope: Mapping[str, Any] | None = None,
        files: Mapping[str, str | bytes] | None = None,
        allow_hosts: Iterable[str] = (),
        credential: Mapping[str, Any] | None = None,
        credential_type: CredentialType | None = None,
        state: Any = None,
        workflows: Mapping[str, Any] | None = None,
        tables: Mapping[str, Any] | None = None,
        http: HttpClient | None = None,
        chunked: bool = False,
        recovering: bool = False,
        intent: Any = None,
        timeout: float = 30.0,
    ) -> NodeResult:
        """Run the node once.

        Args:
            input: Params as in a workflow file: literals and ``{{ }}``.
            scope: Names that the expressions find.
            files: Put into the files' folder first: path to text or bytes.
            allow_hosts: Hosts the node may reach although they are private.
            credential: Fields of the credential chosen on the node.
            credential_type: Its type; the generic one that the node declares where it is not given.
            state: What the node's state holds.
            workflows: What the workflows give that the node may call, by name: an output, an error to raise (such as
                ``CallFailed``), or a function of the inputs that gives one of them.
            tables: Data tables that are there: name to ``columns`` and ``rows``.
            http: A client to use instead of the real one.
            chunked: Give lists as pages by reference wherever the input takes ``Items``.
            recovering: As after a crash, with ``intent`` as recorded then.
            timeout: Seconds until it counts as hanging.

        Returns:
            What came of it; an error raised on purpose is in ``error``.

        Raises:
            NodeContractError: The node changed its input, or gave what cannot be recorded.
        """
        for name, content in (files or {}).items():
            path = self.files / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        context = self._context(
            allow=allow_hosts,
            credential=credential,
            credential_type=credential_type or self._declared_type(),
            state=state,
            answers=workflows,
            http=http,
        )
        context.path = self.node.type
        context.recovering = recovering
        context.attempt = 2 if recovering else 1
        context.intent = intent
        result = NodeResult()
        try:
            if tables is not None:
                await context.open_tables(tables)
            async with asyncio.timeout(timeout):
                await self._attempt(dict(input), dict(scope or {}), context, result, chunked)
            context.state.commit()
        except StudioError as error:
            result.error = error.at(node="example")
        finally:
            try:
                result.tables = await context.table_rows()
            finally:
                await context.close()
        seen = context.seen
        result.parts, result.progress, result.logs = seen.parts, seen.progress, seen.logs
        result.requests, result.calls = seen.requests, seen.calls
        result.tokens, result.cost = seen.tokens, seen.cost
        result.state = context.state.value
        return result

    def _declared_type(self) -> CredentialType | None:
        return next((GENERIC_CREDENTIALS[id] for id in self.node.credentials if id in GENERIC_CREDENTIALS), None)

    async def _attempt(
        self, written: dict[str, Any], scope: dict[str, Any], context: ScratchContext, result: NodeResult, chunked: bool
    ) -> None:
        node = self.node
        if isinstance(node, ControlNode):
            raise NodeContractError(f"{node.type} is executed by the engine; check its examples with an engine runner")
        given = self.resolve(written, scope, chunked=chunked)
        before = _comparable(given)
        try:
            input = node.input_model.model_validate(given)
        except ValidationError as error:
            raise input_invalid(node.type, error, node.input_model) from error
        result.effect = checked_effect(node, input)
        if isinstance(node, TriggerNode):
            result.output = await run_trigger(node, input, scope, context)
        else:
            if result.effect.needs_intent and not context.recovering:
                context.intent = await node.prepare(input, context)
                check_plain(context.intent, "what prepare returned")
            result.intent = context.intent
            result.output, result.ports = await self._finish(await self._call(input, context), written)
        check_plain(result.output, "the output")
        if _comparable(given) != before:
            raise NodeContractError(f"{node.type} changed its input")

    async def _call(self, input: Any, context: ScratchContext) -> Any:
        if not self.node.batch_size:
            return await self.node.run(input, context)
        context.batch = (context,)
        results = await self.node.run_many([input], context)
        if len(results) != 1:
            raise NodeContractError(f"run_many gave {len(results)} results for one input")
        if isinstance(results[0], BaseException):
            raise results[0]
        return results[0]

    async def _finish(self, returned: Any, params: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
        ports: tuple[str, ...] = ()
        if isinstance(returned, Routed):
            routed = cast("Routed[NodeModel]", returned)
            ports, returned = routed.ports, routed.output
            known = self.node.ports_of(params)
            for port in ports:
                if port not in known:
                    raise NodeContractError(f"{self.node.type} left by port {port!r}; it has {', '.join(known)}")
        model = self.node.output_model
        fields: object = returned.__dict__ if isinstance(returned, NodeModel) else returned
        try:
            checked = model.model_validate(fields)
        except ValidationError as error:
            raise output_invalid(self.node.type, error, model) from error
        for name, info in model.model_fields.items():
            if info.annotation is Any:
                check_plain(getattr(checked, name), f"the output's {name}")
        return dump_output(checked), ports

    def resolve(self, written: Mapping[str, Any], scope: Mapping[str, Any], *, chunked: bool = False) -> dict[str, Any]:
        """Params as the input model takes them: expressions evaluated, per-item ones turned into functions."""
        out: dict[str, Any] = {}
        fields = {info.alias or name: info for name, info in self.node.input_model.model_fields.items()}
        for name, value in written.items():
            info = fields.get(name)
            if name in self.node.raw_params:
                out[name] = value
            elif info is not None and (shape := per_item_shape(info.annotation)):
                out[name] = self._parts.per_item(value, shape, scope)
            else:
                out[name] = self._parts.evaluate(value, scope)
                if chunked and info is not None and takes_items(info) and isinstance(out[name], list):
                    out[name] = ScratchItems(out[name], 2)
        return out


def _real_parts() -> Parts:
    from studio.bootstrap.testparts import NodeTestParts  # needed only where no others are given

    return NodeTestParts()


def _comparable(value: Any) -> Any:
    """The input in a form whose copy can be compared later; functions and references by identity."""
    if isinstance(value, dict):
        return {key: _comparable(one) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | ItemsBase):
        return [_comparable(one) for one in cast("list[Any]", value)]
    return id(cast("object", value)) if isinstance(value, PerItem) else value
