/** Dropping things on the canvas: nodes from the palette, workflows, and nodes on wires. */
import type { NodePath, Operation } from "../contracts";
import { perform } from "../model/apply";
import type { DrawnEdge } from "../model/graph";
import { inserting } from "../model/heal";
import { neighbours } from "../model/connect";
import { levelOf, nodeAt } from "../model/paths";
import { drawing, world } from "./drawing";

export const DRAGGED = "application/x-studio-node";

/** The wire of a level that lies under a point of the screen. */
export function wireUnder(x: number, y: number): DrawnEdge | null {
  for (const one of document.elementsFromPoint(x, y)) {
    const id = one.closest<SVGElement>(".react-flow__edge")?.dataset.id;
    const found = id === undefined ? undefined : drawing.graph.edges.find((edge) => edge.id === id);
    if (found !== undefined && found.look !== "slot") return found;
  }
  return null;
}

/** How far from a wire one may be to hit it, in pixels: a node is larger than a pointer. */
const REACH = [0, 8, -8, 16, -16, 24, -24];

/** The wire nearest to a point of the screen, above or below it. */
export function wireNear(x: number, y: number): DrawnEdge | null {
  for (const off of REACH) {
    const found = wireUnder(x, y + off);
    if (found !== null) return found;
  }
  return null;
}

/** What puts a node that was moved onto a wire into it; nothing where it is wired to one of its ends already. */
export function intoWire(wire: DrawnEdge | null, path: NodePath, before: readonly Operation[]): Operation[] {
  const now = world();
  const node = nodeAt(now.document, path);
  if (wire === null || node === undefined || levelOf(path) !== wire.level) return [];
  if (wire.source === path || wire.target === path) return [];
  const { before: sources, after } = neighbours(now.document, path);
  if (sources.length > 0 || after.length > 0 || now.catalogue.get(node.type)?.kind === "trigger") return [];
  return inserting({ ...now, document: before.reduce(perform, now.document) }, wire, path, node);
}

