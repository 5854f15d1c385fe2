/** What a run will do, told before it begins: what is out of date, what is sent, what is reused. */
import type { NodeOut } from "@/api";
import type { NodeDocument, NodePath, StartKind, WorkflowDocument } from "@/editor/contracts";
import { nodeAt } from "@/editor/model/paths";

import { before, behind, type RunGraph } from "./graph";

/** Effects that cannot be taken back: they are named before they happen for the first time. */
const SENDS = new Set(["keyed", "irreversible"]);
/** What has no part in what a node gives. */
const UNSEEN = new Set(["title", "notes", "color"]);

/** The node of the outermost level that a node lies in. */
export function rootOf(node: NodePath): NodePath {
  return node.split(".")[0] ?? node;
}

/** Nodes before one that have changed since an execution, so that what they gave is out of date. */
export function staleBefore(graph: RunGraph, draft: WorkflowDocument, then: WorkflowDocument, node: NodePath): NodePath[] {
  return [...before(graph, rootOf(node))].filter((one) => !alike(nodeAt(draft, one), nodeAt(then, one)));
}

/** Whether two node documents give the same. */
export function alike(one: NodeDocument | undefined, other: NodeDocument | undefined): boolean {
  return written(one) === written(other);
}

function written(node: NodeDocument | undefined): string {
  if (node === undefined) return "";
  return JSON.stringify(node, (key, value: unknown) => {
    if (UNSEEN.has(key)) return undefined;
    // The server writes out what is default; an empty mapping says as little as none.
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).filter(([, inner]) => !isEmpty(inner));
    return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Nodes that a start runs, those inside of containers included. */
export function runs(graph: RunGraph, what: StartKind, stale: readonly NodePath[]): NodePath[] {
  const roots = rootsOf(graph, what, stale);
  return graph.nodes.filter((one) => roots === null || roots.has(rootOf(one)));
}

function rootsOf(graph: RunGraph, what: StartKind, stale: readonly NodePath[]): Set<NodePath> | null {
  if (what.kind === "all") return null;
  const node = rootOf(what.node);
  if (what.kind === "until") return before(graph, node).add(node);
  const again = new Set(stale.flatMap((one) => [...behind(graph, one)]));
  const needed = before(graph, node);
  const found = new Set([...again].filter((one) => needed.has(one)));
  for (const one of what.kind === "from" ? behind(graph, node) : [node]) found.add(one);
  return found;
}

/** Nodes among these that send something which cannot be taken back. */
export function sending(
  nodes: readonly NodePath[], document: WorkflowDocument, catalogue: ReadonlyMap<string, NodeOut>, pinned: { has(node: NodePath): boolean },
): NodePath[] {
  return nodes.filter((one) => {
    const node = nodeAt(document, one);
    return node !== undefined && node.disabled !== true && !pinned.has(one) && SENDS.has(catalogue.get(node.type)?.effect ?? "");
  });
}
