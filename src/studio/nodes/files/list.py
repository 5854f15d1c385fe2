"""files.list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from studio.sdk import BaseNode, Effect, Example, FileFact, Items, NodeContext, NodeModel, Param


class List(BaseNode):
    """List the files of a folder.

    Links are left out. Folders have size 0.
    """

    type = "files.list"
    title = "List files"
    keywords = ("folder", "directory", "find", "search", "glob", "ls")
    effect = Effect.READ

    class Input(NodeModel):
        folder: str = Param(".", description="The folder; relative paths start at the workflow's folder")
        pattern: str = Param(
            "*", description="Which names: * stands for any text, ? for one character, [abc] for one of"
        )
        recursive: bool = Param(False, description="Folders within as well")
        folders: bool = Param(False, description="List folders too")
        limit: int = Param(10_000, ge=1, le=1_000_000, description="Most entries accepted")

    class Output(NodeModel):
        files: Items
        count: int

    examples = (
        Example(
            input={"pattern": "*.csv"},
            files={"b.csv": "1", "a.csv": "22", "c.txt": ""},
            output={
                "files": [{"path": "a.csv", "name": "a.csv", "size": 2, "folder": False}, {"path": "b.csv"}],
                "count": 2,
            },
        ),
        Example(
            title="Folders within",
            input={"folder": "in", "recursive": True},
            files={"in/é/x.txt": "1"},
            output={"files": [{"path": "in/é/x.txt", "name": "x.txt"}], "count": 1},
        ),
        Example(title="No such folder", input={"folder": "none"}, error="files.not_found"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        facts = await ctx.files.list(input.folder, input.pattern, recursive=input.recursive, limit=input.limit)
        shown = [_record(input.folder, fact) for fact in facts if input.folders or not fact.folder]
        return self.Output(files=await ctx.make_items(shown), count=len(shown))


def _record(folder: str, fact: FileFact) -> dict[str, Any]:
    prefix = "" if folder in ("", ".") else folder.rstrip("/") + "/"
    return {
        "path": prefix + fact.path,
        "name": fact.name,
        "size": fact.size,
        "modified": datetime.fromtimestamp(fact.modified / 1_000_000, UTC).isoformat(timespec="milliseconds"),
        "folder": fact.folder,
    }
