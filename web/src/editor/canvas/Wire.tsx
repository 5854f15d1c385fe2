import { BaseEdge, getBezierPath, type EdgeProps } from "@xyflow/react";
import { memo } from "react";

import { EdgeFlow } from "@/debugger/EdgeFlow";

import { useEditor } from "../store";
import type { FlowEdge } from "./flow";
import classes from "./Wire.module.css";

/** A wire: strong where it is listed, thin where an expression reads. */
export const Wire = memo(function Wire(props: EdgeProps<FlowEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected } = props;
  const [path, labelX, labelY] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const drawn = data?.drawn;
  return (
    <g className={classes.wire} data-look={drawn?.look} data-kind={drawn?.colour} data-selected={selected || undefined}>
      <BaseEdge id={id} path={path} interactionWidth={16} className={classes.line ?? ""} />
      <EdgeFlow id={id} path={path} labelX={labelX} labelY={labelY} onOpen={() => drawn !== undefined && useEditor.getState().open(drawn.source)} />
    </g>
  );
});
