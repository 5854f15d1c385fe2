import { ActionIcon, Tooltip } from "@mantine/core";
import { type NodeProps } from "@xyflow/react";
import { IconFold, IconPlus } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import type { Lane } from "../model/graph";
import { idOf } from "../model/paths";
import { FRAME } from "../model/sizes";
import { useEditor } from "../store";
import type { CardNode } from "./flow";
import { NodeIcon } from "./look";
import { NodePorts, titleOf } from "./NodeCard";
import { NodeMarks } from "./NodeMarks";
import { NodeName } from "./NodeName";
import classes from "./Node.module.css";
import { useCanvasUi } from "./ui";

/** A container, open: its body is edited where it stands. */
export const Frame = memo(function Frame({ data, selected }: NodeProps<CardNode>) {
  const { t } = useTranslation("canvas");
  const { drawn } = data;
  const { path, node, facts, lanes } = drawn;
  const toggle = useCanvasUi((state) => state.toggle);
  return (
    <div className={classes.frame} data-category={facts?.category} data-selected={selected || undefined} data-disabled={node.disabled || undefined}>
      <div className={`${classes.head} studio-frame-head`}>
        <span className={classes.icon} aria-hidden>
          <NodeIcon type={node.type} />
        </span>
        <span className={classes.words}>
          <NodeName path={path} title={titleOf(drawn)} />
          <span className={classes.id}>{idOf(path)}</span>
        </span>
        <Tooltip label={t("frame.close")}>
          <ActionIcon variant="subtle" color="gray" size="sm" className="nodrag" aria-label={t("frame.close")} onClick={() => toggle(path)}>
            <IconFold size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      {lanes.map((lane, at) => (
        <LaneArea key={lane.level} lane={lane} named={lanes.length > 1} first={at === 0} />
      ))}
      <NodePorts drawn={drawn} />
      <NodeMarks path={path} />
    </div>
  );
});

function LaneArea({ lane, named, first }: { lane: Lane; named: boolean; first: boolean }) {
  const { t } = useTranslation("canvas");
  const readOnly = useEditor((state) => state.readOnly);
  return (
    <div className={classes.lane} data-first={first || undefined} style={{ top: lane.top, height: lane.height }}>
      {named && <span className={classes.laneName}>{t(`frame.${lane.name}`)}</span>}
      {lane.count === 0 && !readOnly && (
        <button
          type="button"
          className={`${classes.laneEmpty} nodrag`}
          style={{ left: lane.left, right: FRAME.ports }}
          onClick={(event) => {
            const { x, y } = { x: event.clientX, y: event.clientY };
            useCanvasUi.getState().show({ picking: { x, y, level: lane.level, at: [0, FRAME.pad] } });
          }}
        >
          <IconPlus size={16} aria-hidden /> {t("frame.empty")}
        </button>
      )}
    </div>
  );
}
