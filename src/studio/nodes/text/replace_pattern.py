"""text.replace_pattern."""

from __future__ import annotations

import re
from typing import Any

from studio.nodes.text._limits import LONGEST, check_length
from studio.nodes.text._pattern import LONGEST_PATTERN, compile_pattern
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError

_GROUP = re.compile(r"\\(\d{1,3}|g<[A-Za-z_]\w*>|\\)")


class ReplacePattern(BaseNode):
    r"""Replace every match of a regular expression.

    In the replacement ``\1`` stands for the first group, ``\g<name>`` for a named one and ``\\`` for a backslash.
    """

    type = "text.replace_pattern"
    title = "Replace by pattern"
    keywords = ("regex", "substitute", "sub", "regular expression", "find and replace")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")
        pattern: str = Param(
            min_length=1, max_length=LONGEST_PATTERN, widget="code", description="Regular expression (RE2)"
        )
        replacement: str = Param("", max_length=100_000, description="What comes in its place")
        ignore_case: bool = Param(False, description="Take capitals and small letters as equal")

    class Output(NodeModel):
        text: str
        count: int

    examples = (
        Example(
            title="Swap",
            input={"text": "Curie, Marie", "pattern": r"(\w+), (\w+)", "replacement": r"\2 \1"},
            output={"text": "Marie Curie", "count": 1},
        ),
        Example(
            title="Any letters",
            input={"text": "a  б   в", "pattern": r"\s+", "replacement": " "},
            output={"text": "a б в", "count": 2},
        ),
        Example(
            title="No such group", input={"text": "a", "pattern": "a", "replacement": r"\3"}, error="text.no_group"
        ),
        Example(title="No pattern", input={"text": "a", "pattern": "(?=a)"}, error="text.bad_pattern"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        pattern = compile_pattern(input.pattern, ignore_case=input.ignore_case)
        pieces = _pieces(input.replacement, pattern)
        out: list[str] = []
        end = count = length = 0
        for match in pattern.finditer(input.text):
            out.append(input.text[end : match.start()])
            out += (piece if isinstance(piece, str) else match.group(piece[0]) or "" for piece in pieces)
            end = match.end()
            count += 1
            length += sum(map(len, out[-len(pieces) - 1 :]))
            if length > LONGEST:
                check_length(length)
            if count % 1024 == 0:
                await ctx.check_cancelled()
        out.append(input.text[end:])
        return self.Output(text="".join(out), count=count)


def _pieces(replacement: str, pattern: Any) -> list[str | tuple[int | str]]:
    """The replacement as literal texts and groups (each in a tuple)."""
    pieces: list[str | tuple[int | str]] = []
    end = 0
    for match in _GROUP.finditer(replacement):
        pieces.append(replacement[end : match.start()])
        end = match.end()
        name = match[1]
        if name == "\\":
            pieces.append("\\")
            continue
        group = int(name) if name.isdigit() else name[2:-1]
        known: bool = group <= pattern.groups if isinstance(group, int) else group in pattern.groupindex
        if not known:
            raise UserError(
                "text.no_group", "The pattern has no group {group}; it has {count}.", group=group, count=pattern.groups
            )
        pieces.append((group,))
    pieces.append(replacement[end:])
    return pieces
