import { NodeResizer, type NodeProps } from "@xyflow/react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useEditor } from "../store";
import type { GroupNode, NoteNode } from "./flow";
import { changeSticky, COLOURS } from "./notes";
import classes from "./Note.module.css";

/** A sticky note: a text beside the graph. */
export const Note = memo(function Note({ id, data, selected }: NodeProps<NoteNode>) {
  const { t } = useTranslation("canvas");
  const readOnly = useEditor((state) => state.readOnly);
  const [editing, setEditing] = useState(false);
  const name = id.slice("note:".length);
  return (
    <div className={classes.note} data-colour={data.colour} data-selected={selected || undefined}>
      {!readOnly && <Resizer kind="notes" name={name} visible={selected} />}
      {editing || data.text === "" ? (
        <textarea
          className={`${classes.text} nodrag nopan nowheel`}
          aria-label={t("note.text")}
          placeholder={t("note.write")}
          defaultValue={data.text}
          readOnly={readOnly}
          autoFocus={editing}
          onBlur={(event) => {
            setEditing(false);
            if (event.target.value !== data.text) changeSticky("notes", name, { text: event.target.value });
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      ) : (
        <button type="button" className={classes.text} aria-label={data.text} disabled={readOnly} onDoubleClick={() => setEditing(true)}>
          {data.text}
        </button>
      )}
      {selected && !readOnly && <Colours kind="notes" name={name} colour={data.colour} />}
    </div>
  );
});

/** A group: a coloured area with a title; what lies in it moves with it. */
export const GroupArea = memo(function GroupArea({ id, data, selected }: NodeProps<GroupNode>) {
  const { t } = useTranslation("canvas");
  const readOnly = useEditor((state) => state.readOnly);
  const name = id.slice("group:".length);
  return (
    <div className={classes.group} data-colour={data.colour} data-selected={selected || undefined}>
      {!readOnly && <Resizer kind="groups" name={name} visible={selected} />}
      <div className={`${classes.groupHead} studio-group-head`}>
        <input
          key={data.title}
          className={`${classes.groupTitle} nodrag`}
          aria-label={t("group.title")}
          placeholder={t("group.untitled")}
          defaultValue={data.title}
          readOnly={readOnly}
          onBlur={(event) => event.target.value !== data.title && changeSticky("groups", name, { text: event.target.value })}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
          }}
        />
        {selected && !readOnly && <Colours kind="groups" name={name} colour={data.colour} />}
      </div>
    </div>
  );
});

function Resizer({ kind, name, visible }: { kind: "notes" | "groups"; name: string; visible: boolean }) {
  return (
    <NodeResizer
      isVisible={visible}
      minWidth={120}
      minHeight={60}
      onResizeEnd={(_, { x, y, width, height }) =>
        changeSticky(kind, name, { at: [Math.round(x), Math.round(y)], size: [Math.round(width), Math.round(height)] })
      }
    />
  );
}

function Colours({ kind, name, colour }: { kind: "notes" | "groups"; name: string; colour: string }) {
  const { t } = useTranslation("canvas");
  return (
    <fieldset className={`${classes.colours} nodrag`} aria-label={t("note.colour")}>
      {COLOURS.map((one) => (
        <button
          key={one}
          type="button"
          className={classes.colour}
          data-colour={one}
          aria-label={t(`colour.${one}`)}
          aria-pressed={one === colour}
          onClick={() => changeSticky(kind, name, { colour: one })}
        />
      ))}
    </fieldset>
  );
}
