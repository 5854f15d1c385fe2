/** Widths of panels, as shares. */

const LEAST = 0.18;

/** The shares after the divider between two panels went by a share of the whole; none becomes too narrow. */
export function moved(sizes: readonly number[], left: number, right: number, by: number, shown: readonly number[]): number[] {
  const whole = shown.reduce((sum, at) => sum + (sizes[at] ?? 1), 0);
  const one = sizes[left] ?? 1;
  const other = sizes[right] ?? 1;
  const least = LEAST * whole;
  const most = one + other - least;
  const next = Math.min(Math.max(one + by * whole, Math.min(least, one)), Math.max(most, one));
  return sizes.map((size, at) => (at === left ? next : at === right ? one + other - next : size));
}
