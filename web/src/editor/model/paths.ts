/** Names of nodes and levels, and where they stand in the document. */
import type { Level, LevelDocument, NodeDocument, NodePath, WorkflowDocument } from "../contracts";

/** Graphs that a node can hold, in the order in which they are shown. */
export const BODIES = ["body", "catch", "finally"] as const;

type Tree = { readonly [key: string]: unknown };

/** Keys that lead to a node: `places.body.place` is nodes, places, body, nodes, place. */
export function nodeKeys(node: NodePath): string[] {
  return node.split(".").flatMap((part, at) => (at % 2 === 0 ? ["nodes", part] : [part]));
}

/** Keys that lead to a level. */
export function levelKeys(level: Level): string[] {
  if (level === "") return [];
  const at = level.lastIndexOf(".");
  return [...nodeKeys(level.slice(0, at)), level.slice(at + 1)];
}

/** The level a node lies on. */
export function levelOf(node: NodePath): Level {
  const at = node.lastIndexOf(".");
  return at < 0 ? "" : node.slice(0, at);
}

/** The node's id: the last part of its name. */
export function idOf(node: NodePath): string {
  return node.slice(node.lastIndexOf(".") + 1);
}

/** A node of a level by its id. */
export function nodeOn(level: Level, id: string): NodePath {
  return level === "" ? id : `${level}.${id}`;
}

/** The node whose body a level is; null for the workflow's own. */
export function holderOf(level: Level): NodePath | null {
  return level === "" ? null : level.slice(0, level.lastIndexOf("."));
}

export function isRecord(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at a path of keys. */
export function valueAt(tree: unknown, keys: readonly string[]): unknown {
  let found = tree;
  for (const key of keys) {
    if (!isRecord(found)) return undefined;
    found = found[key];
  }
  return found;
}

export function nodeAt(document: WorkflowDocument, node: NodePath): NodeDocument | undefined {
  const found = valueAt(document, nodeKeys(node));
  return isRecord(found) ? (found as NodeDocument) : undefined;
}

export function levelAt(document: WorkflowDocument, level: Level): LevelDocument | undefined {
  if (level === "") return document;
  const found = valueAt(document, levelKeys(level));
  return isRecord(found) ? (found as LevelDocument) : undefined;
}

/** Nodes of a level by id. */
export function nodesOf(level: LevelDocument | undefined): [string, NodeDocument][] {
  return level?.nodes === undefined ? [] : Object.entries(level.nodes);
}

/** Levels right inside a node, as far as they are there. */
export function levelsIn(path: NodePath, node: NodeDocument): [Level, LevelDocument][] {
  return BODIES.flatMap((name) => {
    const found = node[name];
    return isRecord(found) ? [[`${path}.${name}`, found as LevelDocument] as [Level, LevelDocument]] : [];
  });
}

/** Every node of the workflow with those in bodies, the outer ones first. */
export function* everyNode(document: LevelDocument, level: Level = ""): Generator<[NodePath, NodeDocument]> {
  for (const [id, node] of nodesOf(document)) {
    const path = nodeOn(level, id);
    yield [path, node];
    for (const [inner, found] of levelsIn(path, node)) yield* everyNode(found, inner);
  }
}

/** Ids that are taken anywhere in the file, those of nodes in slots too. */
export function takenIds(document: LevelDocument): Set<string> {
  const found = new Set<string>();
  for (const [path, node] of everyNode(document)) {
    found.add(idOf(path));
    for (const slot of Object.values(node.slots ?? {})) collectSlot(slot, found);
  }
  return found;
}

function collectSlot(slot: unknown, found: Set<string>): void {
  for (const one of Array.isArray(slot) ? slot : [slot]) {
    if (isRecord(one) && typeof one.id === "string") found.add(one.id);
  }
}
