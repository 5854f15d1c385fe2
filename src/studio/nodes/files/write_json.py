"""files.write_json."""

from __future__ import annotations

from typing import Any

import orjson

from studio.sdk import BaseNode, Effect, Example, ItemsBase, Json, NodeContext, NodeModel, Param, UserError, describe


class WriteJson(BaseNode):
    """Write data as a JSON file, all of it or nothing."""

    type = "files.write_json"
    title = "Write JSON"
    keywords = ("save", "store", "file", "export", "dump")
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        path: str = Param(description="The file; relative paths start at the workflow's folder")
        data: Json = Param(description="What to write")
        indent: bool = Param(True, description="Two spaces per level, for people; otherwise one line")
        sort_keys: bool = Param(False, description="Keys in alphabetical order")

    class Output(NodeModel):
        path: str
        size: int

    examples = (
        Example(
            input={"path": "a.json", "data": {"b": [1, 2], "a": "é"}, "indent": False},
            files_after={"a.json": '{"b":[1,2],"a":"é"}\n'},
            output={"path": "a.json", "size": 21},
        ),
        Example(
            title="For people",
            input={"path": "a.json", "data": {"b": 1, "a": None}, "sort_keys": True},
            files_after={"a.json": '{\n  "a": null,\n  "b": 1\n}\n'},
        ),
        Example(title="A folder", input={"path": ".", "data": 1}, error="files.not_a_file"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        options = orjson.OPT_APPEND_NEWLINE
        options |= orjson.OPT_INDENT_2 if input.indent else 0
        options |= orjson.OPT_SORT_KEYS if input.sort_keys else 0
        try:
            content = orjson.dumps(input.data, default=_more, option=options)
        except orjson.JSONEncodeError as error:
            raise UserError(
                "files.not_json", "The data cannot be written as JSON: {reason}.", reason=str(error)
            ) from error
        return self.Output(path=input.path, size=await ctx.files.write(input.path, content))


def _more(value: Any) -> Any:
    """Long lists by reference are written like any list."""
    if isinstance(value, ItemsBase):
        return list(value)
    raise TypeError(f"{describe(value)} is no JSON value")
