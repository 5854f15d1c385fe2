"""Values given for one run: inputs, and params of nodes set from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast

import orjson

from studio.catalog import Catalog
from studio.domain.errors import StudioError, UserError
from studio.domain.workflow import Graph, Node, Workflow
from studio.services._strict_json import has_wide_integer, repeated_key
from studio.services._tree import PARTS


def read_value(text: str, option: str) -> Any:
    """A value as written on a command line: JSON, else the text itself; that of numbers beyond 64 bits too.

    ``option`` is where it is written, for messages.

    Raises:
        UserError: It is JSON in which a key stands twice, or nested too deep to be read.
    """
    try:
        value = orjson.loads(text)
        content = text.encode()
        key = repeated_key(content)
        wide = has_wide_integer(content)
    except orjson.JSONDecodeError:
        return text
    except RecursionError as error:
        raise UserError("cli.too_deep", "{option}: the value is nested too deep.", option=option).at(
            param=option
        ) from error
    if key is not None:
        raise UserError(
            "cli.repeated_key", "{option}: the key {key} stands twice in one object.", option=option, key=key
        ).at(param=option)
    return text if wide else value


def split_assignment(text: str, option: str) -> tuple[str, str]:
    """``name=value`` as its two sides.

    Raises:
        UserError: There is no ``=``, or no name.
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UserError("cli.assignment", "{option} takes name=value, but got {text}.", option=option, text=text).at(
            param=option
        )
    return name.strip(), value


def read_inputs(workflow: Workflow, written: Mapping[str, str]) -> dict[str, Any]:
    """Inputs as written on a command line: JSON, else text; where the schema wants text, ``5`` stays text."""
    return {name: _read_input(name, workflow.inputs.get(name, {}), text) for name, text in written.items()}


def _read_input(name: str, schema: Mapping[str, Any], text: str) -> Any:
    value = read_value(text, f"--input {name}")
    if isinstance(value, str):
        return value
    named = schema.get("type", [])
    kinds = cast("list[str]", [named] if isinstance(named, str) else named)
    if "string" in kinds and not _json_kinds(value) & set(kinds):
        return text
    choices = schema.get("enum")
    return text if isinstance(choices, list) and text in choices and value not in choices else value


def _json_kinds(value: Any) -> set[str]:
    """What JSON Schema may call the type of a value."""
    kinds = {bool: "boolean", int: "integer", float: "number", list: "array", dict: "object", type(None): "null"}
    kind = kinds[type(value)]
    return {kind, "number"} if kind == "integer" else {kind}


class Overrides:
    """Params to set before a run, such as ``load.path`` or ``places.place.text``, at any depth of containers.

    A path names nodes down to the one meant, then the param and, if wanted, keys inside it. The name of a container's
    part (``body``, ``catch``, ``finally``) may stand between.
    """

    def __init__(self, catalog: Catalog, written: Sequence[tuple[str, str]]) -> None:
        self._catalog = catalog
        self._written = written

    def apply(self, workflow: Workflow) -> Workflow:
        """The workflow with every override in place.

        Raises:
            UserError: A path does not lead to a param of a node.
        """
        for path, text in self._written:
            workflow = self._set(workflow, path.split("."), path, text)
        return workflow

    def _set(self, graph: Any, steps: list[str], path: str, text: str) -> Any:
        name, rest = steps[0], steps[1:]
        node = cast("Graph", graph).nodes.get(name)
        if node is None:
            known = ", ".join(cast("Graph", graph).nodes)
            raise UserError(
                "cli.set_no_node", "--set {path}: there is no node {node} here; there are {known}.",
                path=path, node=name, known=known,
            ).at(name, path)  # fmt: skip
        changed = self._set_in_node(node, rest, path, text)
        return cast("Graph", graph).model_copy(update={"nodes": {**cast("Graph", graph).nodes, name: changed}})

    def _set_in_node(self, node: Node, steps: list[str], path: str, text: str) -> Node:
        for written, attribute in PARTS:
            part = cast("Graph | None", getattr(node, attribute))
            inner = steps[1:] if steps[:1] == [written] else steps
            if part is not None and len(inner) > 1 and inner[0] in part.nodes:
                return node.model_copy(update={attribute: self._set(part, inner, path, text)})
        if not steps:
            raise UserError("cli.set_no_param", "--set {path}: name a param after the node.", path=path).at(param=path)
        value = self._value(node, steps, path, text)
        return node.model_copy(update={"params": _put(node.params, steps, value)})

    def _value(self, node: Node, steps: list[str], path: str, text: str) -> Any:
        """The text read as JSON where the param takes that, else as it stands."""
        value = read_value(text, f"--set {path}")
        if isinstance(value, str) or "{{" in text or len(steps) > 1:
            return value
        try:
            model = self._catalog.load(node.type).input_model
        except StudioError:
            return value
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        field = fields.get(steps[0])
        if field is None:
            return value
        return value if _fits(field, value) or not _fits(field, text) else text


def _fits(field: Any, value: Any) -> bool:
    from pydantic import TypeAdapter, ValidationError

    annotation: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    try:
        TypeAdapter[Any](annotation).validate_python(value)
    except ValidationError:
        return False
    return True


def _put(container: Mapping[str, Any], steps: list[str], value: Any) -> dict[str, Any]:
    """A copy of ``container`` with ``value`` at the end of ``steps``, making objects on the way."""
    name, rest = steps[0], steps[1:]
    if not rest:
        return {**container, name: value}
    inner = container.get(name)
    return {**container, name: _put(cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}, rest, value)}
