/** Looking elsewhere on the canvas, for whoever is not part of it. */
import type { ReactFlowInstance } from "@xyflow/react";

import type { NodePath } from "../contracts";
import { useEditor } from "../store";
import type { FlowEdge, FlowNode } from "./flow";
import { useCanvasUi } from "./ui";

export const flowView: { current: ReactFlowInstance<FlowNode, FlowEdge> | null } = { current: null };

export function fitAll(): void {
  void flowView.current?.fitView({ padding: 0.15, maxZoom: 1, duration: 200 });
}

/** Show a node, opening the containers around it, and select it. */
export function showNode(path: NodePath): void {
  const { closed } = useCanvasUi.getState();
  const around = [...closed].filter((one) => path.startsWith(`${one}.`));
  if (around.length > 0) useCanvasUi.setState({ closed: new Set([...closed].filter((one) => !around.includes(one))) });
  useEditor.getState().select([path]);
  setTimeout(() => {
    void flowView.current?.fitView({ nodes: [{ id: path }], padding: 1, maxZoom: 1, duration: 200 });
    focusNode(path);
  }, 0);
}

/** Put the keyboard on a node. */
export function focusNode(path: NodePath): void {
  setTimeout(() => document.querySelector<HTMLElement>(selectorOf(path))?.focus({ preventScroll: true }), 60);
}

/** Bring a node into view, as it is when it is there already, and put the keyboard on it. */
export function revealNode(path: NodePath): void {
  // The inspector may just be taking its room from the canvas.
  setTimeout(() => {
    const flow = flowView.current;
    const node = flow?.getInternalNode(path);
    const pane = document.querySelector(".react-flow")?.getBoundingClientRect();
    if (flow == null || node === undefined || pane === undefined) return;
    const { x, y } = node.internals.positionAbsolute;
    const [width, height] = [node.width ?? 0, node.height ?? 0];
    const [from, to] = [flow.flowToScreenPosition({ x, y }), flow.flowToScreenPosition({ x: x + width, y: y + height })];
    const seen = from.x >= pane.left && from.y >= pane.top && to.x <= pane.right && to.y <= pane.bottom;
    if (!seen) void flow.setCenter(x + width / 2, y + height / 2, { zoom: flow.getZoom() });
    focusNode(path);
  }, 60);
}

function selectorOf(path: NodePath): string {
  return `.react-flow__node[data-id="${CSS.escape(path)}"]`;
}

/** The middle of what is seen, on the screen. */
export function middle(): { x: number; y: number } {
  const box = document.querySelector(".react-flow")?.getBoundingClientRect();
  return box === undefined ? { x: 0, y: 0 } : { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}
