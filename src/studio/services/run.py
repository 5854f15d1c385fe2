"""Run a workflow file: from the file and what was given beside it to an accepted execution."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import orjson

from studio.catalog import Catalog
from studio.domain import nouns
from studio.domain.canonical import content_hash
from studio.domain.errors import ExpressionError, NotFound, UserError, WorkflowInvalid
from studio.domain.phrases import Phrase
from studio.domain.reasons import json_reason
from studio.domain.workflow import Workflow
from studio.engine import Grants, StartRequest
from studio.expressions import compile_value
from studio.services._bounded import read_given
from studio.services.documents import Document, DocumentInvalid, Documents
from studio.services.overrides import Overrides, read_inputs
from studio.validation import Problem, load_data, reason_for
from studio.validation.check import check
from studio.validation.inputs import coerce_inputs

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What a caller gives beside the file.

    Args:
        inputs: Inputs as written: text that is JSON or else itself.
        input_file: A JSON or YAML file with inputs; ``inputs`` go before it.
        overrides: Params to set, as (path, text).
        until: Node of a partial run: only it and what it needs runs.
        pins: Outputs given by hand, by node id, as text: JSON, or ``@`` and a file. Those nodes do not run.
        trigger: Id of a trigger node whose event it is.
        event: The event as text: JSON, or ``@`` and a file that holds it.
        lang: Language of the execution's messages.
        allow_paths: Folders and files that nodes may reach beside the workflow's folder and the working folder.
        allow_hosts: Private hosts that nodes may reach.
    """

    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    input_file: Path | None = None
    overrides: Sequence[tuple[str, str]] = ()
    until: str | None = None
    pins: Sequence[tuple[str, str]] = ()
    trigger: str | None = None
    event: str | None = None
    lang: str = "en"
    allow_paths: Sequence[str] = ()
    allow_hosts: Sequence[str] = ()


