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
  setTimeout(() => document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(path)}"]`)?.focus({ preventScroll: true }), 60);
}

/** The middle of what is seen, on the screen. */
export function middle(): { x: number; y: number } {
  const box = document.querySelector(".react-flow")?.getBoundingClientRect();
  return box === undefined ? { x: 0, y: 0 } : { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}
