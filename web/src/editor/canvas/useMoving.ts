import { useReactFlow, type OnNodeDrag } from "@xyflow/react";
import { useCallback, useRef } from "react";

import type { NodePath, Operation } from "../contracts";
import { levelOf } from "../model/paths";
import { snapped } from "../model/layout";
import { useEditor } from "../store";
import { settled } from "./actions";
import { absolute, drawing } from "./drawing";
import { intoWire, wireNear } from "./dropping";
import type { FlowEdge, FlowNode } from "./flow";
import { isSticky, movedStickies } from "./notes";

const MARK = "studio-wire-under";

/** Dragging nodes: kept when they are let go, as one step; onto a wire puts them into it. */
export function useMoving() {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const marked = useRef<Element | null>(null);

  const mark = useCallback((id: string | null) => {
    const next = id === null ? null : document.querySelector(`.react-flow__edge[data-id="${CSS.escape(id)}"]`);
    if (next === marked.current) return;
    marked.current?.classList.remove(MARK);
    next?.classList.add(MARK);
    marked.current = next;
  }, []);

  const onNodeDrag: OnNodeDrag<FlowNode> = useCallback(
    (_, node, nodes) => {
      if (nodes.length !== 1 || isSticky(node.id)) return;
      const { x, y } = centreOf(flow, node);
      const wire = wireNear(x, y);
      mark(wire !== null && intoWire(wire, node.id, []).length > 0 ? wire.id : null);
    },
    [flow, mark],
  );

  const onNodeDragStop: OnNodeDrag<FlowNode> = useCallback(
    (_, node, nodes) => {
      mark(null);
      const { document: found, apply } = useEditor.getState();
      const cards = nodes.filter((one) => !isSticky(one.id));
      const moves = movesOf(cards);
      const notes = movedStickies(found, new Map(nodes.map((one) => [one.id, [one.position.x, one.position.y] as const])));
      const at = centreOf(flow, node);
      const into = nodes.length === 1 && cards.length === 1 ? intoWire(wireNear(at.x, at.y), node.id, moves) : [];
      apply([...moves, ...notes, ...into]);
    },
    [flow, mark],
  );

  return { onNodeDrag, onNodeDragStop };
}

/** The middle of a node's head, on the screen. */
function centreOf(flow: ReturnType<typeof useReactFlow<FlowNode, FlowEdge>>, node: FlowNode) {
  const [ox, oy] = node.parentId === undefined ? [0, 0] : absolute(levelOf(node.id));
  const [lx, ly] = node.parentId === undefined ? [0, 0] : (drawing.graph.offsets.get(levelOf(node.id)) ?? [0, 0]);
  return flow.flowToScreenPosition({ x: node.position.x + ox - lx + (node.width ?? 0) / 2, y: node.position.y + oy - ly + 28 });
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
