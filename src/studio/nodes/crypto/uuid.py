"""crypto.uuid."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from studio.nodes.crypto._random import uuid7
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError

_SPACES = {"dns": uuid.NAMESPACE_DNS, "url": uuid.NAMESPACE_URL}


class Uuid(BaseNode):
    """Make a unique id: by chance (4), by time and chance (7, sortable), or of a name (5, always the same)."""

    type = "crypto.uuid"
    title = "UUID"
    keywords = ("id", "unique", "guid", "random", "identifier")
    effect = Effect.READ

    class Input(NodeModel):
        version: Literal[4, 5, 7] = Param(4, description="Which kind")
        name: str | None = Param(None, description="The name, for version 5", visible_when={"version": 5})
        namespace: str = Param(
            "url", description="dns, url or another UUID, for version 5", visible_when={"version": 5}
        )

    class Output(NodeModel):
        uuid: str

    examples = (
        Example(
            title="Of a name",
            input={"version": 5, "name": "python.org", "namespace": "dns"},
            output={"uuid": "886313e1-3b8a-5372-9b90-0c9aee199e5d"},
        ),
        Example(title="By chance", input={}),
        Example(title="Without a name", input={"version": 5}, error="crypto.uuid_name"),
        Example(
            title="No namespace",
            input={"version": 5, "name": "é", "namespace": "x"},
            error="crypto.uuid_namespace",
        ),
    )

    def effect_of(self, input: Any) -> Effect:
        return Effect.PURE if input.version == 5 else Effect.READ

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if input.version == 5:
            return self.Output(uuid=str(uuid.uuid5(_namespace(input.namespace), _name(input.name))))
        return self.Output(uuid=str(uuid7(ctx.now) if input.version == 7 else uuid.uuid4()))


def _name(name: str | None) -> str:
    if not name:
        raise UserError("crypto.uuid_name", "A UUID of version 5 needs a name.")
    return name


def _namespace(text: str) -> uuid.UUID:
    try:
        return _SPACES.get(text) or uuid.UUID(text)
    except ValueError as error:
        raise UserError(
            "crypto.uuid_namespace", "{namespace} is no namespace; use dns, url or a UUID.", namespace=text[:60]
        ) from error
