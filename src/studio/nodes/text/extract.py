"""text.extract."""

from __future__ import annotations

from studio.nodes.text._pattern import LONGEST_PATTERN, compile_pattern
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, UserError


class Extract(BaseNode):
    """Find every match of a regular expression in a text.

    Where the pattern has a group, the first group's text is given; ``group`` chooses another, 0 the whole match.
    """

    type = "text.extract"
    title = "Extract"
    keywords = ("regex", "find all", "regular expression", "scan", "capture", "emails", "numbers")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")
        pattern: str = Param(
            min_length=1, max_length=LONGEST_PATTERN, widget="code", description="Regular expression (RE2)"
        )
        group: int | str | None = Param(None, description="Number or name of the group to give")
        ignore_case: bool = Param(False, description="Take capitals and small letters as equal")
        limit: int = Param(100_000, ge=1, le=10_000_000, description="Most matches")

    class Output(NodeModel):
        matches: Items
        first: str | None

    examples = (
        Example(
            title="Tags", input={"text": "#été et #hiver", "pattern": r"#(\pL+)"}, output={"matches": ["été", "hiver"]}
        ),
        Example(
            title="Numbers", input={"text": "3 of 12", "pattern": r"\d+"}, output={"matches": ["3", "12"], "first": "3"}
        ),
        Example(title="None", input={"text": "", "pattern": "x"}, output={"matches": [], "first": None}),
        Example(title="No group 2", input={"text": "", "pattern": "(x)", "group": 2}, error="text.no_group"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        pattern = compile_pattern(input.pattern, ignore_case=input.ignore_case)
        group = input.group if input.group is not None else min(1, pattern.groups)
        known: bool = 0 <= group <= pattern.groups if isinstance(group, int) else group in pattern.groupindex
        if not known:
            raise UserError(
                "text.no_group", "The pattern has no group {group}; it has {count}.", group=group, count=pattern.groups
            )
        found: list[str] = []
        for match in pattern.finditer(input.text):
            found.append(match.group(group) or "")
            if len(found) == input.limit:
                break
            if len(found) % 1024 == 0:
                await ctx.check_cancelled()
        return self.Output(matches=await ctx.make_items(found), first=found[0] if found else None)
