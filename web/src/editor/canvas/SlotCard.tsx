import { Handle, Position, type NodeProps } from "@xyflow/react";
import { IconPlus } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import type { CardNode } from "./flow";
import { NodeIcon } from "./look";
import { titleOf } from "./NodeCard";
import { NodeMarks } from "./NodeMarks";
import { NodeName } from "./NodeName";
import classes from "./Node.module.css";
import { useCanvasUi } from "./ui";

/** What sits in a slot of a node, or the place for it. */
export const SlotCard = memo(function SlotCard({ data, selected }: NodeProps<CardNode>) {
  const { t } = useTranslation("canvas");
  const { drawn } = data;
  const { slot, path, node, facts } = drawn;
  if (slot === null) return null;
  const [host = ""] = path.split(".slots.");
  return (
    <div className={classes.slot} data-selected={selected || undefined} data-empty={slot.empty || undefined} data-category={facts?.category}>
      <Handle id="slot" type="source" position={Position.Top} className={classes.slots} isConnectable={false} />
      {slot.empty ? (
        <button
          type="button"
          className={`${classes.slotAdd} nodrag`}
          onClick={(event) => {
            const { clientX: x, clientY: y } = event;
            useCanvasUi.getState().show({
              picking: { x, y, level: drawn.level, at: null, slot: { host, name: slot.name, many: slot.many } },
            });
          }}
        >
          <IconPlus size={14} aria-hidden /> {t(slot.required ? "slot.required" : "slot.add", { name: slot.name })}
        </button>
      ) : (
        <>
          <span className={classes.icon} aria-hidden>
            <NodeIcon type={node.type} size={16} />
          </span>
          <span className={classes.words}>
            <NodeName path={path} title={titleOf(drawn)} />
            <span className={classes.id}>{slot.name}</span>
          </span>
          <NodeMarks path={path} />
        </>
      )}
    </div>
  );
});