class Runs:
    """Makes start requests from workflow files."""

    def __init__(self, documents: Documents, catalog: Catalog) -> None:
        self._documents = documents
        self._catalog = catalog

    def prepare(self, file: Path, options: RunOptions) -> StartRequest:
        """Read, check and fill a workflow.

        Raises:
            DocumentInvalid: The file, or a file it calls, has problems; it carries all of them.
            WorkflowInvalid: The inputs do not fit.
            UserError: An override or an event does not fit.
        """
        request = self.newer(file, options)
        workflow = request.workflow
        given = {**read_input_file(options.input_file), **read_inputs(workflow, options.inputs)}
        event = read_event(options.event) if options.event is not None else None
        if options.trigger is not None:
            event = self._checked_event(workflow, options.trigger, event)
            given = {**self._from_event(workflow, options.trigger, event), **given}
        elif options.event is not None:
            raise UserError("cli.event_alone", "An event needs the trigger it belongs to: add --trigger NODE.")
        pinned = {node: _pinned(workflow, node, text) for node, text in options.pins}
        if options.until is not None and options.until not in workflow.nodes:
            raise _no_node("--until", options.until, workflow)
        return replace(
            request,
            inputs=coerce_inputs(workflow, given),
            trigger=options.trigger or "manual",
            event=event,
            until=options.until,
            pinned=pinned,
            mode="partial" if options.until is not None or pinned else request.mode,
        )

    def changed(
        self, workflow: Workflow, calls: Mapping[str, Workflow], overrides: Sequence[tuple[str, str]]
    ) -> Workflow:
        """A workflow with other params, checked again.

        Raises:
            UserError: An override does not lead to a param.
            WorkflowInvalid: The workflow is not sound with it.
        """
        if not overrides:
            return workflow
        workflow = Overrides(self._catalog, overrides).apply(workflow)
        problems = check(workflow, self._catalog, resolve_call=calls.get)
        if any(each.severity == "error" for each in problems):
            raise WorkflowInvalid(problems)
        return workflow

    def newer(self, file: Path, options: RunOptions) -> StartRequest:
        """The request for a file as it stands, its inputs still missing.

        Raises:
            DocumentInvalid: The file, or a file it calls, has problems; it carries all of them.
            UserError: An override does not fit.
        """
        overrides = Overrides(self._catalog, options.overrides)
        document = self._documents.read(file, overrides.apply if options.overrides else None)
        if document.workflow is None or not document.valid:
            raise DocumentInvalid(document)
        folders = [str(document.path.parent), os.getcwd(), *options.allow_paths]
        for folder in folders:
            _check_kept(folder)
        return StartRequest(
            workflow=document.rooted(),
            calls=document.calls(),
            grants=Grants(
                folder=folders[0],
                allow_paths=folders[1:],
                allow_hosts=list(options.allow_hosts),
                lang=options.lang,
            ),
        )

    def _from_event(self, workflow: Workflow, trigger: str, event: Any) -> dict[str, Any]:
        """What a trigger node's ``inputs`` make of its event."""
        node = workflow.nodes[trigger]
        inputs = compile_value(node.inputs)
        try:
            found = node.inputs if inputs is None else inputs.evaluate({"event": event, **_around(workflow)})
        except ExpressionError as error:
            what = Problem(
                code=error.code, template=error.template, arguments=error.arguments, node=trigger, param="inputs"
            )
            raise WorkflowInvalid([what]) from error
        if found is not None and not isinstance(found, dict):
            raise UserError(
                "cli.trigger_inputs", "The inputs of trigger {node} must be an object of inputs, not {kind}.",
                node=trigger, kind=_kind(found),
            ).at(trigger, "inputs")  # fmt: skip
        return dict(cast("dict[str, Any]", found or {}))

    def _is_trigger(self, type_id: str) -> bool:
        return type_id in self._catalog and self._catalog.facts(type_id).kind == "trigger"

    def _checked_event(self, workflow: Workflow, trigger: str, event: Any) -> Any:
        """The event as the trigger's event model wants it."""
        from pydantic import ValidationError

        node = workflow.nodes.get(trigger)
        if node is None:
            known = ", ".join(id for id, one in workflow.nodes.items() if self._is_trigger(one.type))
            raise NotFound(
                "cli.no_trigger", "There is no node {node}; triggers here are: {known}.",
                node=trigger, known=known or "-",
            ).at(trigger)  # fmt: skip
        model: type[BaseModel] | None = getattr(self._catalog.load(node.type), "event_model", None)
        if model is None:
            raise UserError("cli.not_a_trigger", "{node} is a {type}, not a trigger.", node=trigger, type=node.type)
        given: Any = {} if event is None else event
        if isinstance(given, dict):
            given = {**_empty_event(model), **cast("dict[str, Any]", given)}
        try:
            return model.model_validate(given).model_dump(mode="json", by_alias=True)
        except ValidationError as error:
            first = error.errors()[0]
            raise UserError(
                "cli.event_invalid", "The event does not fit {node} ({type}): {where}: {reason}.",
                node=trigger, type=node.type, where=".".join(map(str, first["loc"])) or "event",
                reason=reason_for(first),
            ).at(trigger, "event") from error  # fmt: skip


_KINDS: dict[type, str] = {str: nouns.A_TEXT, list: nouns.A_LIST, bool: nouns.TRUE_OR_FALSE, int: nouns.A_NUMBER}


def _kind(value: object) -> str:
    return _KINDS.get(type(value)) or type(value).__name__


def _around(workflow: Workflow) -> dict[str, Any]:
    """What a trigger's ``inputs`` find beside the event, before there is an execution."""
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {"workflow": {"name": workflow.name, "hash": content_hash(workflow)}, "now": now}


_EMPTY: dict[str, Any] = {"object": {}, "array": [], "string": "", "integer": 0, "number": 0, "boolean": False}


