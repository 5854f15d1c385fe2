/** The graph as it is drawn now, for whoever acts on it outside of React. */
import type { Level, NodePath } from "../contracts";
import type { World } from "../model/connect";
import { NO_GRAPH, type Graph } from "../model/graph";
import type { Point } from "../model/layout";
import { levelOf } from "../model/paths";
import { useEditor } from "../store";

export const drawing: { graph: Graph; found: Map<NodePath, Point> } = { graph: NO_GRAPH, found: new Map() };

export function world(): World {
  const { document, catalogue, shapes } = useEditor.getState();
  return { document, catalogue, shapes };
}

/** The node's place in the document's terms. */
export function placeOf(node: NodePath): Point {
  const kept = useEditor.getState().document.canvas?.positions?.[node];
  return kept ?? drawing.found.get(node) ?? [0, 0];
}

/** Where something of a level is drawn, absolutely: what its frames add is added. */
export function absolute(level: Level): Point {
  let [x, y] = drawing.graph.offsets.get(level) ?? [0, 0];
  for (let at: Level = level; at !== ""; ) {
    const holder = at.slice(0, at.lastIndexOf("."));
    at = levelOf(holder);
    const [px, py] = placeOf(holder);
    const [ox, oy] = drawing.graph.offsets.get(at) ?? [0, 0];
    x += px + ox;
    y += py + oy;
  }
  return [x, y];
}

/** The innermost open body at a point of the canvas, and the point in the places of that level. */
export function levelAtPoint(x: number, y: number, except: ReadonlySet<NodePath> = new Set()): { level: Level; at: Point } {
  let best: { level: Level; depth: number } = { level: "", depth: 0 };
  for (const node of drawing.graph.nodes) {
    if (node.look !== "frame" || [...except].some((one) => node.path === one || node.path.startsWith(`${one}.`))) continue;
    const [ox, oy] = absolute(node.level);
    const [px, py] = placeOf(node.path);
    const [left, top] = [ox + px, oy + py];
    if (x < left || x > left + node.size.width) continue;
    for (const lane of node.lanes) {
      const inside = y >= top + lane.top && y <= top + lane.top + lane.height;
      const depth = lane.level.split(".").length;
      if (inside && depth > best.depth) best = { level: lane.level, depth };
    }
  }
  const [ox, oy] = absolute(best.level);
  return { level: best.level, at: [x - ox, y - oy] };
}
