/** What must be running, though nobody said so. */
import type { NodePath } from "@/editor/contracts";

import { settled, type Folded, type Node } from "./fold";

/**
 * Nodes that must be running though nobody said so: a beginning is not recorded, and who comes later was not told.
 * On the outermost level, a node whose way is free runs.
 */
export function withRunning(before: Folded): Folded {
  if (before.status !== "running") return before;
  let nodes: Map<NodePath, Node> | null = null;
  for (const [path, node] of before.nodes) {
    if (node.state !== "pending" || path.includes(".")) continue;
    const since = freeSince(before, path);
    if (since === null) continue;
    nodes ??= new Map(before.nodes);
    nodes.set(path, { ...node, state: "running", startedAt: since });
  }
  return nodes === null ? before : { ...before, nodes };
}

function freeSince(folded: Folded, path: NodePath): number | null {
  const wires = folded.graph.arriving.get(path) ?? [];
  const listed = wires.filter((one) => one.listed);
  let since = folded.startedAt ?? 0;
  for (const wire of wires) {
    const source = folded.nodes.get(wire.source);
    if (source !== undefined && !settled(source.state)) return null;
    since = Math.max(since, source?.endedAt ?? 0);
  }
  const carried = listed.length === 0 || listed.some((one) => (folded.edges.get(one.id)?.passed ?? 0) > 0);
  return carried ? since : null;
}
