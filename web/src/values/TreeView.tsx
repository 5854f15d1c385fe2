import { ActionIcon, Tooltip } from "@mantine/core";
import { IconChevronRight, IconCopy, IconLink } from "@tabler/icons-react";
import { useEffect, useId } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/editor/contracts";

import type { Place } from "./address";
import { describe, opens } from "./kinds";
import { Piece } from "./Piece";
import type { Watched } from "./useSource";
import { rowAt, type Row } from "./tree";
import { useTree, type Tree } from "./useTree";
import { useWindow } from "./useWindow";
import classes from "./ValueView.module.css";

export const ROW = 24;

interface Props {
  readonly watched: Watched;
  readonly size: number;
  readonly onPick: (place: Place) => void;
  readonly onCopyPath: (place: Place) => void;
  readonly onCopyValue: (place: Place) => void;
  /** Puts on the pointer what a row stands for, where it is dragged away. */
  readonly onDrag: (event: React.DragEvent, place: Place) => void;
}

/** An object or list as a tree. Only rows in sight are drawn, and only pages in sight are fetched. */
export function TreeView(props: Props) {
  const { t } = useTranslation("values");
  const { source } = props.watched;
  const tree = useTree(source, props.size, props.onPick);
  const { attach, reveal, first, last, height, top } = useWindow(tree.count, ROW);
  const id = useId();
  const { current } = tree;
  useEffect(() => reveal(current), [current, reveal]);
  const rows = [];
  for (let at = first; at < last; at += 1) {
    const row = rowAt(tree.root, at);
    if (row !== null) rows.push(<Line key={at} id={`${id}-${at}`} number={at} row={row} tree={tree} {...props} />);
  }
  return (
    <div
      ref={attach}
      className={classes.body}
      role="tree"
      tabIndex={0}
      dir="ltr"
      aria-label={t("tree.label")}
      aria-activedescendant={`${id}-${current}`}
      onKeyDown={tree.onKeyDown}
    >
      <div className={classes.space} style={{ blockSize: height }}>
        <div className={classes.rows} style={{ transform: `translateY(${top}px)` }}>
          {rows}
        </div>
      </div>
    </div>
  );
}

interface LineProps extends Props {
  readonly id: string;
  readonly number: number;
  readonly row: Row;
  readonly tree: Tree;
}

function Line({ id, number, row, tree, watched, ...on }: LineProps) {
  const entry = watched.source.entry(row.branch.place, row.at);
  const value: Json = entry?.[1] ?? null;
  const open = row.branch.open.has(row.at);
  const can = entry !== null && opens(describe(value));
  const place = entry === null ? null : [...row.branch.place, entry[0]];
  return (
    // The keys of the tree are the tree's: it keeps the focus and says which row one is at.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      tabIndex={-1}
      className={classes.row}
      role="treeitem"
      aria-level={row.level}
      aria-setsize={row.branch.size}
      aria-posinset={row.at + 1}
      aria-expanded={can ? open : undefined}
      aria-selected={number === tree.current}
      data-current={number === tree.current}
      data-path={place?.join("/")}
      style={{ paddingInlineStart: 4 + (row.level - 1) * 16 }}
      draggable={place !== null}
      onDragStart={(event) => place !== null && on.onDrag(event, place)}
      onClick={() => tree.move(number)}
      onDoubleClick={() => place !== null && on.onPick(place)}
    >
      <IconChevronRight
        size={16}
        className={classes.twist}
        data-open={open}
        style={{ visibility: can ? "visible" : "hidden" }}
        aria-hidden
        onClick={() => tree.toggle(row, value)}
      />
      {entry === null ? <span className={classes.ghost} /> : <Pair name={entry[0]} value={value} />}
      {place !== null && <RowActions place={place} {...on} />}
    </div>
  );
}

function Pair({ name, value }: { name: string; value: Json }) {
  return (
    <>
      <span className={/^\d+$/.test(name) ? `${classes.key ?? ""} ${classes.index ?? ""}` : classes.key}>{name}</span>
      <Piece value={value} />
    </>
  );
}

function RowActions({ place, onCopyPath, onCopyValue }: { place: Place } & Pick<Props, "onCopyPath" | "onCopyValue">) {
  const { t } = useTranslation("values");
  return (
    <span className={classes.actions}>
      <Tooltip label={t("copy.path")}>
        <ActionIcon size={20} variant="subtle" tabIndex={-1} aria-label={t("copy.path")} onClick={() => onCopyPath(place)}>
          <IconLink size={14} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("copy.value")}>
        <ActionIcon size={20} variant="subtle" tabIndex={-1} aria-label={t("copy.value")} onClick={() => onCopyValue(place)}>
          <IconCopy size={14} />
        </ActionIcon>
      </Tooltip>
    </span>
  );
}
