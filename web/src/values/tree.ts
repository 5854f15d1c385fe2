/**
 * Which rows a tree shows, without making them: a list of a million items that is open is a number, not a million rows.
 *
 * A branch is an object or list that is open; its members are rows, and those that are open themselves are branches at
 * their place among them.
 */
import type { Place } from "./address";

export interface Branch {
  readonly place: Place;
  readonly size: number;
  /** Open members by their number. */
  readonly open: ReadonlyMap<number, Branch>;
}

/** A row: the member with this number of a branch. */
export interface Row {
  readonly branch: Branch;
  readonly at: number;
  /** From 1. */
  readonly level: number;
}

export function branchOf(place: Place, size: number): Branch {
  return { place, size, open: new Map() };
}

/** How many rows a branch has, with everything open inside. */
export function rowsIn(branch: Branch): number {
  let count = branch.size;
  for (const one of branch.open.values()) count += rowsIn(one);
  return count;
}

/** The row with a number; null behind the last. */
export function rowAt(branch: Branch, row: number, level = 1): Row | null {
  let before = 0;
  for (const [at, inner] of sorted(branch)) {
    // Rows up to and with the member itself.
    if (row <= at + before) break;
    const inside = rowsIn(inner);
    if (row <= at + before + inside) return rowAt(inner, row - at - before - 1, level + 1);
    before += inside;
  }
  const at = row - before;
  return at >= 0 && at < branch.size ? { branch, at, level } : null;
}

/** The number of the row that a member of a branch is; -1 where the branch is not open. */
export function rowOf(root: Branch, branch: Branch, at: number): number {
  const before = (one: Branch, number: number): number => {
    let count = number;
    for (const [place, inner] of sorted(one)) if (place < number) count += rowsIn(inner);
    return count;
  };
  if (root.place.length === branch.place.length) return root.place.join("\0") === branch.place.join("\0") ? before(root, at) : -1;
  for (const [number, inner] of root.open) {
    if (!inner.place.every((key, index) => branch.place[index] === key)) continue;
    const found = rowOf(inner, branch, at);
    return found < 0 ? -1 : before(root, number) + 1 + found;
  }
  return -1;
}

/** The tree with a member opened, or closed where it is open. */
export function toggled(root: Branch, branch: Branch, at: number, inner: Branch | null): Branch {
  if (root === branch) {
    const open = new Map(root.open);
    if (inner === null) open.delete(at);
    else open.set(at, inner);
    return { ...root, open };
  }
  let changed = false;
  const open = new Map<number, Branch>();
  for (const [number, one] of root.open) {
    const next = toggled(one, branch, at, inner);
    changed ||= next !== one;
    open.set(number, next);
  }
  return changed ? { ...root, open } : root;
}

function sorted(branch: Branch): [number, Branch][] {
  return [...branch.open].sort(([one], [other]) => one - other);
}
