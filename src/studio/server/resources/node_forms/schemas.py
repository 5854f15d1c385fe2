"""Questions and answers about forms of nodes."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from studio.server._models import In, Out


class NodeFormOut(Out):
    """The form of a node as it is with what is filled in."""

    params: dict[str, Any] = Field(
        description="JSON Schema of the params. `x-options` marks those whose choices can be asked for, `x-depends-on` "
        "what they depend on, `x-visible-when` when they are shown, `x-widget` an unusual control, `x-language` what "
        "is written in it, `x-secret` what is masked, `x-studio` files, tables, long lists and expressions per item."
    )
    output: dict[str, Any] = Field(description="JSON Schema of the output.")


class NodeFormIn(In):
    """What is filled in so far."""

    params: dict[str, Any] = Field(default_factory=dict, examples=[{"book": "b1"}])


class NodeOptionsIn(NodeFormIn):
    """A question for the choices of a param."""

    param: str = Field(min_length=1, max_length=200, examples=["sheet", "auth.account"])
    credential: str | None = Field(default=None, max_length=200, description="The credential chosen on the node.")
    search: str = Field(default="", max_length=200, description="What was typed so far.")
    page: str | None = Field(default=None, max_length=4000, description="The `next` of the answer before.")
    limit: int = Field(default=50, ge=1, le=200)


class NodeOptionOut(Out):
    """One choice."""

    value: Any = Field(description="What is stored as the param.", examples=["s2"])
    label: str = Field(examples=["Winter"])
    help: str = ""


class NodeOptionsOut(Out):
    """Some choices."""

    items: list[NodeOptionOut]
    next: str | None = Field(default=None, description="Give this as `page` for more; null where there are no more.")
