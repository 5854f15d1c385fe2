"""flow.switch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self, cast

from pydantic import model_validator

from studio.nodes.flow._equal import same
from studio.sdk import (
    BaseNode,
    Effect,
    Example,
    Json,
    NodeContext,
    NodeModel,
    Param,
    Refusal,
    Routed,
    UserError,
    describe,
)

_PORT = re.compile(r"[a-z][a-z0-9_]*\Z")
_DEFAULT = "default"


class Case(NodeModel):
    """A port and the condition under which it is taken."""

    port: str
    when: Json


class Switch(BaseNode):
    """Take one of several branches, by value or by condition.

    Cases are tried in order and the first that fits wins; ``default`` is taken where none does. Either give a value and
    a mapping of port to the value it must equal, or a list of ports each with a condition.
    """

    type = "flow.switch"
    title = "Switch"
    keywords = ("case", "branch", "route", "match", "decision")
    effect = Effect.PURE
    ports = ("default",)
    open_ports = True
    passes_input = True

    class Input(NodeModel):
        value: Json = Param(None, description="What the cases are compared with")
        cases: dict[str, Json] | list[Case] = Param(description="Ports, each with a value to equal or a condition")

        @model_validator(mode="after")
        def _ports_are_names(self) -> Self:
            names = list(self.cases) if isinstance(self.cases, dict) else [case.port for case in self.cases]
            for name in names:
                if not _PORT.match(name) or name in (_DEFAULT, "error"):
                    raise Refusal(
                        "flow.bad_port",
                        "{name} cannot name a port; use a-z, 0-9 and _, and neither default nor error",
                        name=repr(name[:60]),
                    )
            if len(set(names)) != len(names):
                raise Refusal("flow.same_port", "every case needs a port of its own")
            return self

    class Output(NodeModel):
        port: str

    examples = (
        Example(
            title="By value",
            input={"value": "gb", "cases": {"france": "fr", "britain": "gb"}},
            output={"port": "britain"},
            port="britain",
        ),
        Example(
            title="By condition, first that holds",
            input={"cases": [{"port": "huge", "when": False}, {"port": "large", "when": True}]},
            output={"port": "large"},
            port="large",
        ),
        Example(
            title="True is not 1",
            input={"value": True, "cases": {"one": 1}},
            output={"port": "default"},
            port="default",
        ),
        Example(title="No truth value", input={"cases": [{"port": "a", "when": "yes"}]}, error="flow.case_condition"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Routed[Output]:
        port = _by_value(input.cases, input.value) if isinstance(input.cases, dict) else _by_condition(input.cases)
        return self.route(port, self.Output(port=port))

    def ports_of(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        cases = params.get("cases")
        named: list[Any] = []
        if isinstance(cases, dict):
            named = list(cast("dict[Any, Any]", cases))
        elif isinstance(cases, list):
            named = [case.get("port") for case in cast("list[Any]", cases) if isinstance(case, dict)]  # pyright: ignore[reportUnknownMemberType] # params as written
        return (*(name for name in named if isinstance(name, str)), _DEFAULT)


def _by_value(cases: Mapping[str, Json], value: Json) -> str:
    return next((port for port, wanted in cases.items() if same(value, wanted)), _DEFAULT)


def _by_condition(cases: list[Case]) -> str:
    for case in cases:
        if not isinstance(case.when, bool):
            raise UserError(
                "flow.case_condition",
                "The condition of case {port} must be true or false; it is {found}.",
                port=case.port,
                found=describe(case.when),
            )
        if case.when:
            return case.port
    return _DEFAULT
