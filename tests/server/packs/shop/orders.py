"""shop.orders."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from pydantic import Field

from studio.sdk import BaseNode, Effect, HttpRequest, NodeContext, NodeModel, Options, OptionsPage, Param


class Bearer(NodeModel):
    kind: Literal["bearer"]
    account: str = Param(description="Account", options="accounts", depends_on=("region",))


class Basic(NodeModel):
    kind: Literal["basic"]
    user: str


class Orders(BaseNode):
    """List the orders of a shop."""

    type = "shop.orders"
    effect = Effect.READ
    credentials = ("shop.key",)

    class Input(NodeModel):
        address: str = Param(description="Address of the service")
        region: str = Param("eu", description="Region")
        shop: str = Param(description="Shop", options="shops", depends_on=("address", "region"))
        auth: Annotated[Bearer | Basic, Field(discriminator="kind")] | None = Param(None, description="How to sign in")
        slow: str = Param("", options="never")
        bad: str = Param("", options="wrong")
        odd: str = Param("", options="no_data")
        files: str = Param("", options="of_files")

    class Output(NodeModel):
        rows: list[Any]

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(rows=[input.shop])

    @classmethod
    def output_schema(cls, params: Any) -> dict[str, Any]:
        return {"type": "object", "properties": {str(params.get("region", "none")): {"type": "string"}}}

    async def shops(self, ask: Options, ctx: NodeContext) -> OptionsPage:
        address = f"{ask.params['address']}/{ask.params['region']}"
        answer = await ctx.http.send(HttpRequest(method="GET", url=address, credential=ctx.credential_alias))
        key = (await ctx.credential())["key"]
        return ask.of([(f"s{one}", f"Shop {one} of {len(key)}") for one in answer.body.decode().split(",")])

    async def accounts(self, ask: Options, ctx: NodeContext) -> OptionsPage:
        return ask.of([f"{ask.params['region']} {sorted(ask.params)}"])

    async def never(self, ask: Options, ctx: NodeContext) -> OptionsPage:
        await asyncio.sleep(3600)
        return OptionsPage()

    async def wrong(self, ask: Options, ctx: NodeContext) -> Any:
        return ["a list"]

    async def no_data(self, ask: Options, ctx: NodeContext) -> OptionsPage:
        return ask.of([(object(), "not data")])

    async def of_files(self, ask: Options, ctx: NodeContext) -> OptionsPage:
        return ask.of([one.path for one in await ctx.files.list(".")])
