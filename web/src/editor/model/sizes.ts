/** How large nodes are drawn. They are not measured, so that a graph of thousands stands at once. */
import type { Ports } from "./ports";

export const GRID = 20;
export const CARD = { width: 240, head: 56, row: 22, foot: 8 } as const;
export const FRAME = { head: 48, pad: 28, ports: 84, lane: 26, width: 320, height: 150 } as const;
export const SLOT = { width: 200, height: 44, gap: 12, drop: 44 } as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A card: its head, and a line for each pair of ports. */
export function cardSize(ports: Ports): Size {
  const rows = Math.max(ports.inputs.length, ports.outputs.length);
  return { width: CARD.width, height: CARD.head + (rows === 0 ? 0 : rows * CARD.row + CARD.foot) };
}

/** The middle of a port's line, from the top of its card. */
export function portTop(index: number): number {
  return CARD.head + CARD.row * index + CARD.row / 2;
}
