import { Tooltip, UnstyledButton } from "@mantine/core";
import { memo } from "react";

import type { NodeOut } from "@/api";

import { addNode, type NewNode } from "../canvas/actions";
import { levelAtPoint } from "../canvas/drawing";
import { DRAGGED } from "../canvas/dropping";
import { NodeIcon } from "../canvas/look";
import { flowView, middle, revealNode } from "../canvas/view";
import { levelOf } from "../model/paths";
import { useEditor } from "../store";
import classes from "./Palette.module.css";

/** A node type: dragged in, or added by a double click or Enter. */
export const PaletteNode = memo(function PaletteNode({ node }: { node: NodeOut }) {
  return <Entry title={node.title} text={node.description} icon={node.type} made={{ type: node.type }} category={node.category} />;
});

interface EntryProps {
  title: string;
  text: string;
  icon: string;
  made: NewNode;
  category: string;
}

export function Entry({ title, text, icon, made, category }: EntryProps) {
  const readOnly = useEditor((state) => state.readOnly);
  return (
    <Tooltip label={text} position="right" multiline maw={280} openDelay={500} disabled={text === ""}>
      <UnstyledButton
        className={classes.entry}
        data-entry
        data-category={category}
        data-type={made.type}
        draggable={!readOnly}
        disabled={readOnly}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAGGED, JSON.stringify(made));
          event.dataTransfer.effectAllowed = "copy";
        }}
        onDoubleClick={() => added(made)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          added(made);
        }}
      >
        <span className={classes.icon} aria-hidden>
          <NodeIcon type={icon} size={16} />
        </span>
        <span className={classes.words}>
          <span className={classes.name}>{title}</span>
          <span className={classes.what}>{text}</span>
        </span>
      </UnstyledButton>
    </Tooltip>
  );
}

/** Beside what is selected, or else in the middle of what is seen. */
function added(made: NewNode): void {
  const [selected] = useEditor.getState().selection;
  const at = flowView.current?.screenToFlowPosition(middle()) ?? { x: 0, y: 0 };
  const where = selected !== undefined && !selected.includes(".slots.") ? { level: levelOf(selected), at: null } : levelAtPoint(at.x - 120, at.y - 28);
  const path = addNode(made, where);
  if (path === null) return;
  useEditor.getState().open(path);
  revealNode(path);
}
