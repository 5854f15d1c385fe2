/** Nodes as they travel by the clipboard, within a workflow and between workflows. */
import type { Level, NodeDocument, NodePath, Operation, WorkflowDocument } from "../contracts";
import { edgesOf, parseEdge, writeEdge } from "./edges";
import { freeOf } from "./ids";
import { BODIES, idOf, isRecord, levelAt, levelOf, nodeAt, nodeOn, takenIds } from "./paths";
import { withRenamed } from "./references";

export interface Clip {
  readonly studio: "nodes";
  readonly nodes: Record<string, NodeDocument>;
  readonly edges: readonly string[];
  /** By name within the clip, from the upper left of what was copied. */
  readonly positions: Record<string, [number, number]>;
}

/** What is copied of a selection: nodes of one level, with the wires between them. Null where there is none. */
export function clipOf(document: WorkflowDocument, selection: readonly NodePath[], places: ReadonlyMap<NodePath, readonly [number, number]>): Clip | null {
  const plain = selection.filter((one) => !one.includes(".slots.") && nodeAt(document, one) !== undefined);
  const roots = plain.filter((one) => !plain.some((other) => one.startsWith(`${other}.`)));
  const level = roots[0] === undefined ? null : levelOf(roots[0]);
  const chosen = roots.filter((one) => levelOf(one) === level);
  if (level === null || chosen.length === 0) return null;
  const ids = new Set(chosen.map(idOf));
  const corner = [0, 1].map((axis) => Math.min(...chosen.map((one) => places.get(one)?.[axis] ?? 0)));
  const positions: Record<string, [number, number]> = {};
  for (const one of chosen) {
    const [x, y] = places.get(one) ?? [0, 0];
    positions[idOf(one)] = [x - (corner[0] ?? 0), y - (corner[1] ?? 0)];
    for (const [inner, at] of Object.entries(document.canvas?.positions ?? {})) {
      if (inner.startsWith(`${one}.`)) positions[idOf(one) + inner.slice(one.length)] = at;
    }
  }
  return {
    studio: "nodes",
    nodes: Object.fromEntries(chosen.map((one) => [idOf(one), nodeAt(document, one) ?? { type: "" }])),
    edges: edgesOf(levelAt(document, level)).filter(({ edge }) => ids.has(edge.source) && ids.has(edge.target)).map((one) => one.written),
    positions,
  };
}

/** A text of the clipboard as nodes; null where it is something else. */
export function readClip(text: string): Clip | null {
  if (!text.trimStart().startsWith("{")) return null;
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(found) || found.studio !== "nodes" || !isRecord(found.nodes)) return null;
  const nodes = Object.entries(found.nodes).filter(([, node]) => isRecord(node) && typeof node.type === "string");
  const edges = Array.isArray(found.edges) ? found.edges.filter((one): one is string => typeof one === "string") : [];
  const positions = isRecord(found.positions) ? Object.entries(found.positions).filter(([, at]) => isPoint(at)) : [];
  if (nodes.length === 0) return null;
  return { studio: "nodes", nodes: Object.fromEntries(nodes) as Clip["nodes"], edges, positions: Object.fromEntries(positions) as Clip["positions"] };
}

function isPoint(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "number" && Number.isFinite(one));
}

export interface Pasted {
  readonly operations: Operation[];
  readonly nodes: NodePath[];
}

/** Put copied nodes on a level. Ids that are taken become others, in references, wires and bodies too. */
export function pasting(document: WorkflowDocument, clip: Clip, level: Level, at: readonly [number, number]): Pasted {
  const names = freshNames(clip, takenIds(document));
  const operations = Object.entries(clip.nodes).map(([id, node]): Operation => {
    const fresh = nodeOn(level, names.get(id) ?? id);
    return { op: "add_node", node: fresh, value: renamedNode(node, names), positions: placesIn(clip, id, fresh, names, at) };
  });
  for (const written of clip.edges) {
    const edge = parseEdge(written);
    if (edge === null || !(edge.source in clip.nodes) || !(edge.target in clip.nodes)) continue;
    const renamed = { ...edge, source: names.get(edge.source) ?? edge.source, target: names.get(edge.target) ?? edge.target };
    operations.push({ op: "add_edge", edge: writeEdge(renamed), graph: level });
  }
  return { operations, nodes: Object.keys(clip.nodes).map((id) => nodeOn(level, names.get(id) ?? id)) };
}

function placesIn(clip: Clip, id: string, fresh: NodePath, names: ReadonlyMap<string, string>, at: readonly [number, number]) {
  const positions: Record<string, [number, number]> = {};
  for (const [name, [x, y]] of Object.entries(clip.positions)) {
    if (name === id) positions[fresh] = [x + at[0], y + at[1]];
    else if (name.startsWith(`${id}.`)) {
      const inner = name.slice(id.length).split(".").map((part) => names.get(part) ?? part).join(".");
      positions[fresh + inner] = [x, y];
    }
  }
  return positions;
}

function freshNames(clip: Clip, taken: Set<string>): Map<string, string> {
  const own = takenIds({ nodes: clip.nodes });
  const used = new Set([...taken, ...own]);
  const names = new Map<string, string>();
  for (const id of own) {
    if (!taken.has(id)) continue;
    const fresh = freeOf(id, used);
    used.add(fresh);
    names.set(id, fresh);
  }
  return names;
}

/** A node that reads by other names, and whose bodies hold nodes of other names. */
function renamedNode(node: NodeDocument, names: ReadonlyMap<string, string>): NodeDocument {
  let next = node;
  for (const [from, to] of names) next = withRenamed(next, from, to);
  return withBodies(next, names);
}

function withBodies(node: NodeDocument, names: ReadonlyMap<string, string>): NodeDocument {
  let next = node;
  for (const name of BODIES) {
    const body = node[name];
    if (!isRecord(body) || !isRecord(body.nodes)) continue;
    const nodes = Object.entries(body.nodes).map(([id, one]) => [names.get(id) ?? id, withBodies(one as NodeDocument, names)]);
    const edges = Array.isArray(body.edges) ? { edges: body.edges.map((one) => renamedEdge(one, names)) } : {};
    next = { ...next, [name]: { ...body, nodes: Object.fromEntries(nodes), ...edges } };
  }
  return isRecord(node.slots) ? { ...next, slots: withSlots(node.slots, names) as Record<string, never> } : next;
}

function withSlots(slots: Readonly<Record<string, unknown>>, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const named = (one: unknown): unknown =>
    isRecord(one) && typeof one.id === "string" ? { ...one, id: names.get(one.id) ?? one.id } : one;
  return Object.fromEntries(Object.entries(slots).map(([name, held]) => [name, Array.isArray(held) ? held.map(named) : named(held)]));
}

function renamedEdge(written: unknown, names: ReadonlyMap<string, string>): unknown {
  const edge = parseEdge(written);
  if (edge === null) return written;
  return writeEdge({ ...edge, source: names.get(edge.source) ?? edge.source, target: names.get(edge.target) ?? edge.target });
}

