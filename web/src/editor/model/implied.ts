/** Edges that nobody lists: a reference in an expression waits for the node it names. */
import type { LevelDocument, NodeDocument } from "../contracts";
import { BODIES, isRecord, nodesOf } from "./paths";
import { referencesIn } from "./references";

export interface Implied {
  readonly source: string;
  /** The output that is read; null where the whole output is. */
  readonly key: string | null;
  readonly target: string;
  /** The param that reads it; null where something else of the node does. */
  readonly param: string | null;
}

interface Read {
  readonly node: string;
  readonly key: string | null;
  readonly param: string | null;
}

/** What a node document reads, once each; found again only where the document is another. */
const known = new WeakMap<NodeDocument, readonly Read[]>();
const OTHER = ["run_if", "each", "inputs", "fallback", "slots"] as const;

export function readsOf(node: NodeDocument): readonly Read[] {
  const found = known.get(node);
  if (found !== undefined) return found;
  const reads: Read[] = [];
  const add = (value: unknown, param: string | null): void => {
    for (const { node: name, key } of referencesIn(value)) {
      if (!reads.some((one) => one.node === name && one.key === key && one.param === param)) reads.push({ node: name, key, param });
    }
  };
  for (const [name, value] of Object.entries(node.params ?? {})) add(value, name);
  for (const field of OTHER) add(node[field], null);
  known.set(node, reads);
  return reads;
}

/** Edges by reference between the nodes of a level. What a body reads counts for the node that holds it. */
export function implied(level: LevelDocument | undefined): Implied[] {
  const ids = new Set(nodesOf(level).map(([id]) => id));
  const found: Implied[] = [];
  for (const [id, node] of nodesOf(level)) {
    const seen = new Set<string>();
    for (const read of [...readsOf(node), ...readsInside(node)]) {
      const name = `${read.node}.${read.key ?? ""}>${read.param ?? ""}`;
      if (read.node === id || !ids.has(read.node) || seen.has(name)) continue;
      seen.add(name);
      found.push({ source: read.node, key: read.key, target: id, param: read.param });
    }
  }
  return found;
}

function readsInside(node: NodeDocument): Read[] {
  return BODIES.flatMap((name) => {
    const body = node[name];
    if (!isRecord(body)) return [];
    const level = body as unknown as LevelDocument;
    const inner = nodesOf(level).flatMap(([, one]) => [...readsOf(one), ...readsInside(one)]);
    const own = [level.output, level.next].flatMap((value) => referencesIn(value));
    return [...inner, ...own].map(({ node: at, key }) => ({ node: at, key, param: null }));
  });
}
