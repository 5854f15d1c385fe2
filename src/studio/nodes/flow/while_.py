"""flow.while."""

from __future__ import annotations

from typing import Literal

from studio.sdk import ControlNode, Effect, Example, Json, NodeModel, Param


class While(ControlNode):
    """Repeat the nodes inside while a condition holds.

    The condition is evaluated before each turn, with ``state`` and ``index`` (from 0) in scope; the body's ``next``
    gives the state of the following turn. ``max`` bounds the turns.
    """

    type = "flow.while"
    title = "While"
    keywords = ("loop", "repeat", "until", "poll", "paging")
    effect = Effect.PURE
    executor = "while"
    bodies = ("body",)
    scope_names = ("state", "index")
    raw_params = ("condition",)

    class Input(NodeModel):
        state: Json = Param(None, description="State before the first turn")
        condition: Json = Param(
            True, widget="expression", description="Goes on while this is true; may use state and index"
        )
        max: int = Param(ge=1, le=10**9, description="Most turns")
        on_max: Literal["fail", "stop"] = Param(
            "fail", description="Where the condition still holds after the last turn: fail, or stop with what there is"
        )

    class Output(NodeModel):
        state: Json
        turns: int

    examples = (
        Example(
            title="Double until it is large",
            input={"state": 1, "condition": "{{ state < 100 }}", "max": 50},
            body={"nodes": {}, "next": "{{ state * 2 }}"},
            output={"state": 128, "turns": 7},
        ),
        Example(
            title="A fixed number of turns",
            input={"state": [], "max": 3, "on_max": "stop"},
            body={"nodes": {}, "next": "{{ state + [index] }}"},
            output={"state": [0, 1, 2], "turns": 3},
        ),
    )
