"""flow.reduce."""

from __future__ import annotations

from studio.nodes.flow._names import ItemName
from studio.sdk import ControlNode, Effect, Example, Items, Json, NodeModel, Param


class Reduce(ControlNode):
    """Go through a list one item after the other, carrying a result along.

    Inside, ``acc`` is the result so far, the item stands under the name given by ``as`` and its position under
    ``index``. The body's output is the result for the next item.
    """

    type = "flow.reduce"
    title = "Reduce"
    keywords = ("fold", "accumulate", "aggregate", "loop", "sequential")
    effect = Effect.PURE
    executor = "reduce"
    bodies = ("body",)
    scope_names = ("acc", "item", "index")

    class Input(NodeModel):
        items: Items = Param(description="The list to go through")
        initial: Json = Param(None, description="Result before the first item")
        as_: ItemName = Param("item", alias="as", description="Name of the item inside")

    class Output(NodeModel):
        result: Json

    examples = (
        Example(
            title="A running sentence",
            input={"items": ["Ἀθήνα", "Roma"], "initial": "via", "as": "stop"},
            body={"nodes": {}, "output": "{{ acc }} {{ stop }}"},
            output={"result": "via Ἀθήνα Roma"},
        ),
        Example(
            title="An empty list gives the initial result",
            input={"items": [], "initial": 0},
            body={"nodes": {}, "output": "{{ acc + item }}"},
            output={"result": 0},
        ),
    )
