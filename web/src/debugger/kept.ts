/** What a browser keeps of debugging: breakpoints of a workflow, and what one has agreed to send. */
import type { NodePath } from "@/editor/contracts";

const breakpoints = (workflow: string): string => `studio.breakpoints.${workflow}`;
const agreed = (workflow: string): string => `studio.sends.${workflow}`;

export function keptBreakpoints(workflow: string): Set<NodePath> {
  return read(localStorage, breakpoints(workflow));
}

export function keepBreakpoints(workflow: string, nodes: ReadonlySet<NodePath>): void {
  write(localStorage, breakpoints(workflow), nodes);
}

/** Nodes of which one knows in this session that they send something. */
export function keptAgreed(workflow: string): Set<NodePath> {
  return read(sessionStorage, agreed(workflow));
}

export function keepAgreed(workflow: string, nodes: ReadonlySet<NodePath>): void {
  write(sessionStorage, agreed(workflow), nodes);
}

function read(store: Storage, key: string): Set<NodePath> {
  try {
    const found: unknown = JSON.parse(store.getItem(key) ?? "[]");
    return new Set(Array.isArray(found) ? found.map(String) : []);
  } catch {
    return new Set();
  }
}

function write(store: Storage, key: string, nodes: ReadonlySet<NodePath>): void {
  if (nodes.size === 0) store.removeItem(key);
  else store.setItem(key, JSON.stringify([...nodes]));
}
