/** Dropping things on the canvas: nodes from the palette, workflows, and nodes on wires. */
import type { Level, NodePath, Operation } from "../contracts";
import { perform } from "../model/apply";
import { neighbours } from "../model/connect";
import type { DrawnEdge, DrawnNode } from "../model/graph";
import { inserting } from "../model/heal";
import { levelOf, nodeAt } from "../model/paths";
import { portTop } from "../model/sizes";
import { distanceTo } from "../model/wires";
import { drawing, placeOf, world } from "./drawing";

export const DRAGGED = "application/x-studio-node";
/** So near to a wire is on it. */
const REACH = 32;
const HEAD = 28;

/** The wire of a level that is nearest to a place on it, if one is near. */
export function wireAt(level: Level, x: number, y: number, except: NodePath | null = null): DrawnEdge | null {
  const nodes = new Map(drawing.graph.nodes.filter((one) => one.level === level).map((one) => [one.path, one]));
  let best: { wire: DrawnEdge; far: number } | null = null;
  for (const wire of drawing.graph.edges) {
    if (wire.level !== level || wire.look === "slot" || wire.source === except || wire.target === except) continue;
    const [source, target] = [nodes.get(wire.source), nodes.get(wire.target)];
    if (source === undefined || target === undefined) continue;
    const far = distanceTo({ from: end(source, wire.sourceHandle), to: end(target, wire.targetHandle) }, x, y, REACH);
    if (far <= REACH && (best === null || far < best.far)) best = { wire, far };
  }
  return best?.wire ?? null;
}

/** Where a port of a node is, in the places of its level. */
function end(node: DrawnNode, handle: string): readonly [number, number] {
  const [x, y] = placeOf(node.path);
  const outputs = handle === "out" || handle.startsWith("o:");
  const at = (outputs ? node.ports.outputs : node.ports.inputs).findIndex((one) => one.id === handle);
  return [outputs ? x + node.size.width : x, y + (at < 0 ? HEAD : portTop(at))];
}

/** Whether a node has no wires yet, so that it may go into one. */
export function isLoose(path: NodePath): boolean {
  const now = world();
  const node = nodeAt(now.document, path);
  if (node === undefined || now.catalogue.get(node.type)?.kind === "trigger") return false;
  const { before, after } = neighbours(now.document, path);
  return before.length === 0 && after.length === 0;
}

/** What puts a node that was moved onto a wire into it. */
export function intoWire(wire: DrawnEdge | null, path: NodePath, before: readonly Operation[]): Operation[] {
  const now = world();
  const node = nodeAt(now.document, path);
  if (wire === null || node === undefined || levelOf(path) !== wire.level || !isLoose(path)) return [];
  return inserting({ ...now, document: before.reduce(perform, now.document) }, wire, path, node);
}
