import { useReactFlow, type Connection, type FinalConnectionState } from "@xyflow/react";
import { useCallback, useRef } from "react";

import { given, refusal, type End, type Refusal } from "../model/connect";
import { levelOf } from "../model/paths";
import { portName } from "../model/ports";
import { useEditor } from "../store";
import { connect, connectEach, reconnect } from "./actions";
import { absolute, world } from "./drawing";
import type { FlowEdge, FlowNode } from "./flow";
import { useReason } from "./reasons";
import { useCanvasUi } from "./ui";

type Released = MouseEvent | TouchEvent;

/** Pulling wires: onto a port, onto a node, or into empty space. */
export function useConnecting() {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const reason = useReason();
  const pulled = useRef<FlowEdge | null>(null);

  const refuse = useCallback(
    (why: Refusal, at: { x: number; y: number }, from: End, to: End) => {
      const list = why.why === "kind" && why.given === "list" && to.port !== null && given(world(), from).includes("list");
      const each = list ? () => connectEach(from, to) : undefined;
      useCanvasUi.getState().show({ refused: { text: reason(why), ...at, each } });
    },
    [reason],
  );

  const join = useCallback(
    (from: End, to: End, at: { x: number; y: number }) => {
      const wire = pulled.current?.data?.drawn;
      const why = wire === undefined ? connect(from, to) : reconnect(wire, from, to);
      if (why !== null) refuse(why, at, from, to);
    },
    [refuse],
  );

  const onConnectEnd = useCallback(
    (event: Released, state: FinalConnectionState) => {
      if (pulled.current !== null || state.fromHandle === null || state.fromNode === null || state.isValid === true) return;
      const at = pointOf(event);
      const own: End = { node: state.fromNode.id, port: portName(state.fromHandle.id) };
      const forward = state.fromHandle.type === "source";
      const over = state.toNode?.id ?? nodeUnder(at);
      if (over !== null && over !== own.node) {
        const other: End = { node: over, port: state.toNode === null ? null : portName(state.toHandle?.id) };
        join(forward ? own : other, forward ? other : own, at);
        return;
      }
      if (over === own.node || useEditor.getState().readOnly) return;
      const level = levelOf(own.node);
      const place = flow.screenToFlowPosition(at);
      const [ox, oy] = absolute(level);
      useCanvasUi.getState().show({
        picking: { ...at, level, at: [place.x - ox, place.y - oy - 28], ...(forward ? { from: own } : { to: own }) },
      });
    },
    [flow, join],
  );

  const onConnect = useCallback(
    ({ source, sourceHandle, target, targetHandle }: Connection) =>
      join({ node: source, port: portName(sourceHandle) }, { node: target, port: portName(targetHandle) }, { x: 0, y: 0 }),
    [join],
  );

  const onReconnect = useCallback((_: FlowEdge, connection: Connection) => onConnect(connection), [onConnect]);
  const onReconnectStart = useCallback((_: unknown, edge: FlowEdge) => {
    pulled.current = edge;
  }, []);
  const onReconnectEnd = useCallback(() => {
    pulled.current = null;
  }, []);
  return { onConnect, onConnectEnd, onReconnect, onReconnectStart, onReconnectEnd, isValidConnection };
}

/** What React Flow asks while a wire is pulled over ports. */
function isValidConnection(connection: Connection | FlowEdge): boolean {
  const from = { node: connection.source, port: portName(connection.sourceHandle) };
  const to = { node: connection.target, port: portName(connection.targetHandle) };
  return refusal(world(), from, to) === null;
}

function pointOf(event: Released): { x: number; y: number } {
  const point = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: point?.clientX ?? 0, y: point?.clientY ?? 0 };
}

function nodeUnder({ x, y }: { x: number; y: number }): string | null {
  const found = document.elementsFromPoint(x, y).flatMap((one) => {
    const node = one.closest<HTMLElement>(".react-flow__node-card, .react-flow__node-frame");
    return node === null ? [] : [node];
  });
  // Within a frame's body one lets go into empty space.
  const [first] = found;
  if (first === undefined || (first.classList.contains("react-flow__node-frame") && !onHead(x, y))) return null;
  return first.dataset.id ?? null;
}

function onHead(x: number, y: number): boolean {
  return document.elementsFromPoint(x, y).some((one) => one.classList.contains("studio-frame-head"));
}
