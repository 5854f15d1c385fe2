/** What is known of data where there is none yet: keys and types, to be dragged or picked. */
import { IconChevronRight } from "@tabler/icons-react";
import { useState, type DragEvent, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { typeOf } from "@/expressions/complete";
import { pathSource } from "@/expressions/path";
import type { Shape } from "@/expressions/shape";
import { braced } from "@/expressions/template";
import { FIELD } from "@/values";
import classes from "../Inspector.module.css";

interface Props {
  readonly entries: readonly (readonly [string[], Shape])[];
  readonly pick: (path: string[]) => void;
  readonly label: string;
}

export function ShapeTree({ entries, pick, label }: Props) {
  return (
    <div className={classes.tree} dir="ltr" role="tree" aria-label={label}>
      {entries.map(([path, shape]) => <Leaf key={path.join("/")} path={path} shape={shape} level={1} pick={pick} open={entries.length === 1} />)}
    </div>
  );
}

interface LeafProps {
  readonly path: string[];
  readonly shape: Shape;
  readonly level: number;
  readonly pick: Props["pick"];
  readonly open: boolean;
}

function Leaf({ path, shape, level, pick, open: first }: LeafProps) {
  const { t } = useTranslation("inspector");
  const [open, setOpen] = useState(first);
  const inside = insideOf(path, shape);
  const opens = inside.length > 0;
  const name = path.at(-1) ?? "";
  const drag = (event: DragEvent): void => {
    const source = pathSource(path);
    event.dataTransfer.effectAllowed = "copy";
    event.dataTransfer.setData("text/plain", braced(source));
    event.dataTransfer.setData(FIELD, JSON.stringify({ source }));
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === "ArrowRight" && opens) setOpen(true);
    else if (event.key === "ArrowLeft") setOpen(false);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event, event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
  };
  return (
    <div role="none">
      <button
        type="button"
        role="treeitem"
        aria-level={level}
        aria-expanded={opens ? open : undefined}
        aria-selected={false}
        aria-label={t("data.pick", { name: pathSource(path) })}
        className={classes.leaf}
        style={{ paddingInlineStart: 4 + (level - 1) * 16 }}
        draggable
        onDragStart={drag}
        onKeyDown={key}
        // The field that is being written in keeps the caret.
        onMouseDown={(event) => event.detail > 1 && event.preventDefault()}
        onClick={(event) => {
          if (event.detail === 0) pick(path);
          else if (opens) setOpen(!open);
        }}
        onDoubleClick={() => pick(path)}
        title={shape.help ?? shape.sample}
      >
        <IconChevronRight size={14} style={{ visibility: opens ? "visible" : "hidden", transform: open ? "rotate(90deg)" : "none" }} aria-hidden />
        <span>{name}</span>
        <span className={classes.kind}>{typeOf(shape)}</span>
      </button>
      {open && opens && (
        <div role="group">
          {inside.map(([one, inner]) => <Leaf key={one.join("/")} path={one} shape={inner} level={level + 1} pick={pick} open={false} />)}
        </div>
      )}
    </div>
  );
}

function insideOf(path: string[], shape: Shape): [string[], Shape][] {
  if (shape.kind === "list" && shape.item !== undefined && shape.item.kind !== "any") return [[[...path, "0"], shape.item]];
  return Object.entries(shape.keys ?? {}).map(([key, inner]) => [[...path, key], inner]);
}

function move(event: KeyboardEvent, by: number): void {
  const all = [...(event.currentTarget.closest("[role=tree]")?.querySelectorAll<HTMLElement>("[role=treeitem]") ?? [])];
  all[all.indexOf(event.currentTarget as HTMLElement) + by]?.focus();
}
