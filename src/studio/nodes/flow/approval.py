"""flow.approval."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from studio.domain.durations import Duration
from studio.sdk import ControlNode, Effect, Example, Json, NodeModel, Param, Refusal, Slot

_CHOICES = ("approve", "reject")


class Approval(ControlNode):
    """Wait until a person decides.

    The first choice leaves by ``approved``, every other by ``rejected``; ``decision`` is the choice itself. What sits
    in the ``notify`` slot runs first, with the single-use links in scope. Waiting takes no worker.
    """

    type = "flow.approval"
    title = "Approval"
    keywords = ("human", "confirm", "review", "sign off", "decision", "manual step")
    effect = Effect.READ
    executor = "approval"
    ports = ("approved", "rejected")
    slots = (Slot(name="notify", kind="notify"),)

    class Input(NodeModel):
        message: str = Param(max_length=20_000, widget="multiline", description="What is to be decided")
        timeout: Duration | None = Param(None, widget="duration", description="Longest wait; none without")
        on_timeout: str = Param("fail", description="Choice that counts where nobody decides in time, or fail")
        choices: list[str] = Param(
            default_factory=lambda: list(_CHOICES), min_length=1, max_length=20, description="What one may choose from"
        )

        @model_validator(mode="after")
        def _choices_differ(self) -> Self:
            if len(set(self.choices)) != len(self.choices) or not all(choice.strip() for choice in self.choices):
                raise Refusal("flow.choices", "choices must be different words, none of them empty")
            if self.on_timeout not in ("fail", *self.choices):
                raise Refusal("flow.on_timeout", "on_timeout must be fail or one of the choices")
            return self

    class Output(NodeModel):
        decision: str
        by: str | None
        comment: str | None
        data: Json

    examples = (
        Example(
            title="Nobody answers in time",
            input={"message": "Send 12 letters?", "timeout": "10ms", "on_timeout": "reject"},
            output={"decision": "reject", "by": None},
            port="rejected",
        ),
        Example(
            title="Silence is consent",
            input={"message": "Déployer ?", "timeout": "10ms", "on_timeout": "approve"},
            output={"decision": "approve"},
            port="approved",
        ),
        Example(
            title="A choice that is none",
            input={"message": "Paint it?", "choices": ["red", "blue"], "timeout": "10ms", "on_timeout": "approve"},
            error="node.param_invalid",
        ),
    )
