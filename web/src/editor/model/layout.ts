/** Places for nodes: where they lie, and where they would lie best. */
import dagre from "@dagrejs/dagre";

import type { Level, NodePath, WorkflowDocument } from "../contracts";
import { edgesOf } from "./edges";
import { implied } from "./implied";
import { levelAt, nodeOn, nodesOf } from "./paths";
import { GRID, type Size } from "./sizes";

export type Point = readonly [number, number];

const APART = { rank: 90, node: 36 } as const;

/** Places for all nodes of a level from the left to the right, along their wires. */
export function arranged(document: WorkflowDocument, level: Level, sizeOf: (node: NodePath) => Size): Map<NodePath, Point> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", ranksep: APART.rank, nodesep: APART.node, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  const found = levelAt(document, level);
  const ids = nodesOf(found).map(([id]) => id);
  for (const id of ids) graph.setNode(id, { ...sizeOf(nodeOn(level, id)) });
  for (const { edge } of edgesOf(found)) {
    if (ids.includes(edge.source) && ids.includes(edge.target)) graph.setEdge(edge.source, edge.target);
  }
  for (const { source, target } of implied(found)) graph.setEdge(source, target);
  dagre.layout(graph);
  return new Map(
    ids.map((id) => {
      const { x, y, width, height } = graph.node(id) as { x: number; y: number; width: number; height: number };
      return [nodeOn(level, id), [snapped(x - width / 2), snapped(y - height / 2)] as const];
    }),
  );
}

/**
 * Places of a level's nodes: as they are kept, the others arranged below. `found` remembers where the others were put, so
 * that they stay there while the graph around them changes.
 */
export function placesOf(
  document: WorkflowDocument,
  level: Level,
  sizeOf: (node: NodePath) => Size,
  found: Map<NodePath, Point>,
): Map<NodePath, Point> {
  const kept = document.canvas?.positions ?? {};
  const ids = nodesOf(levelAt(document, level)).map(([id]) => nodeOn(level, id));
  if (!ids.every((one) => kept[one] !== undefined || found.has(one))) {
    const placed = ids.filter((one) => kept[one] !== undefined || found.has(one));
    const free = arranged(document, level, sizeOf);
    const bottom = placed.map((one) => (kept[one] ?? found.get(one) ?? [0, 0])[1] + sizeOf(one).height);
    const below = bottom.length === 0 ? 0 : Math.max(...bottom) + 80;
    for (const one of ids) {
      const [x, y] = free.get(one) ?? [0, 0];
      if (!placed.includes(one)) found.set(one, [x, y + below]);
    }
  }
  return new Map(ids.map((one) => [one, kept[one] ?? found.get(one) ?? [0, 0]]));
}

export function snapped(value: number): number {
  return Math.round(value / GRID) * GRID;
}

export type Edge = "left" | "centre" | "right" | "top" | "middle" | "bottom";
export type Box = Size & { readonly x: number; readonly y: number };

/** Boxes moved so that they share an edge or a middle. */
export function aligned<T extends Box>(boxes: readonly T[], edge: Edge): T[] {
  const left = Math.min(...boxes.map((one) => one.x));
  const right = Math.max(...boxes.map((one) => one.x + one.width));
  const top = Math.min(...boxes.map((one) => one.y));
  const bottom = Math.max(...boxes.map((one) => one.y + one.height));
  return boxes.map((one) => {
    switch (edge) {
      case "left":
        return { ...one, x: left };
      case "right":
        return { ...one, x: right - one.width };
      case "centre":
        return { ...one, x: (left + right - one.width) / 2 };
      case "top":
        return { ...one, y: top };
      case "bottom":
        return { ...one, y: bottom - one.height };
      case "middle":
        return { ...one, y: (top + bottom - one.height) / 2 };
    }
  });
}

/** Boxes moved so that the gaps between them are equal; the outermost stay. */
export function distributed<T extends Box>(boxes: readonly T[], along: "x" | "y"): T[] {
  const length = along === "x" ? "width" : "height";
  const sorted = [...boxes].sort((one, other) => one[along] - other[along]);
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  if (first === undefined || last === undefined || sorted.length < 3) return [...boxes];
  const room = last[along] + last[length] - first[along] - sorted.reduce((sum, one) => sum + one[length], 0);
  const gap = room / (sorted.length - 1);
  let at = first[along];
  return sorted.map((one) => {
    const moved = { ...one, [along]: at };
    at += one[length] + gap;
    return moved;
  });
}
