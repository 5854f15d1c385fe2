/** What a run needs to know of a workflow: which wires leave a node, and what lies inside of it. */
import type { LevelDocument, NodePath, WorkflowDocument } from "@/editor/contracts";
import { edgesOf } from "@/editor/model/edges";
import { wireId } from "@/editor/model/graph";
import { implied } from "@/editor/model/implied";
import { everyNode, idOf, levelAt, levelOf, levelsIn, nodeOn } from "@/editor/model/paths";

export interface Wire {
  /** As the canvas names it. */
  readonly id: string;
  readonly source: NodePath;
  readonly target: NodePath;
  /** Of a listed edge: the port it leaves by. */
  readonly port: string | null;
  /** Of a reference: the output that is read. */
  readonly key: string | null;
  readonly listed: boolean;
}

export interface RunGraph {
  readonly nodes: readonly NodePath[];
  readonly types: ReadonlyMap<NodePath, string>;
  readonly byId: ReadonlyMap<string, NodePath>;
  readonly leaving: ReadonlyMap<NodePath, readonly Wire[]>;
  readonly arriving: ReadonlyMap<NodePath, readonly Wire[]>;
  /** Nodes inside a container, at any depth. */
  readonly inside: ReadonlyMap<NodePath, readonly NodePath[]>;
}

export const NO_RUN_GRAPH: RunGraph = {
  nodes: [], types: new Map(), byId: new Map(), leaving: new Map(), arriving: new Map(), inside: new Map(),
};

export function runGraph(document: WorkflowDocument): RunGraph {
  const nodes: NodePath[] = [];
  const types = new Map<NodePath, string>();
  const byId = new Map<string, NodePath>();
  const inside = new Map<NodePath, NodePath[]>();
  const wires: Wire[] = wiresOf(document, "");
  for (const [path, node] of everyNode(document)) {
    nodes.push(path);
    types.set(path, node.type);
    byId.set(idOf(path), path);
    for (let around = levelOf(path); around !== ""; around = levelOf(holder(around))) {
      inside.set(holder(around), [...(inside.get(holder(around)) ?? []), path]);
    }
    for (const [level] of levelsIn(path, node)) wires.push(...wiresOf(levelAt(document, level), level));
  }
  return { nodes, types, byId, inside, leaving: grouped(wires, "source"), arriving: grouped(wires, "target") };
}

function holder(level: string): NodePath {
  return level.slice(0, level.lastIndexOf("."));
}

function wiresOf(level: LevelDocument | undefined, name: string): Wire[] {
  const listed = edgesOf(level).map(({ edge }): Wire => {
    const [source, target] = [nodeOn(name, edge.source), nodeOn(name, edge.target)];
    return { id: wireId(source, edge.port, target, edge.param), source, target, port: edge.port, key: null, listed: true };
  });
  const read = implied(level).map((one): Wire => {
    const [source, target] = [nodeOn(name, one.source), nodeOn(name, one.target)];
    return { id: `ref ${wireId(source, one.key, target, one.param)}`, source, target, port: null, key: one.key, listed: false };
  });
  return [...listed, ...read];
}

function grouped(wires: readonly Wire[], by: "source" | "target"): Map<NodePath, Wire[]> {
  const found = new Map<NodePath, Wire[]>();
  for (const one of wires) {
    const group = found.get(one[by]);
    if (group === undefined) found.set(one[by], [one]);
    else group.push(one);
  }
  return found;
}

/** The name of the node that a run path is about: `places[3]/place` is `places.body.place`. */
export function nodeOf(graph: RunGraph, path: string): NodePath | null {
  const id = path.split("/").at(-1)?.replace(/\[.*$/, "") ?? "";
  return graph.byId.get(id) ?? null;
}

/** Everything that comes after a node on its level and around, and the node itself. */
export function behind(graph: RunGraph, node: NodePath): Set<NodePath> {
  return reached(graph.leaving, node, (wire) => wire.target);
}

/** Everything that a node needs on its level, without the node itself. */
export function before(graph: RunGraph, node: NodePath): Set<NodePath> {
  const found = reached(graph.arriving, node, (wire) => wire.source);
  found.delete(node);
  return found;
}

function reached(wires: ReadonlyMap<NodePath, readonly Wire[]>, from: NodePath, next: (wire: Wire) => NodePath): Set<NodePath> {
  const found = new Set<NodePath>();
  const left = [from];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    left.push(...(wires.get(one) ?? []).map(next));
  }
  return found;
}
