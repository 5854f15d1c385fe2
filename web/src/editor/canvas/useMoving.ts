import type { OnNodeDrag } from "@xyflow/react";
import { useCallback, useRef } from "react";

import type { NodePath, Operation } from "../contracts";
import { levelOf } from "../model/paths";
import type { DrawnEdge } from "../model/graph";
import { snapped } from "../model/layout";
import { useEditor } from "../store";
import { settled } from "./actions";
import { drawing } from "./drawing";
import { intoWire, isLoose, wireAt } from "./dropping";
import type { FlowNode } from "./flow";
import { isSticky, movedStickies } from "./notes";

const MARK = "studio-wire-under";

/** Dragging nodes: kept when they are let go, as one step; onto a wire puts them into it. */
export function useMoving() {
  const marked = useRef<Element | null>(null);

  const mark = useCallback((id: string | null) => {
    const next = id === null ? null : document.querySelector(`.react-flow__edge[data-id="${CSS.escape(id)}"]`);
    if (next === marked.current) return;
    marked.current?.classList.remove(MARK);
    next?.classList.add(MARK);
    marked.current = next;
  }, []);

  /** The wire that a dragged node lies on, where it may go into one. */
  const loose = useRef<NodePath | null>(null);
  const onNodeDragStart: OnNodeDrag<FlowNode> = useCallback((_, node, nodes) => {
    loose.current = nodes.length === 1 && !isSticky(node.id) && isLoose(node.id) ? node.id : null;
  }, []);

  const onNodeDrag: OnNodeDrag<FlowNode> = useCallback(
    (_, node) => {
      if (loose.current === node.id) mark(wireOf(node)?.id ?? null);
    },
    [mark],
  );

  const onNodeDragStop: OnNodeDrag<FlowNode> = useCallback(
    (_, node, nodes) => {
      mark(null);
      const { document: found, apply } = useEditor.getState();
      const moves = movesOf(nodes.filter((one) => !isSticky(one.id)));
      const notes = movedStickies(found, new Map(nodes.map((one) => [one.id, [one.position.x, one.position.y] as const])));
      const into = loose.current === node.id ? intoWire(wireOf(node), node.id, moves) : [];
      loose.current = null;
      apply([...moves, ...notes, ...into]);
    },
    [mark],
  );

  return { onNodeDragStart, onNodeDrag, onNodeDragStop };
}

function wireOf(node: FlowNode): DrawnEdge | null {
  const level = levelOf(node.id);
  const [ox, oy] = drawing.graph.offsets.get(level) ?? [0, 0];
  return wireAt(level, node.position.x - ox + (node.width ?? 0) / 2, node.position.y - oy + 28, node.id);
}

/** Nodes moved by themselves; those inside of one that moves are carried along. */
function movesOf(nodes: readonly FlowNode[]): Operation[] {
  const kept = useEditor.getState().document.canvas?.positions ?? {};
  const moved = new Set(nodes.map((one) => one.id));
  const positions: Record<NodePath, [number, number]> = {};
  for (const one of nodes) {
    if (one.parentId !== undefined && [...moved].some((other) => one.id.startsWith(`${other}.`))) continue;
    const [ox, oy] = drawing.graph.offsets.get(levelOf(one.id)) ?? [0, 0];
    const at: [number, number] = [snapped(one.position.x - ox), snapped(one.position.y - oy)];
    if (kept[one.id]?.[0] !== at[0] || kept[one.id]?.[1] !== at[1]) positions[one.id] = at;
  }
  const levels = [...new Set(Object.keys(positions).map(levelOf))];
  if (levels.length === 0) return [];
  return [...levels.flatMap(settled), { op: "move", positions }];
}
