/** The nodes and wires of React Flow, kept in step with the document and with what is selected. */
import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { create } from "zustand";

import { draw, NO_GRAPH } from "../model/graph";
import { prepare } from "../palette/search";
import { useEditor } from "../store";
import { drawing } from "./drawing";
import { flowEdge, flowNode, type FlowEdge, type FlowNode, type GroupNode, type NoteNode } from "./flow";
import { isSticky, stickies, type Sticky } from "./notes";
import { useCanvasUi } from "./ui";

interface FlowState {
  readonly nodes: FlowNode[];
  readonly edges: FlowEdge[];
  onNodesChange(changes: NodeChange<FlowNode>[]): void;
  onEdgesChange(changes: EdgeChange<FlowEdge>[]): void;
}

export const useFlow = create<FlowState>()((set, get) => ({
  nodes: [],
  edges: [],
  onNodesChange(changes) {
    const nodes = applyNodeChanges(changes, get().nodes);
    set({ nodes });
    if (!changes.some((one) => one.type === "select")) return;
    useEditor.getState().select(nodes.filter((one) => one.selected === true && !isSticky(one.id)).map((one) => one.id));
  },
  onEdgesChange: (changes) => set({ edges: applyEdgeChanges(changes, get().edges) }),
}));

/** Draw from now on whatever the document becomes, until the returned function is called. */
export function startDrawing(): () => void {
  drawing.graph = NO_GRAPH;
  drawing.found.clear();
  useFlow.setState({ nodes: [], edges: [] });
  const stops = [
    useEditor.subscribe((now, before) => {
      if (now.catalogue !== before.catalogue) setTimeout(() => prepare(now.catalogue.values()), 500);
      const other = (["document", "catalogue", "shapes", "readOnly"] as const).some((key) => now[key] !== before[key]);
      if (now.workflow.id !== before.workflow.id) drawing.found.clear();
      if (other) redraw();
      else if (now.selection !== before.selection) mark();
    }),
    useCanvasUi.subscribe((now, before) => {
      if (now.closed !== before.closed) redraw();
    }),
  ];
  redraw();
  return () => stops.forEach((stop) => stop());
}

function redraw(): void {
  const { document, catalogue, shapes, readOnly } = useEditor.getState();
  const { closed } = useCanvasUi.getState();
  drawing.graph = draw({ document, catalogue, shapes, closed, found: drawing.found }, drawing.graph);
  const { nodes, edges } = drawing.graph;
  const next = [...extras(document, readOnly), ...nodes.map((one) => flowNode(one, readOnly))];
  const before = useFlow.getState();
  useFlow.setState({ nodes: merged(before.nodes, next), edges: mergedEdges(before.edges, edges.map(flowEdge)) });
  mark();
}

/** Show as selected what is selected. */
function mark(): void {
  const chosen = new Set(useEditor.getState().selection);
  const before = useFlow.getState().nodes;
  const nodes = selected(before, chosen);
  if (nodes !== before) useFlow.setState({ nodes });
}

/** The new nodes, with what React Flow knows of the old ones; the same list where nothing is another. */
function merged(before: readonly FlowNode[], after: readonly FlowNode[]): FlowNode[] {
  const known = new Map(before.map((one) => [one.id, one]));
  let same = before.length === after.length;
  const next = after.map((one, at) => {
    const old = known.get(one.id);
    const kept = old !== undefined && drawnAlike(old, one) ? old : withState(one, old);
    same &&= kept === before[at];
    return kept;
  });
  return same ? (before as FlowNode[]) : next;
}

function drawnAlike(old: FlowNode, next: FlowNode): boolean {
  return (
    old.data === next.data && old.draggable === next.draggable && old.width === next.width && old.height === next.height &&
    old.position.x === next.position.x && old.position.y === next.position.y
  );
}

function withState(next: FlowNode, old: FlowNode | undefined): FlowNode {
  if (old === undefined) return next;
  // What is dragged right now stays at the pointer.
  const held = old.dragging === true;
  return {
    ...next,
    ...(old.selected === undefined ? {} : { selected: old.selected }),
    ...(held ? { position: old.position, dragging: true } : {}),
  } as FlowNode;
}

function mergedEdges(before: readonly FlowEdge[], after: readonly FlowEdge[]): FlowEdge[] {
  const known = new Map(before.map((one) => [one.id, one]));
  return after.map((one) => {
    const old = known.get(one.id);
    if (old === undefined) return one;
    if (old.data === one.data) return old;
    return old.selected === true ? { ...one, selected: true } : one;
  });
}

function selected(before: readonly FlowNode[], chosen: ReadonlySet<string>): FlowNode[] {
  let same = true;
  const next = before.map((one) => {
    const is = chosen.has(one.id);
    if (isSticky(one.id) || (one.selected === true) === is) return one;
    same = false;
    return { ...one, selected: is };
  });
  return same ? (before as FlowNode[]) : next;
}

const drawn = new Map<string, { of: string; node: NoteNode | GroupNode }>();

function extras(document: Parameters<typeof stickies>[0], readOnly: boolean): FlowNode[] {
  const groups = stickies(document, "groups").map((one) => sticky(one, "group", readOnly));
  const notes = stickies(document, "notes").map((one) => sticky(one, "note", readOnly));
  return [...groups, ...notes];
}

/** A note or group for React Flow; the same object as long as it says the same. */
function sticky(one: Sticky, type: "note" | "group", readOnly: boolean): FlowNode {
  const id = `${type}:${one.id}`;
  const of = JSON.stringify([one, readOnly]);
  const known = drawn.get(id);
  if (known?.of === of) return known.node;
  const common = {
    id,
    position: { x: one.at[0], y: one.at[1] },
    width: one.size[0],
    height: one.size[1],
    measured: { width: one.size[0], height: one.size[1] },
    draggable: !readOnly,
    deletable: false,
    connectable: false,
  };
  const node: NoteNode | GroupNode =
    type === "note"
      ? { ...common, type, zIndex: 1, data: { text: one.text, colour: one.colour } }
      : { ...common, type, zIndex: -1, dragHandle: ".studio-group-head", data: { title: one.text, colour: one.colour } };
  drawn.set(id, { of, node });
  return node;
}
