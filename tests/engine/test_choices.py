"""Choices of a param, listed outside of any execution."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.errors import NodeError, StudioError, UserError
from studio.domain.values import BlobRef, FileRef, TableRef
from studio.engine import Charge, Grants, choices_of
from studio.engine.choices import FormContext
from studio.sdk import BaseNode, Effect, NodeContext, NodeModel, Options, OptionsPage, Param
from tests.engine.kit import Host

BLOB = BlobRef("b", 3, b"d")
FILE = FileRef(BLOB, "a.txt")


class Account(NodeModel):
    name: str = Param(options="names", depends_on=("region", "kind"))
    kind: str = "plain"


class Choosing(BaseNode):
    """Has choices at several depths."""

    type = "test.choosing"
    effect = Effect.READ

    class Input(NodeModel):
        region: str = "eu"
        account: Account | None = None
        accounts: list[Account] = Param(())
        plain: str = ""

    class Output(NodeModel):
        done: bool

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(done=True)

    async def names(self, ask: Options, ctx: NodeContext) -> OptionsPage:
        await ctx.check_cancelled()
        await ctx.progress(1, "x")
        await ctx.emit(1)
        await ctx.log("info", "x")
        what = {"key": ctx.translate("some.key"), "alias": ctx.credential_alias, **ask.params}
        return ask.of([(what, "All"), "other"])


async def listed(param: str, params: dict[str, Any], credential: str | None = None) -> Any:
    return await choices_of(
        Choosing(), param, params=params, search="", page=None, limit=1, host=Host({"mine": {"key": "k"}}),
        grants=Grants(), workspace="default", credential=credential, charge=Charge("ada"), tables=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("param", "params", "kind"),
    [
        ("account.name", {"region": "us", "account": {"kind": "inner"}}, "inner"),
        ("accounts.1.name", {"region": "us", "accounts": [{}, {"kind": "second"}]}, "second"),
        ("account.name", {"region": "us", "kind": "outer"}, "outer"),
    ],
)
async def test_what_choices_depend_on_stands_beside_them_or_further_out(param: str, params: Any, kind: str) -> None:
    found, following = await listed(param, params, "mine")
    asked = {"key": "some.key", "alias": "mine", "region": "us", "kind": kind}
    assert (found, following) == ([(asked, "All", "")], "1")


@pytest.mark.parametrize(
    ("param", "params", "code"),
    [
        ("plain", {}, "node.no_options"),
        ("account", {}, "node.no_options"),
        ("account.kind", {}, "node.no_options"),
        ("none.such", {}, "node.no_options"),
        ("accounts.7.name", {"region": "us", "accounts": [{"kind": "x"}]}, "node.options_parent"),
        ("account.name", {"region": ["{{ x }}"], "kind": "x"}, "node.options_expression"),
        ("account.name", {"region": {"a": "{{ x }}"}, "kind": "x"}, "node.options_expression"),
    ],
)
async def test_what_has_no_choices(param: str, params: Any, code: str) -> None:
    with pytest.raises(StudioError) as refused:
        await listed(param, params)
    assert refused.value.code == code


async def test_what_only_executions_have() -> None:
    context = FormContext(
        "test.choosing", Host({"mine": {"key": "k"}}), Grants(), "default", "mine", Charge("ada"), False
    )
    assert await context.credential() == {"key": "k"}
    assert context.http is not context.dial
    assert context.apart is not None
    for name in ("files", "state"):
        with pytest.raises(NodeError, match=f"ctx.{name}"):
            getattr(context, name)
    calls: list[tuple[str, tuple[Any, ...]]] = [
        ("make_file", (b"", "a")), ("read_file", (FILE,)), ("keep_table", (None, 1, (), 1)), ("make_items", ([],)),
        ("usage", ()), ("call", ("w", {})),
    ]  # fmt: skip
    for name, arguments in calls:
        with pytest.raises(NodeError, match=f"ctx.{name}"):
            await getattr(context, name)(*arguments)
    for name, arguments in (
        ("stream_file", (FILE,)), ("local_file", (FILE,)), ("local_table", (TableRef(BLOB, 1, ()),)), ("new_table", ()),
    ):  # fmt: skip
        with pytest.raises(NodeError, match=f"ctx.{name}"):
            getattr(context, name)(*arguments)
    with pytest.raises(UserError, match="choose one"):
        await FormContext("test.choosing", Host(), Grants(), "default", None, Charge("ada"), False).credential()


def test_choices_inside_of_a_param_are_checked_where_the_class_is_defined() -> None:
    class Wrong(NodeModel):
        name: str = Param(options="nowhere")

    with pytest.raises(TypeError, match=r"`Input\.inner\.name` takes its options from `nowhere`"):
        type("Bad", (Choosing,), {"type": "test.bad", "Input": type("Input", (NodeModel,), {
            "__annotations__": {"inner": Wrong}, "__module__": __name__})})  # fmt: skip
