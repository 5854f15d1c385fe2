import { getBezierPath, type ConnectionLineComponentProps } from "@xyflow/react";

import { portName } from "../model/ports";
import { refusal } from "../model/connect";
import { world } from "./drawing";
import type { FlowNode } from "./flow";
import { useReason } from "./reasons";
import classes from "./Wire.module.css";

/** The wire while it is pulled; it says at once why it would be refused. */
export function ConnectionLine(props: ConnectionLineComponentProps<FlowNode>) {
  const { fromX, fromY, toX, toY, fromPosition, toPosition, fromNode, fromHandle, toNode, toHandle, connectionStatus } = props;
  const reason = useReason();
  const [path] = getBezierPath({
    sourceX: fromX, sourceY: fromY, sourcePosition: fromPosition, targetX: toX, targetY: toY, targetPosition: toPosition,
  });
  const bad = connectionStatus === "invalid";
  const ends = [{ node: fromNode.id, port: portName(fromHandle.id) }, { node: toNode?.id ?? "", port: portName(toHandle?.id) }] as const;
  const [from, to] = fromHandle.type === "source" ? ends : [ends[1], ends[0]];
  const why = bad && toNode !== null ? refusal(world(), from, to) : null;
  return (
    <g>
      <path d={path} className={classes.pulled} data-bad={bad || undefined} />
      {why !== null && (
        <text x={toX} y={toY - 14} textAnchor="middle" className={classes.why}>
          {reason(why)}
        </text>
      )}
    </g>
  );
}
