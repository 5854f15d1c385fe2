import { Background, MiniMap, ReactFlow, ReactFlowProvider, SelectionMode, useReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useComputedColorScheme } from "@mantine/core";
import { useCallback, useEffect, useRef, type MouseEvent as Clicked } from "react";
import { useTranslation } from "react-i18next";

import { useEditor, viewer } from "../store";
import { addNode } from "./actions";
import classes from "./Canvas.module.css";
import { ConnectionLine } from "./ConnectionLine";
import { Cursors } from "./Cursors";
import { levelAtPoint } from "./drawing";
import { DRAGGED, wireAt } from "./dropping";
import { Empty } from "./Empty";
import type { FlowEdge, FlowNode } from "./flow";
import { startDrawing, useFlow } from "./flowStore";
import { Frame } from "./Frame";
import { NodeCard } from "./NodeCard";
import { GroupArea, Note } from "./Note";
import { openCalled } from "./opening";
import { Overlays } from "./Overlays";
import { pointer } from "./pointer";
import { SlotCard } from "./SlotCard";
import { Toolbar } from "./Toolbar";
import { useCanvasUi } from "./ui";
import { useClipboard } from "./useClipboard";
import { useConnecting } from "./useConnecting";
import { useKeys } from "./useKeys";
import { useMoving } from "./useMoving";
import { flowView } from "./view";
import { Wire } from "./Wire";

const NODES = { card: NodeCard, frame: Frame, slot: SlotCard, note: Note, group: GroupArea };
const WIRES = { wire: Wire };
const GRID: [number, number] = [20, 20];
const FIT = { padding: 0.15, maxZoom: 1 } as const;

/** The graph. It reads from the left to the right in every language. */
export function Canvas() {
  return (
    <ReactFlowProvider>
      <Graph />
    </ReactFlowProvider>
  );
}

function Graph() {
  const { t } = useTranslation("canvas");
  const scheme = useComputedColorScheme("light");
  const { nodes, edges, onNodesChange, onEdgesChange } = useFlow();
  const readOnly = useEditor((state) => state.readOnly);
  const connecting = useConnecting();
  const moving = useMoving();
  const dropping = useDrops();
  const box = useRef<HTMLDivElement>(null);
  useViewer();
  useEffect(startDrawing, []);
  useKeys();
  useClipboard(box);
  return (
    // The frame only follows the pointer; everything in it is reached by keyboard on its own.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div ref={box} dir="ltr" className={classes.canvas} onPointerMove={followed} onPointerLeave={left} {...dropping}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={WIRES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        {...connecting}
        {...moving}
        connectionLineComponent={ConnectionLine}
        connectionRadius={24}
        onNodeDoubleClick={opened}
        onPaneClick={() => useCanvasUi.getState().show({ picking: null, refused: null })}
        onDoubleClick={(event) => !readOnly && pickAt(event)}
        zoomOnDoubleClick={false}
        onlyRenderVisibleElements
        deleteKeyCode={null}
        disableKeyboardA11y
        selectionMode={SelectionMode.Partial}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Shift", "Meta", "Control"]}
        panOnScroll
        zoomActivationKeyCode={["Meta", "Control"]}
        snapToGrid
        snapGrid={GRID}
        minZoom={0.05}
        maxZoom={2}
        colorMode={scheme}
        elevateNodesOnSelect={false}
        elevateEdgesOnSelect
        nodesConnectable={!readOnly}
        aria-label={t("label")}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={20} size={1.2} />
        <MiniMap pannable zoomable className={classes.map ?? ""} ariaLabel={t("minimap")} nodeClassName={mapClass} nodeBorderRadius={8} />
        <Toolbar />
        <Cursors />
      </ReactFlow>
      <Empty />
      <Overlays />
    </div>
  );
}

function mapClass(node: FlowNode): string {
  return `studio-map-${node.type}`;
}

/** Lends the view to the store; shows all of a graph when it comes. */
function useViewer(): void {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const ready = useEditor((state) => state.loading === "ready");
  const id = useEditor((state) => state.workflow.id);
  useEffect(() => {
    flowView.current = flow;
    viewer.current = { get: flow.getViewport, set: (view) => void flow.setViewport(view, { duration: 200 }) };
    return () => {
      flowView.current = null;
      viewer.current = null;
    };
  }, [flow]);
  useEffect(() => {
    if (!ready || id === "") return;
    const timer = setTimeout(() => void flow.fitView(FIT), 0);
    return () => clearTimeout(timer);
  }, [flow, ready, id]);
}

/** What lands on the canvas from the palette. */
function useDrops() {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const onDragOver = useCallback((event: React.DragEvent) => {
    if (!event.dataTransfer.types.includes(DRAGGED)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  }, []);
  const onDrop = useCallback(
    (event: React.DragEvent) => {
      const text = event.dataTransfer.getData(DRAGGED);
      if (text === "") return;
      event.preventDefault();
      const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
      const { level, at } = levelAtPoint(point.x, point.y);
      const wire = wireAt(level, ...at) ?? undefined;
      addNode(JSON.parse(text) as Parameters<typeof addNode>[0], { level, at: [at[0] - 120, at[1] - 28], wire });
    },
    [flow],
  );
  return { onDragOver, onDrop };
}

function opened(event: Clicked, node: FlowNode): void {
  if (node.type === "note" || node.type === "group") return;
  event.stopPropagation();
  if (node.type === "slot" && node.data.drawn.slot?.empty === true) return;
  if (node.data.drawn.node.type === "flow.call" && openCalled(node.data.drawn.node)) return;
  useEditor.getState().open(node.id);
}

/** A double click into empty space: a node is wanted there. */
function pickAt(event: Clicked): void {
  if (!(event.target instanceof Element) || !event.target.classList.contains("react-flow__pane")) return;
  const { x, y, zoom } = viewer.current?.get() ?? { x: 0, y: 0, zoom: 1 };
  const box = event.currentTarget.getBoundingClientRect();
  const [fx, fy] = [(event.clientX - box.left - x) / zoom, (event.clientY - box.top - y) / zoom];
  const { level, at } = levelAtPoint(fx, fy);
  useCanvasUi.getState().show({ picking: { x: event.clientX, y: event.clientY, level, at } });
}

function followed(event: React.PointerEvent): void {
  Object.assign(pointer, { x: event.clientX, y: event.clientY, over: true });
  const { others, point } = useEditor.getState();
  if (others.length === 0) return;
  const { x, y, zoom } = viewer.current?.get() ?? { x: 0, y: 0, zoom: 1 };
  const box = event.currentTarget.getBoundingClientRect();
  point([Math.round((event.clientX - box.left - x) / zoom), Math.round((event.clientY - box.top - y) / zoom)]);
}

function left(): void {
  pointer.over = false;
  if (useEditor.getState().others.length > 0) useEditor.getState().point(null);
}

