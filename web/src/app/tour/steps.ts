/** The steps of the tour, and where its card stands. */

export interface Step {
  readonly name: "canvas" | "run" | "palette" | "drawers";
  /** What is pointed at. */
  readonly target: string;
}

export const STEPS: readonly Step[] = [
  { name: "canvas", target: ".react-flow__node" },
  { name: "run", target: "[data-run-bar]" },
  { name: "palette", target: "[data-palette]" },
  { name: "drawers", target: "[data-drawers]" },
];

const WIDTH = 320;
const HEIGHT = 190;
const GAP = 16;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Beside the target where there is room, else below or above it; always inside the window. */
export function beside(target: Box, window: Size = { width: innerWidth, height: innerHeight }): { left: number; top: number; width: number } {
  const width = Math.min(WIDTH, window.width - 2 * GAP);
  const within = (value: number, most: number): number => Math.max(GAP, Math.min(value, most - GAP));
  const right = target.left + target.width + GAP;
  if (right + width + GAP <= window.width && target.height > 40) return { left: right, top: within(target.top, window.height - HEIGHT), width };
  const below = target.top + target.height + GAP;
  const top = below + HEIGHT <= window.height ? below : target.top - HEIGHT - GAP;
  return { left: within(target.left, window.width - width), top: within(top, window.height - HEIGHT), width };
}
