"""Large drafts in pieces: whole again when read, and an edit writes what it changed."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.access import Role
from studio.domain.errors import RecordChanged
from studio.services.workflows._parts import WHOLE, join, split
from studio.services.workflows.model import PartRef
from tests.server.kit import Api
from tests.server.workflows.test_starting import acting


def large(nodes: int = 5000) -> dict[str, Any]:
    """A document with so many nodes in a line."""
    return {
        "studio": 1,
        "name": "Large",
        "nodes": {
            f"node_{at}": {
                "type": "text.template",
                "params": {"template": f"{{{{ node_{at - 1}.text }}}}" if at else ""},
            }
            for at in range(nodes)
        },
        "edges": [f"node_{at} -> node_{at + 1}" for at in range(nodes - 1)],
        "output": "x",
        "canvas": {"positions": {f"node_{at}": [at * 10.0, 0.0] for at in range(nodes)}, "notes": [{"text": "Hi"}]},
    }


def kept(before: dict[str, bytes], document: dict[str, Any], parts: list[PartRef]) -> tuple[list[PartRef], int]:
    """Keep a document in ``before``; its parts, and how many were written."""
    found = split(document, parts)
    before.update(found.fresh)
    assert join(found.rest, [(one.section, before[one.id]) for one in found.parts]) == document
    assert list(join(found.rest, [(one.section, before[one.id]) for one in found.parts])) == list(document)
    return found.parts, len(found.fresh)


def test_an_edit_writes_one_piece_of_many() -> None:
    content: dict[str, bytes] = {}
    document = large()
    parts, written = kept(content, document, [])
    assert written == len(parts) > 100
    document["nodes"]["node_2500"] = {"type": "text.upper", "params": {"text": "changed"}}
    parts, written = kept(content, document, parts)
    assert written == 1
    document["edges"].append("node_0 -> node_9")
    document["canvas"]["positions"]["node_7"] = [1.0, 2.0]
    parts, written = kept(content, document, parts)
    assert written == 2
    del document["nodes"]["node_100"]
    document["nodes"] = {"first": {"type": "flow.if"}, **document["nodes"]}
    parts, written = kept(content, document, parts)
    assert written <= 3
    parts, written = kept(content, document, parts)
    assert written == 0


def test_the_order_of_nodes_is_kept() -> None:
    document = large(1000)
    names = list(document["nodes"])
    random.Random(7).shuffle(names)
    document["nodes"] = {name: document["nodes"][name] for name in names}
    found = split(document)
    again = join(found.rest, [(one.section, found.fresh[one.id]) for one in found.parts])
    assert list(again["nodes"]) == names


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.text(max_size=80)), max_size=12), st.integers(0, 400))
def test_any_row_of_edits_reads_back_the_same(edits: list[tuple[int, str]], size: int) -> None:
    content: dict[str, bytes] = {}
    document = large(size)
    parts, _ = kept(content, document, [])
    for at, text in edits:
        if text:
            document["nodes"][f"node_{at}"] = {"type": "text.template", "params": {"template": text}}
        else:
            document["nodes"].pop(f"node_{at}", None)
            document["edges"] = [edge for edge in document["edges"] if f"node_{at} " not in edge]
        parts, _ = kept(content, document, parts)


def test_equal_pieces_are_kept_apart() -> None:
    """Edges may repeat: two runs of the same content are two parts."""
    document = large(500)
    document["edges"] = ["node_1 -> node_2"] * 4000
    content: dict[str, bytes] = {}
    parts, _ = kept(content, document, [])
    edges = [one for one in parts if one.section == "edges"]
    assert len({one.id for one in edges}) == len(edges) > 1
    assert kept(content, document, parts)[1] == 0


async def test_a_large_draft_is_kept_and_edited(either: Api) -> None:
    workflows, who = either.platform.workflows, acting(Role.EDITOR)
    document = large(1500)
    head = await workflows.making.create(who, document=document)
    draft = await workflows.drafts.load("default", head.id)
    assert draft.document == document
    assert len(draft.kept.value.rest) < WHOLE
    before = {one.id for one in await workflows.shelf.parts.all("default", parent=head.id)}
    document["nodes"]["node_700"]["params"] = {"template": "changed"}
    changes = workflows.drafts.changes("default", head, draft.kept, document, by="me")
    assert len(changes) == 3
    await workflows.shelf.records.commit(changes)
    assert (await workflows.drafts.load("default", head.id)).document == document
    after = {one.id for one in await workflows.shelf.parts.all("default", parent=head.id)}
    assert len(after - before) == len(before - after) == 1
    with pytest.raises(RecordChanged):
        await workflows.shelf.records.commit(changes)
    small = {"studio": 1, "name": "Small"}
    await workflows.drafts.replace(who, head.id, small, None)
    assert (await workflows.drafts.load("default", head.id)).document == small
    assert await workflows.shelf.parts.all("default", parent=head.id) == []


async def test_a_draft_is_read_whole_while_it_is_written(either: Api) -> None:
    """Whoever reads meanwhile gets one revision or another, never a mixture."""
    workflows, who = either.platform.workflows, acting(Role.EDITOR)
    head = await workflows.making.create(who, document=large(600))
    done = False

    async def write() -> None:
        nonlocal done
        for number in range(25):
            draft = await workflows.drafts.load("default", head.id)
            for node in draft.document["nodes"].values():
                node["params"] = {"template": f"number {number}"}
            changes = workflows.drafts.changes("default", head, draft.kept, draft.document, by="me")
            await workflows.shelf.records.commit(changes)
        done = True

    async def look() -> int:
        seen = 0
        while not done:
            try:
                draft = await workflows.drafts.load("default", head.id)
            except RecordChanged:
                continue
            texts = {node["params"]["template"] for node in list(draft.document["nodes"].values())[1:]}
            assert len(texts) == 1 or draft.revision == 1, texts
            seen += 1
        return seen

    _, seen = await asyncio.gather(write(), look())
    assert seen > 3
