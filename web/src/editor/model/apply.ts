/** Operations carried out on a document at once, before the server has said so; and changes as the server made them. */
import type { OperationOut } from "@/api";

import type { LevelDocument, NodeDocument, Operation, WorkflowDocument } from "../contracts";
import { edgeKey, parseEdge, writeEdge } from "./edges";
import { BODIES, idOf, isRecord, levelKeys, levelOf, nodeKeys, nodeOn, valueAt } from "./paths";
import { withRenamed } from "./references";

type Tree = { [key: string]: unknown };
const EDGES = "edges";

/** The document with a value at a path; mappings on the way are made. What is not touched stays the same object. */
export function put<T>(tree: T, path: readonly string[], value: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) return value as T;
  const holder: Tree = isRecord(tree) ? tree : {};
  return { ...holder, [key]: put(holder[key], rest, value) } as T;
}

/** The document without what stands at a path, and without up to `prune` mappings around it that are empty then. */
export function take<T>(tree: T, path: readonly string[], prune = 0): T {
  const [key, ...rest] = path;
  if (key === undefined || !isRecord(tree) || !(key in tree)) return tree;
  const next: Tree = { ...tree };
  if (rest.length === 0) {
    delete next[key];
    return next as T;
  }
  const inner = take(tree[key], rest, prune);
  if (inner === tree[key]) return tree;
  // Counted from the value outwards: the mapping right around it is the first that may go.
  if (isRecord(inner) && Object.keys(inner).length === 0 && rest.length <= prune) delete next[key];
  else next[key] = inner;
  return next as T;
}

/** The document after an operation. What makes no sense on it changes nothing: the server says what is wrong. */
export function perform(document: WorkflowDocument, operation: Operation): WorkflowDocument {
  switch (operation.op) {
    case "set":
      return put(document, operation.path, operation.value);
    case "remove":
      return take(document, operation.path, operation.prune);
    case "add_node":
      return added(document, operation);
    case "remove_node":
      return removed(document, operation.node);
    case "rename_node":
      return named(document, operation.node, operation.to);
    case "add_edge":
      return withEdge(document, levelKeys(operation.graph ?? ""), operation.edge);
    case "remove_edge":
      return withoutEdge(document, levelKeys(operation.graph ?? ""), operation.edge, 1);
    case "move":
      return placed(document, operation.positions);
  }
}

function added(document: WorkflowDocument, operation: Extract<Operation, { op: "add_node" }>): WorkflowDocument {
  const level = levelKeys(levelOf(operation.node));
  let next = put(document, nodeKeys(operation.node), operation.value);
  for (const edge of operation.edges ?? []) next = withEdge(next, level, edge);
  return placed(next, operation.positions ?? {});
}

function removed(document: WorkflowDocument, node: string): WorkflowDocument {
  const level = levelKeys(levelOf(node));
  const id = idOf(node);
  let next = document;
  for (const written of edgesAt(document, level)) {
    const edge = parseEdge(written);
    if (edge?.source === id || edge?.target === id) next = withoutEdge(next, level, edgeKey(written), 1);
  }
  next = take(next, nodeKeys(node), 1);
  const places = Object.keys(document.canvas?.positions ?? {});
  for (const one of places.filter((name) => name === node || isInside(name, node))) {
    next = take(next, ["canvas", "positions", one], 2);
  }
  return next;
}

/** Whether a node lies in a body of another, or in a slot of it. */
export function isInside(node: string, holder: string): boolean {
  return node.startsWith(`${holder}.`);
}

function named(document: WorkflowDocument, node: string, to: string): WorkflowDocument {
  const level = levelOf(node);
  const id = idOf(node);
  const keys = levelKeys(level);
  const found = valueAt(document, [...keys, "nodes"]);
  if (id === to || !isRecord(found) || !(id in found)) return document;
  const nodes = Object.fromEntries(Object.entries(found).map(([key, one]) => [key === id ? to : key, one]));
  let next = put(document, [...keys, "nodes"], nodes);
  const edges = edgesAt(document, keys).map((one) => renamedEdge(one, id, to));
  if (edges.length > 0) next = put(next, [...keys, EDGES], edges);
  next = put(next, keys, withRenamed(valueAt(next, keys) as LevelDocument, id, to));
  return withPlacesOf(next, node, nodeOn(level, to));
}

