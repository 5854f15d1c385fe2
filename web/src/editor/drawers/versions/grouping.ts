/** Changes of a workflow, put together by the node that they are about. */
import type { DiffOut } from "@/api";

export type Change = DiffOut["changes"][number];

export interface NodeChanges {
  /** Null for what concerns the workflow itself. */
  readonly node: string | null;
  readonly kind: Change["kind"];
  /** What is different in it; empty where all of it came or went. */
  readonly values: readonly Change[];
}

/** One entry for each node, in the order in which they come; a node that came or went is one entry without values. */
export function byNode(changes: readonly Change[]): NodeChanges[] {
  const found = new Map<string, { node: string | null; kind: Change["kind"]; values: Change[] }>();
  for (const change of changes) {
    const node = change.node ?? null;
    const known = found.get(node ?? "");
    const whole = change.what === "node";
    if (known === undefined) found.set(node ?? "", { node, kind: whole ? change.kind : "changed", values: whole ? renamed(change) : [change] });
    else if (whole) known.kind = change.kind;
    else known.values.push(change);
  }
  return [...found.values()].map((one) => (one.kind === "added" || one.kind === "removed" ? { ...one, values: one.values.filter((each) => each.what === "edge") } : one));
}

/** A value as it is shown in a line or a few. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, null, 1) ?? "";
}

function renamed(change: Change): Change[] {
  return change.kind === "renamed" ? [change] : [];
}
