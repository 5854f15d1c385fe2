"""flow.new_items."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, cast

import orjson

from studio.sdk import (
    BaseNode,
    Effect,
    Example,
    Items,
    Json,
    NodeContext,
    NodeModel,
    Param,
    PerItem,
    UserError,
    Varying,
    describe,
)


class NewItems(BaseNode):
    """Keep only the items that no earlier execution has seen.

    Items are told apart by ``key``. The newest ``remember`` keys are kept, as digests, so that state stays small.
    """

    type = "flow.new_items"
    title = "New items only"
    keywords = ("dedupe", "deduplicate", "seen", "remove duplicates", "idempotent", "once")
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        items: Items = Param(description="The list")
        key: Annotated[PerItem[Json], Varying] = Param(description="What tells items apart, such as their id")
        remember: int = Param(10_000, ge=1, le=100_000, description="How many keys to remember")

    class Output(NodeModel):
        items: Items
        seen: int

    examples = (
        Example(
            title="All new at first, each once",
            input={"items": [{"id": 1}, {"id": 2}, {"id": 1}], "key": "{{ item.id }}"},
            output={"items": [{"id": 1}, {"id": 2}], "seen": 1},
        ),
        Example(title="Nothing", input={"items": [], "key": "{{ item }}"}, output={"items": [], "seen": 0}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        kept: Any = await ctx.state.get([])
        known = dict.fromkeys(cast("list[str]", kept) if isinstance(kept, list) else [])
        fresh: list[Any] = []
        for index, item in enumerate(input.items):
            if index % 1024 == 1023:
                await ctx.check_cancelled()
            digest = _digest(input.key(item, index))
            if digest in known:
                del known[digest]  # put in again below, as the newest
            else:
                fresh.append(item)
            known[digest] = None
        await ctx.state.set(list(known)[-input.remember :])
        return self.Output(items=await ctx.make_items(fresh), seen=len(input.items) - len(fresh))


def _digest(key: Json) -> str:
    """96 bits of a digest of the key: a collision among 100,000 keys is as good as impossible."""
    try:
        written = orjson.dumps(key, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise UserError(
            "flow.key_not_data", "`key` must give plain data; it gave {found}.", found=describe(key)
        ) from error
    return hashlib.blake2b(written, digest_size=12).hexdigest()