function renamedEdge(written: unknown, from: string, to: string): unknown {
  const edge = parseEdge(written);
  if (edge === null || (edge.source !== from && edge.target !== from)) return written;
  const renamed = (id: string): string => (id === from ? to : id);
  return writeEdge({ ...edge, source: renamed(edge.source), target: renamed(edge.target) });
}

function withPlacesOf(document: WorkflowDocument, from: string, to: string): WorkflowDocument {
  const places = document.canvas?.positions;
  if (places === undefined) return document;
  const next = Object.entries(places).map(([name, at]) =>
    name === from || isInside(name, from) ? [to + name.slice(from.length), at] : [name, at],
  );
  return put(document, ["canvas", "positions"], Object.fromEntries(next));
}

function placed(document: WorkflowDocument, positions: Record<string, [number, number] | null>): WorkflowDocument {
  let next = document;
  const set: Record<string, [number, number]> = {};
  for (const [name, at] of Object.entries(positions)) {
    if (at === null) next = take(next, ["canvas", "positions", name], 2);
    else set[name] = at;
  }
  if (Object.keys(set).length === 0) return next;
  return put(next, ["canvas", "positions"], { ...next.canvas?.positions, ...set });
}

function edgesAt(document: WorkflowDocument, level: readonly string[]): unknown[] {
  const found = valueAt(document, [...level, EDGES]);
  return Array.isArray(found) ? found : [];
}

function withEdge(document: WorkflowDocument, level: readonly string[], edge: unknown): WorkflowDocument {
  const parsed = parseEdge(edge);
  const written = typeof edge === "string" && parsed !== null ? writeEdge(parsed) : edge;
  const key = edgeKey(written);
  const edges = edgesAt(document, level);
  if (edges.some((one) => edgeKey(one) === key)) return document;
  return put(document, [...level, EDGES], [...edges, written]);
}

function withoutEdge(document: WorkflowDocument, level: readonly string[], edge: string, prune: number): WorkflowDocument {
  const edges = edgesAt(document, level);
  const left = edges.filter((one) => edgeKey(one) !== edge);
  if (left.length === edges.length) return document;
  return left.length === 0 && prune > 0 ? take(document, [...level, EDGES]) : put(document, [...level, EDGES], left);
}

type Change = OperationOut["changes"][number];

/** The document after changes as the server made them. */
export function withChanges(document: WorkflowDocument, changes: readonly Change[]): WorkflowDocument {
  return changes.reduce(withChange, document);
}

function withChange(document: WorkflowDocument, change: Change): WorkflowDocument {
  const at = edgesIn(change.path);
  if (at !== null) {
    const [key] = change.path.slice(-1);
    if (key === undefined) return document;
    if (change.removed === true) return withoutEdge(document, at, key, change.prune ?? 0);
    return withEdge(document, at, change.value);
  }
  if (change.removed === true) return take(document, change.path, change.prune ?? 0);
  return put(document, change.path, listed(change.path, change.value));
}

/** The level's keys where a path leads to one of its edges. */
function edgesIn(path: readonly string[]): string[] | null {
  if (path[path.length - 2] !== EDGES) return null;
  const level = path.slice(0, -2);
  return isLevel(level) ? level : null;
}

function isLevel(keys: readonly string[]): boolean {
  return keys.length % 3 === 0 && keys.every((key, at) => (at % 3 === 0 ? key === "nodes" : at % 3 === 1 || isBody(key)));
}

function isBody(key: string): boolean {
  return BODIES.some((one) => one === key);
}

/** Edges of a whole node or body come by what they say; in the document they are a list. */
function listed(path: readonly string[], value: unknown): unknown {
  if (!isRecord(value)) return value;
  if (path.length % 3 === 2 && path[path.length - 2] === "nodes" && isLevel(path.slice(0, -2))) return nodeListed(value);
  return isLevel(path) ? levelListed(value) : value;
}

function nodeListed(node: Tree): Tree {
  let next = node;
  for (const name of BODIES) {
    const body = node[name];
    if (isRecord(body)) next = { ...next, [name]: levelListed(body) };
  }
  return next;
}

function levelListed(level: Tree): Tree {
  const next: Tree = { ...level };
  if (isRecord(level[EDGES])) next[EDGES] = Object.values(level[EDGES]);
  if (isRecord(level.nodes)) {
    next.nodes = Object.fromEntries(
      Object.entries(level.nodes).map(([id, node]) => [id, isRecord(node) ? nodeListed(node) : (node as NodeDocument)]),
    );
  }
  return next;
}

