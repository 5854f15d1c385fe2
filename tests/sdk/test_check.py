"""Every way in which a node class can break the contract is refused where it is defined, with the reason."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict
from pydantic.errors import PydanticUserError

from studio.sdk import (
    BaseNode,
    Calls,
    ControlNode,
    Effect,
    Example,
    NodeDefinitionError,
    NodeModel,
    Param,
    Rate,
    Received,
    Routed,
    Slot,
    TriggerEvent,
    TriggerNode,
    checked_effect,
)
from studio.sdk._check import literal_routes


class In(NodeModel):
    text: str = ""


class Out(NodeModel):
    text: str = ""


async def run(self, input, ctx):
    return {}


async def run_many(self, inputs, ctx):
    return []


async def options(self, ask, ctx):
    return None


GOOD: dict[str, Any] = {
    "type": "text.good", "effect": Effect.PURE, "input_model": In, "output_model": Out, "run": run,
}  # fmt: skip


def define(base: type = BaseNode, without: tuple[str, ...] = (), **changes: Any) -> type:
    namespace = {**GOOD, **changes}
    return type("Made", (base,), {key: value for key, value in namespace.items() if key not in without})


def test_a_good_class_is_accepted():
    cls = define(ports=("yes", "no"), slots=(Slot("model", "llm"),), rate=Rate(1, 2.0, "host"), timeout=3)
    assert cls().effect_of(None) is Effect.PURE
    assert cls().ports_of({}) == ("yes", "no")
    assert cls.migrate({"a": 1}, 1) == {"a": 1}
    assert cls.input_schema({})["title"] == "In"
    assert cls.output_schema({})["title"] == "Out"
    assert cls.route("yes", Out()) == Routed(("yes",), Out())
    assert cls.route(("yes", "no"), Out()).ports == ("yes", "no")


class ExtraAllowed(NodeModel):
    model_config = ConfigDict(extra="allow")


class MutableDefault(NodeModel):
    words: list[str] = []  # noqa: RUF012 - what is refused


class MutableParam(NodeModel):
    words: dict[str, str] = Param({})


class UnknownOptions(NodeModel):
    sheet: str = Param(options="sheets")


class UnknownParent(NodeModel):
    sheet: str = Param(options="options", depends_on=("book",))


class UnknownSwitch(NodeModel):
    sheet: str = Param("", visible_when={"kind": "sheet"})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "slugify"}, "`type` must be an id"),
        ({"type": None}, "`type` must be an id"),
        ({"effect": "pure"}, "`effect` must be one of"),
        ({"version": 0}, "`version` must be a whole number"),
        ({"version": True}, "`version` must be a whole number"),
        ({"version": 2}, "`migrate`"),
        ({"title": 3}, "`title` must be a text"),
        ({"open_ports": 1}, "`open_ports` must be True or False"),
        ({"ports": ["a"]}, "`ports` must be a tuple"),
        ({"ports": (1,)}, "`ports` must hold texts"),
        ({"ports": ("Bad-Port",)}, "port 'Bad-Port'"),
        ({"ports": ("error",)}, "port 'error'"),
        ({"ports": ("a", "a")}, "names 'a' twice"),
        ({"keywords": "word"}, "`keywords` must be a tuple"),
        ({"runs_in": "cloud"}, "`runs_in` must be one of"),
        ({"timeout": 0}, "`timeout` must be None or a number"),
        ({"timeout": True}, "`timeout` must be None or a number"),
        ({"timeout": "5s"}, "`timeout` must be None or a number"),
        ({"retries": 0}, "`retries` must be a whole number from 1"),
        ({"memory_mb": -1}, "`memory_mb` must be a whole number from 0"),
        ({"slots": [Slot("a", "b")]}, "`slots` must be a tuple"),
        ({"slots": ("model",)}, "`slots` must hold Slot"),
        ({"slots": (Slot("Model", "llm"),)}, "`slots` must hold Slot"),
        ({"slots": (Slot("m", "a"), Slot("m", "b"))}, "names 'm' twice"),
        ({"calls": [Calls("text")]}, "`calls` must be a tuple"),
        ({"calls": ("text",)}, "`calls` must be a tuple of Calls"),
        ({"calls": (Calls("workflow"),), "effect": Effect.KEYED}, "names the param `workflow`"),
        ({"calls": (Calls("text", "inputs"),), "effect": Effect.KEYED}, "names the param `inputs`"),
        ({"calls": (Calls("text"),)}, "needs the effect KEYED"),
        (
            {"calls": (Calls("text"),), "effect": Effect.KEYED, "batch_size": 2, "run_many": run_many},
            "do not go together",
        ),
        ({"rate": 5}, "`rate` must be None or Rate"),
        ({"rate": Rate(0, 1)}, "`rate` must be None or Rate"),
        ({"rate": Rate(1, 1, "moon")}, "`rate` must be None or Rate"),
        ({"examples": Example(input={})}, "`examples` must be a tuple"),
        ({"examples": ({"input": {}},)}, "`examples` must be a tuple"),
        ({"cache": {}}, "`cache` is mutable"),
        ({"_seen": set()}, "`_seen` is mutable"),
        ({"input_model": BaseModel}, "`Input` (or `input_model`) must be a class derived from NodeModel"),
        ({"output_model": "Out"}, "`Output` (or `output_model`) must be a class"),
        ({"input_model": ExtraAllowed}, "must refuse unknown fields"),
        ({"input_model": MutableDefault}, "`Input.words` has a mutable default"),
        ({"input_model": MutableParam}, "`Input.words` has a mutable default"),
        ({"output_model": MutableDefault}, "`Output.words` has a mutable default"),
        ({"input_model": UnknownOptions}, "options from `sheets`"),
        ({"input_model": UnknownParent, "options": options}, "depends on the param `book`"),
        ({"input_model": UnknownSwitch}, "is visible by the param `kind`"),
        ({"run": lambda self, input, ctx: {}}, "`run` must be `async def`"),
        ({"batch_size": 5}, "`run_many` is missing"),
        ({"run_many": run_many}, "there are no batches"),
        ({"prepare": run}, "`prepare` is only called"),
        ({"effect_of": run}, "`effect_of` is a pure function"),
        ({"migrate": classmethod(run)}, "`migrate` is a pure function"),
    ],
)
def test_what_is_refused(changes, reason):
    with pytest.raises(NodeDefinitionError) as caught:
        define(**changes)
    assert reason in str(caught.value)
    assert "Made" in str(caught.value)


@pytest.mark.parametrize("missing", ["type", "effect", "input_model", "output_model", "run"])
def test_what_must_be_there(missing):
    with pytest.raises(NodeDefinitionError):
        define(without=(missing,))


def test_a_class_that_wants_arguments_is_refused():
    def wants(self, address):
        self.address = address

    def does_not(self, *rest, address="", **more):
        self.address = address

    with pytest.raises(NodeDefinitionError, match="must do without arguments"):
        define(__init__=wants)
    assert define(__init__=does_not)().address == ""


def test_methods_take_what_they_are_given():
    async def short(self, input):
        return {}

    with pytest.raises(NodeDefinitionError, match="takes self, input and ctx"):
        define(run=short)
    with pytest.raises(NodeDefinitionError, match="takes self, inputs and ctx"):
        define(batch_size=2, run_many=short)
    assert define(without=("run",), batch_size=2, run_many=run_many).batch_size == 2


def test_fields_without_a_type_are_refused():
    with pytest.raises(PydanticUserError, match="type annotation"):

        class Wrong(NodeModel):
            text = Param("", description="no type")


def test_undeclared_ports_are_refused():
    with pytest.raises(NodeDefinitionError, match="routes to port 'maybe'"):

        class Wrong(BaseNode):
            type = "text.wrong"
            effect = Effect.PURE
            ports = ("yes",)
            Input, Output = In, Out

            async def run(self, input, ctx):
                if input.text:
                    return self.route("yes", Out())
                return self.route("maybe", Out())

    with pytest.raises(NodeDefinitionError, match="routes to port 'b'"):

        class AlsoWrong(BaseNode):
            type = "text.wrong"
            effect = Effect.PURE
            ports = ("a",)
            Input, Output = In, Out

            async def run(self, input, ctx):
                return self.route(("a", "b"), Out())

    class Open(BaseNode):
        type = "text.open"
        effect = Effect.PURE
        open_ports = True
        Input, Output = In, Out

        async def run(self, input, ctx):
            return self.route("maybe", Out())

    class Computed(BaseNode):
        type = "text.computed"
        effect = Effect.PURE
        ports = ("a", "b")
        Input, Output = In, Out

        async def run(self, input, ctx):
            name = input.text
            return self.route(name, Out())

    assert literal_routes(Computed.run) == []
    assert literal_routes(len) == []


def test_an_abstract_base_is_not_checked():
    class Base(BaseNode, abstract=True):
        effect = Effect.READ

    class Derived(Base):
        type = "text.derived"
        Input, Output = In, Out

        async def run(self, input, ctx):
            return {}

    assert Derived.effect is Effect.READ


async def test_what_the_base_does_not_do():
    class Bare(BaseNode, abstract=True):
        type = "text.bare"

    bare = Bare()
    with pytest.raises(NodeDefinitionError):
        await bare.run(None, None)
    with pytest.raises(NodeDefinitionError):
        await bare.run_many([], None)
    assert await bare.prepare(None, None) is None


def test_the_effect_never_exceeds_the_declared_one():
    def by_text(self, input):
        return {"read": Effect.READ, "more": Effect.IRREVERSIBLE}.get(input.text, input.text)

    node = define(effect=Effect.KEYED, effect_of=by_text)()
    assert checked_effect(node, In(text="read")) is Effect.READ
    for text in ("more", "none"):
        with pytest.raises(NodeDefinitionError, match="highest effect"):
            checked_effect(node, In(text=text))


CONTROL: dict[str, Any] = {"executor": "map", "bodies": ("body",)}


async def test_control_nodes():
    cls = define(ControlNode, without=("run",), **CONTROL)
    with pytest.raises(NodeDefinitionError, match="executed by the engine"):
        await cls().run(None, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"executor": None}, "`executor` must name"),
        ({"bodies": "body"}, "`bodies` must be a tuple"),
        ({"bodies": ["body"]}, "`bodies` is mutable"),
        ({"bodies": ("then",)}, "`bodies` may hold"),
        ({"scope_names": "state"}, "`scope_names` must be a tuple"),
    ],
)
def test_control_nodes_that_are_refused(changes, reason):
    with pytest.raises(NodeDefinitionError) as caught:
        define(ControlNode, without=("run",), **{**CONTROL, **changes})
    assert reason in str(caught.value)


async def poll(self, input, ctx):
    return [TriggerEvent({"text": "a"})]


async def receive(self, input, request, ctx):
    return Received()


async def listen(self, input, ctx):
    yield TriggerEvent({})


TRIGGER: dict[str, Any] = {"source": "poll", "poll": poll, "event_model": Out}
_PLAIN = ("run", "effect", "output_model")


async def test_triggers():
    polled = define(TriggerNode, without=_PLAIN, **TRIGGER)()
    assert polled.output_model is Out
    assert polled.effect is Effect.PURE
    assert polled.interval_of(None) == 60
    await polled.activate(None, None)
    await polled.deactivate(None, None)
    with pytest.raises(NodeDefinitionError):
        await polled.run(None, None)
    with pytest.raises(NodeDefinitionError):
        await polled.receive(None, None, None)
    with pytest.raises(NodeDefinitionError):
        polled.listen(None, None)
    manual = define(TriggerNode, without=_PLAIN, source="manual", event_model=Out)()
    with pytest.raises(NodeDefinitionError):
        await manual.poll(None, None)
    assert define(TriggerNode, without=_PLAIN, source="listen", listen=listen, event_model=Out).source == "listen"
    assert define(TriggerNode, without=_PLAIN, source="receive", receive=receive, Event=Out).event_model is Out

    class Base(TriggerNode, abstract=True):
        source = "manual"

    assert Base.source == "manual"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"event_model": BaseModel}, "`Event` (or `event_model`)"),
        ({"event_model": None}, "`Event` (or `event_model`)"),
        ({"source": "wind"}, "`source` must be one of"),
        ({"source": "manual"}, "`poll` is defined"),
        ({"source": "receive", "poll": TriggerNode.poll}, "`receive` is missing"),
        ({"poll": lambda self, input, ctx: []}, "`poll` must be `async def`"),
        ({"activate": lambda self, input, ctx: None}, "`activate` must be `async def`"),
        ({"source": "listen", "poll": TriggerNode.poll, "listen": poll}, "asynchronous generator"),
        ({"interval": 0}, "`interval` must be"),
        ({"interval": True}, "`interval` must be"),
        ({"ports": ("a",)}, "the default port only"),
        ({"effect": Effect.READ}, "no effect of its own"),
        ({"run": run}, "has no `run`"),
    ],
)
def test_triggers_that_are_refused(changes, reason):
    without = tuple(name for name in _PLAIN if name not in changes)
    with pytest.raises(NodeDefinitionError) as caught:
        define(TriggerNode, without=without, **{**TRIGGER, **changes})
    assert reason in str(caught.value)


def test_nothing_that_can_change_hides_in_a_model_inside_or_on_the_class():
    class Inner(NodeModel):
        words: list[str] = []  # noqa: RUF012 - what is to be refused

    class Outer(NodeModel):
        inner: Inner | None = None
        many: list[Inner] = Param(default_factory=list)

    with pytest.raises(NodeDefinitionError, match=r"Input\.inner\.words.*mutable default"):
        define(input_model=Outer)
    with pytest.raises(NodeDefinitionError, match="`queue` is mutable"):
        define(queue=deque())


def test_a_model_of_somebody_else_may_have_what_it_likes():
    class Theirs(BaseModel):
        words: list[str] = []

    class Takes(NodeModel):
        theirs: Theirs

    define(input_model=Takes)


def test_helpers_leave_by_declared_ports_too():
    async def helper(self):
        return self.route("nowhere", {})

    with pytest.raises(NodeDefinitionError, match="`_helper` routes to port 'nowhere'"):
        define(_helper=helper, ports=("here",))


class Tree(NodeModel):
    name: str
    children: list[Tree] = Param(default_factory=list)


def test_a_model_may_hold_itself():
    define(input_model=Tree)
