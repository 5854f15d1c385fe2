import { Handle, Position, type NodeProps } from "@xyflow/react";
import { IconEyeOff, IconRepeat } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import type { DrawnNode } from "../model/graph";
import { idOf } from "../model/paths";
import { portTop } from "../model/sizes";
import type { CardNode } from "./flow";
import { NodeIcon } from "./look";
import { NodeMarks } from "./NodeMarks";
import { NodeName } from "./NodeName";
import classes from "./Node.module.css";
import { useCanvasUi } from "./ui";

/** A node: what it is, and its ports. */
export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps<CardNode>) {
  const { drawn } = data;
  const { node, facts, path, held } = drawn;
  return (
    <div
      className={classes.card}
      data-category={facts?.category ?? "unknown"}
      data-selected={selected || undefined}
      data-disabled={node.disabled || undefined}
      data-trigger={facts?.kind === "trigger" || undefined}
    >
      <div className={classes.head}>
        <span className={classes.icon} aria-hidden>
          <NodeIcon type={node.type} />
        </span>
        <span className={classes.words}>
          <NodeName path={path} title={titleOf(drawn)} />
          <span className={classes.id}>{idOf(path)}</span>
        </span>
        {node.disabled === true && <IconEyeOff size={14} aria-hidden />}
        {node.each !== undefined && <IconRepeat size={14} aria-hidden />}
        {held > 0 && <Held path={path} count={held} />}
      </div>
      <NodePorts drawn={drawn} />
      <NodeMarks path={path} />
    </div>
  );
});

/** What a node is called: by whoever drew it, or else by its type. */
export function titleOf({ node, facts }: Pick<DrawnNode, "node" | "facts">): string {
  return node.title ?? facts?.title ?? node.type;
}

function Held({ path, count }: { path: string; count: number }) {
  const { t } = useTranslation("canvas");
  const toggle = useCanvasUi((state) => state.toggle);
  return (
    <button type="button" className={`${classes.held} nodrag`} onClick={() => toggle(path)} aria-label={t("frame.open", { count })}>
      {count}
    </button>
  );
}

/** Ports at both sides, the plain ways in and out at the head. */
export function NodePorts({ drawn }: { drawn: DrawnNode }) {
  const { ports, facts } = drawn;
  return (
    <>
      {facts?.kind !== "trigger" && <Handle id="in" type="target" position={Position.Left} className={classes.plain} style={{ top: 28 }} />}
      <Handle id="out" type="source" position={Position.Right} className={classes.plain} style={{ top: 28 }} />
      {ports.inputs.map((one, at) => (
        <span key={one.id}>
          <span className={classes.input} style={{ top: portTop(at) - 10 }}>
            {one.label}
          </span>
          <Handle
            id={one.id} type="target" position={Position.Left} className={classes.port} data-kind={one.colour}
            style={{ top: portTop(at) }} title={kindsText(one.kinds)}
          />
        </span>
      ))}
      {ports.outputs.map((one, at) => (
        <span key={one.id}>
          <span className={classes.output} style={{ top: portTop(at) - 10 }}>
            {one.label}
          </span>
          <Handle
            id={one.id} type="source" position={Position.Right} className={classes.port} data-kind={one.colour}
            data-branch={one.branch || undefined} style={{ top: portTop(at) }} title={kindsText(one.kinds)}
          />
        </span>
      ))}
      {(facts?.slots.length ?? 0) > 0 && <Handle id="slots" type="target" position={Position.Bottom} className={classes.slots} isConnectable={false} />}
    </>
  );
}

function kindsText(kinds: readonly string[]): string {
  return kinds.join(" · ");
}
