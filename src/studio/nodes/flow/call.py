"""flow.call."""

from __future__ import annotations

from typing import Literal

from studio.sdk import Calls, ControlNode, Effect, Example, Json, NodeModel, Param


class Call(ControlNode):
    """Run another workflow as one node.

    The child is an execution of its own, tied to this node run: a retry finds the same child and never starts a second
    one. Calls nest up to 32 deep.
    """

    type = "flow.call"
    title = "Call a workflow"
    keywords = ("execute workflow", "sub-workflow", "child", "subflow", "reuse")
    effect = Effect.KEYED
    executor = "call"
    calls = (Calls("workflow", "inputs"),)

    class Input(NodeModel):
        workflow: str = Param(
            min_length=1,
            max_length=1000,
            widget="workflow",
            description="Name of a workflow here, or path of a workflow file",
        )
        inputs: dict[str, Json] = Param(default_factory=dict, description="What the workflow accepts, by name")
        on_parent_end: Literal["wait", "cancel", "detach"] = Param(
            "cancel", description="What becomes of the child where this execution ends first"
        )
        wait: bool = Param(True, description="Wait for its output; otherwise go on at once and leave the output null")

    class Output(NodeModel):
        output: Json
        execution_id: str

    examples = (
        Example(
            title="A workflow beside this one",
            input={"workflow": "double.yaml", "inputs": {"number": 21}},
            files={
                "double.yaml": "studio: 1\nname: double\ninputs:\n  number: {type: integer}\n"
                'nodes: {}\noutput: "{{ inputs.number * 2 }}"\n'
            },
            output={"output": 42},
        ),
        Example(
            title="Without waiting",
            input={"workflow": "later.yaml", "wait": False, "on_parent_end": "detach"},
            files={"later.yaml": "studio: 1\nname: later\nnodes: {}\noutput: été\n"},
            output={"output": None},
        ),
    )
