"""text.match."""

from __future__ import annotations

from studio.nodes.text._pattern import LONGEST_PATTERN, compile_pattern
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Match(BaseNode):
    """Tell whether a text fits a regular expression, and what its groups are.

    The first match anywhere counts, or with ``whole`` only one of the whole text. A group without part in the match is
    null.
    """

    type = "text.match"
    title = "Match"
    keywords = ("regex", "test", "regular expression", "validate", "search", "contains", "groups")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")
        pattern: str = Param(
            min_length=1, max_length=LONGEST_PATTERN, widget="code", description="Regular expression (RE2)"
        )
        whole: bool = Param(False, description="The whole text must fit")
        ignore_case: bool = Param(False, description="Take capitals and small letters as equal")

    class Output(NodeModel):
        matched: bool
        match: str | None
        start: int | None
        groups: list[str | None]
        named: dict[str, str | None]

    examples = (
        Example(
            title="A date",
            input={"text": "le 3/11", "pattern": r"(?P<day>\d+)/(?P<month>\d+)"},
            output={"matched": True, "match": "3/11", "start": 3, "named": {"day": "3", "month": "11"}},
        ),
        Example(
            title="Not the whole",
            input={"text": "été 2026", "pattern": r"\d+", "whole": True},
            output={"matched": False},
        ),
        Example(title="No pattern", input={"text": "a", "pattern": "("}, error="text.bad_pattern"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        pattern = compile_pattern(input.pattern, ignore_case=input.ignore_case)
        match = pattern.fullmatch(input.text) if input.whole else pattern.search(input.text)
        if match is None:
            return self.Output(matched=False, match=None, start=None, groups=[], named={})
        return self.Output(
            matched=True,
            match=match.group(0),
            start=match.start(),
            groups=list(match.groups()),
            named=dict(match.groupdict()),
        )
