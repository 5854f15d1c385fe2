"""flow.map."""

from __future__ import annotations

from studio.domain.status import OnItemError
from studio.nodes.flow._names import ItemName
from studio.sdk import ControlNode, Effect, Example, Items, Json, NodeModel, Param


class Map(ControlNode):
    """Run the nodes inside once for every item of a list.

    Items run side by side, up to ``concurrency``; 1 makes it a for-each. Inside, the item stands under the name given
    by ``as`` and its position under ``index``. ``results`` are aligned with the items: null where an item failed.
    """

    type = "flow.map"
    title = "Map"
    keywords = ("for each", "loop", "iterate", "batch", "parallel", "split")
    effect = Effect.PURE
    executor = "map"
    bodies = ("body",)
    scope_names = ("item", "index")

    class Input(NodeModel):
        items: Items = Param(description="The list to go through")
        as_: ItemName = Param("item", alias="as", description="Name of the item inside")
        concurrency: int = Param(8, ge=1, le=1000, description="How many items run at once; 1 keeps their order")
        on_item_error: OnItemError = Param(
            OnItemError.FAIL, description="Fail the map, collect the failure and go on, or skip the item silently"
        )

    class Output(NodeModel):
        results: Items
        errors: list[Json]

    examples = (
        Example(
            title="Title of each place",
            input={"items": ["castaic, ca", "l'aquila"], "as": "place"},
            body={
                "nodes": {"cased": {"type": "text.title_case", "params": {"text": "{{ place }}"}}},
                "output": "{{ cased.text }}",
            },
            output={"results": ["Castaic, CA", "L'Aquila"], "errors": []},
        ),
        Example(
            title="An item that fails is collected",
            input={"items": [True, "?"], "on_item_error": "collect"},
            body={
                "nodes": {"sure": {"type": "flow.if", "params": {"condition": "{{ item }}"}}},
                "output": "{{ sure.result }}",
            },
            output={"results": [True, None]},
        ),
        Example(
            title="No items",
            input={"items": []},
            body={"nodes": {}, "output": "{{ item }}"},
            output={"results": [], "errors": []},
        ),
    )
