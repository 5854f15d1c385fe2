/** Drawn nodes and wires as React Flow wants them. */
import { Position, type Edge, type Node, type NodeHandle } from "@xyflow/react";

import type { DrawnEdge, DrawnNode } from "../model/graph";
import { FRAME, portTop, SLOT } from "../model/sizes";

export type CardNode = Node<{ drawn: DrawnNode }, "card" | "frame" | "slot">;
export type NoteNode = Node<{ text: string; colour: string }, "note">;
export type GroupNode = Node<{ title: string; colour: string }, "group">;
export type FlowNode = CardNode | NoteNode | GroupNode;
export type FlowEdge = Edge<{ drawn: DrawnEdge }, "wire">;

const HEAD = 28;
const DOT = 10;

const made = new WeakMap<DrawnNode, CardNode>();

/** The node for React Flow; the same for the same drawn node. */
export function flowNode(drawn: DrawnNode, readOnly: boolean): CardNode {
  const known = made.get(drawn);
  if (known !== undefined && known.draggable === draggable(drawn, readOnly)) return known;
  const [x, y] = drawn.position;
  const inner = drawn.parent !== null && drawn.look !== "slot";
  const node: CardNode = {
    id: drawn.path,
    type: drawn.look,
    position: { x, y },
    data: { drawn },
    width: drawn.size.width,
    height: drawn.size.height,
    // Said to be measured: what is out of sight is not drawn, and would never be.
    measured: { width: drawn.size.width, height: drawn.size.height },
    handles: handlesOf(drawn),
    draggable: draggable(drawn, readOnly),
    connectable: !readOnly,
    deletable: false,
    ...(drawn.parent === null ? {} : { parentId: drawn.parent }),
    ...(inner ? { extent: [[FRAME.pad / 2, FRAME.head], [Infinity, Infinity]] as [[number, number], [number, number]] } : {}),
    ...(drawn.look === "frame" ? { dragHandle: ".studio-frame-head", zIndex: 0 } : {}),
  };
  made.set(drawn, node);
  return node;
}

function draggable(drawn: DrawnNode, readOnly: boolean): boolean {
  return !readOnly && drawn.look !== "slot";
}

/** Where the ports are, so that wires to nodes out of sight can be drawn. */
function handlesOf({ ports, size, look, facts }: DrawnNode): NodeHandle[] {
  if (look === "slot") return [handle("slot", "source", Position.Top, SLOT.width / 2, 0)];
  const found = [
    ...ports.inputs.map((one, at) => handle(one.id, "target", Position.Left, 0, portTop(at))),
    ...ports.outputs.map((one, at) => handle(one.id, "source", Position.Right, size.width, portTop(at))),
    handle("in", "target", Position.Left, 0, HEAD),
    handle("out", "source", Position.Right, size.width, HEAD),
  ];
  if ((facts?.slots.length ?? 0) > 0) found.push(handle("slots", "target", Position.Bottom, size.width / 2, size.height));
  return found;
}

function handle(id: string, type: "source" | "target", position: Position, x: number, y: number): NodeHandle {
  return { id, type, position, x: x - DOT / 2, y: y - DOT / 2, width: DOT, height: DOT };
}

const wires = new WeakMap<DrawnEdge, FlowEdge>();

/** The wire for React Flow; the same for the same drawn wire. */
export function flowEdge(drawn: DrawnEdge): FlowEdge {
  const known = wires.get(drawn);
  if (known !== undefined) return known;
  const edge: FlowEdge = {
    id: drawn.id,
    type: "wire",
    source: drawn.source,
    target: drawn.target,
    sourceHandle: drawn.sourceHandle,
    targetHandle: drawn.targetHandle,
    data: { drawn },
    selectable: drawn.look !== "slot",
    focusable: drawn.look !== "slot",
    reconnectable: drawn.look !== "slot",
    deletable: false,
    interactionWidth: 16,
  };
  wires.set(drawn, edge);
  return edge;
}
