/** Where wires run, so that one can be hit without asking the page. */

export interface Run {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

const STEPS = 24;

/** How far a point is from a wire as it is drawn; beyond `most`, only that it is farther. */
export function distanceTo({ from, to }: Run, x: number, y: number, most: number): number {
  const bend = bendOf(to[0] - from[0]);
  const left = Math.min(from[0], to[0] - bend) - most;
  const right = Math.max(to[0], from[0] + bend) + most;
  if (x < left || x > right || y < Math.min(from[1], to[1]) - most || y > Math.max(from[1], to[1]) + most) return Infinity;
  let best = Infinity;
  let [px, py] = from;
  for (let step = 1; step <= STEPS; step += 1) {
    const at = step / STEPS;
    const rest = 1 - at;
    const [a, b, c, d] = [rest ** 3, 3 * rest ** 2 * at, 3 * rest * at ** 2, at ** 3];
    const nx = a * from[0] + b * (from[0] + bend) + c * (to[0] - bend) + d * to[0];
    const ny = a * from[1] + b * from[1] + c * to[1] + d * to[1];
    best = Math.min(best, toSegment(x, y, px, py, nx, ny));
    [px, py] = [nx, ny];
  }
  return best;
}

/** How far the curve's handles reach out, as React Flow draws it. */
function bendOf(across: number): number {
  return across >= 0 ? across / 2 : 0.25 * 25 * Math.sqrt(-across);
}

function toSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}
