"""The levels of a workflow by the prefixes of their frames: ``loop[3]/`` is the body of ``loop``."""

from __future__ import annotations

from studio.engine.plan import Level, PlanNode


class Levels:
    """Finds levels and nodes; each prefix is worked out once."""

    def __init__(self, root: Level) -> None:
        self._found: dict[str, Level | None] = {"": root}

    def node(self, prefix: str, name: str) -> PlanNode | None:
        """A node of a frame, None where the workflow has none there any more."""
        level = self.level(prefix)
        index = None if level is None else level.index.get(name)
        return None if level is None or index is None else level.nodes[index]

    def level(self, prefix: str) -> Level | None:
        """The level of a frame, None where the workflow has none there any more."""
        if prefix not in self._found:
            around, _bracket, token = prefix.rstrip("/").rpartition("[")
            outer, _slash, container = around.rpartition("/")
            node = self.node(f"{outer}/" if outer else "", container)
            bodies = {} if node is None else node.body_plans
            self._found[prefix] = bodies.get(token.rstrip("]")) or bodies.get("each") or bodies.get("body")
        return self._found[prefix]