def _empty_event(model: type[BaseModel]) -> dict[str, Any]:
    """An empty value for every field that an event must have, so that a trial needs to give only what matters."""
    schema = model.model_json_schema()
    fields: dict[str, Any] = schema.get("properties", {})
    return {name: _EMPTY.get(str(fields[name].get("type"))) for name in schema.get("required", ())}


def _pinned(workflow: Workflow, node: str, text: str) -> Any:
    """The output that is given for a node."""
    if node not in workflow.nodes:
        raise _no_node(f"--pin {node}", node, workflow)
    return read_pin(node, text)


def read_pin(node: str, text: str) -> dict[str, Any]:
    """The output that is given for a node, as JSON or as ``@`` and a file.

    Raises:
        UserError: It is no object.
        DocumentInvalid: The file cannot be read as one.
    """
    option = f"--pin {node}"
    path = Path(text[1:]) if text.startswith("@") else None
    loaded = load_data(read_given(path, option) if path else text, source="pinned.json")
    if path is not None and loaded.problems:
        raise DocumentInvalid(Document(path.absolute(), None, loaded.problems))
    for found in loaded.problems:
        reason = Phrase(found.code, found.template, **found.arguments)
        raise UserError("cli.pin", "{option}: {reason}.", option=option, reason=reason).at(node, option)
    raw: Any = loaded.raw
    if not isinstance(raw, dict):
        raise UserError(
            "cli.pin_object", "{option} takes the output of the node, an object, as JSON or as @FILE.", option=option
        ).at(node, option)
    return cast("dict[str, Any]", raw)


def _no_node(option: str, node: str, workflow: Workflow) -> UserError:
    return UserError(
        "cli.no_node", "{option}: the workflow has no node {node}; there are {known}.",
        option=option, node=node, known=", ".join(workflow.nodes) or "-",
    )  # fmt: skip


def _check_kept(folder: str) -> None:
    """Refuse a folder that an execution could not keep in its history.

    Raises:
        UserError: Its name is not UTF-8.
    """
    shown = folder.encode("utf-8", "backslashreplace").decode()
    if shown != folder:
        raise UserError(
            "cli.folder_not_utf8",
            "The name of the folder {path} is not UTF-8, so no execution can keep it. Rename it.", path=shown,
        )  # fmt: skip


def read_input_file(path: Path | None) -> dict[str, Any]:
    """Inputs from a JSON or YAML file; none without a path.

    Raises:
        DocumentInvalid: It is neither JSON nor YAML, or has keys twice; with the places.
        UserError: It cannot be read, or holds something else than an object.
    """
    if path is None:
        return {}
    loaded = load_data(read_given(path, "--input-file"), source=path.name)
    if loaded.problems:
        raise DocumentInvalid(Document(path.absolute(), None, loaded.problems))
    raw: Any = loaded.raw
    if not isinstance(raw, dict):
        raise UserError(
            "cli.input_file", "{path} must hold an object with a value per input, as JSON or YAML.", path=str(path)
        ).at(param="--input-file")
    return dict(cast("dict[str, Any]", raw))


def read_event(text: str) -> Any:
    """An event from JSON text, or from a file named after ``@``.

    Raises:
        DocumentInvalid: A file has keys twice, or numbers beyond 64 bits.
        WorkflowInvalid: The same of a text.
        UserError: It is not JSON.
    """
    path = Path(text[1:]) if text.startswith("@") else None
    content = read_given(path, "--event") if path else text.encode()
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise UserError(
            "cli.event_not_json", "The event is not JSON: {reason}. Name a file as @FILE.", reason=json_reason(error)
        ).at(param="--event") from error
    loaded = load_data(content, source="event.json")
    if loaded.problems:
        raise (
            DocumentInvalid(Document(path.absolute(), None, loaded.problems))
            if path
            else WorkflowInvalid(loaded.problems)
        )
    return loaded.raw
