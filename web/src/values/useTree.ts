/** What is open in a tree, which row one is at, and the keys that move there. */
import { useCallback, useMemo, useState, type KeyboardEvent } from "react";

import type { Json } from "@/editor/contracts";

import type { Place } from "./address";
import { describe, opens } from "./kinds";
import type { ValueSource } from "./source";
import { branchOf, rowAt, rowOf, rowsIn, toggled, type Branch, type Row } from "./tree";

export interface Tree {
  readonly root: Branch;
  readonly count: number;
  readonly current: number;
  readonly move: (row: number) => void;
  readonly toggle: (row: Row, value: Json) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export function useTree(source: ValueSource, size: number, picked: (place: Place) => void): Tree {
  const [root, setRoot] = useState(() => first(source, size));
  const [current, setCurrent] = useState(0);
  const count = useMemo(() => rowsIn(root), [root]);
  const toggle = useCallback(
    (row: Row, value: Json) => {
      const open = row.branch.open.has(row.at);
      const place = placeOf(source, row);
      if (!open && (place === null || !opens(describe(value)))) return;
      if (!open && place !== null) source.take(place, value);
      const inner = open || place === null ? null : branchOf(place, describe(value).size ?? 0);
      setRoot((now) => toggled(now, row.branch, row.at, inner));
    },
    [source],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rowAt(root, current);
    const next = row === null ? null : moved(event.key, { root, source, count, current, row, toggle, picked });
    if (next === null) return;
    event.preventDefault();
    setCurrent(Math.max(0, Math.min(count - 1, next)));
  };
  return { root, count, current, move: setCurrent, toggle, onKeyDown };
}

/** A value with one member that opens is shown with that open. */
function first(source: ValueSource, size: number): Branch {
  const root = branchOf([], size);
  const entry = size === 1 ? source.entry([], 0) : null;
  if (entry === null || !opens(describe(entry[1]))) return root;
  source.take([entry[0]], entry[1]);
  return toggled(root, root, 0, branchOf([entry[0]], describe(entry[1]).size ?? 0));
}

/** Keys that lead to what a row shows; null while its page is on the way. */
export function placeOf(source: ValueSource, row: Row): Place | null {
  const entry = source.entry(row.branch.place, row.at);
  return entry === null ? null : [...row.branch.place, entry[0]];
}

interface Move {
  readonly root: Branch;
  readonly source: ValueSource;
  readonly count: number;
  readonly current: number;
  readonly row: Row;
  readonly toggle: (row: Row, value: Json) => void;
  readonly picked: (place: Place) => void;
}

/** The row that a key leads to; null where the key means nothing here. */
function moved(key: string, move: Move): number | null {
  const { current, row, source } = move;
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 };
  const step = steps[key];
  if (step !== undefined) return current + step;
  if (key === "Home") return 0;
  if (key === "End") return move.count - 1;
  const value = source.entry(row.branch.place, row.at)?.[1] ?? null;
  const open = row.branch.open.has(row.at);
  if (key === "Enter" || key === " ") {
    const place = placeOf(source, row);
    if (key === "Enter" && place !== null) move.picked(place);
    else move.toggle(row, value);
    return current;
  }
  if (key === "ArrowRight" || key === "ArrowLeft") return sideways(key === "ArrowRight", open, value, move);
  return null;
}

function sideways(forward: boolean, open: boolean, value: Json, { root, current, row, toggle }: Move): number {
  if (forward !== open) {
    if (forward || open) toggle(row, value);
    else return parentRow(root, row) ?? current;
    return current;
  }
  if (forward) return current + 1;
  toggle(row, value);
  return current;
}

function parentRow(root: Branch, row: Row): number | null {
  const find = (branch: Branch): [Branch, number] | null => {
    for (const [at, inner] of branch.open) {
      if (inner === row.branch) return [branch, at];
      const found = find(inner);
      if (found !== null) return found;
    }
    return null;
  };
  const found = find(root);
  return found === null ? null : rowOf(root, found[0], found[1]);
}
