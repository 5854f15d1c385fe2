/** Bars of a timeline on their axis, and which of them the end had to wait for. */
import type { BarOut } from "@/api";
import { nodeOf, type RunGraph } from "@/debugger/graph";

export interface Bar {
  readonly path: string;
  readonly type: string;
  readonly status: string;
  /** Seconds from the beginning of the execution. */
  readonly start: number | null;
  readonly seconds: number;
  readonly waited: number;
  readonly end: number;
  readonly attempts: number;
  readonly error: string | null;
  readonly critical: boolean;
  /** How deep it lies in containers. */
  readonly depth: number;
}

/** Bars in the order in which they began, those inside a container below it. */
export function barsOf(found: readonly BarOut[], graph: RunGraph): Bar[] {
  const critical = criticalPath(found, graph);
  const bars = found.map((one): Bar => ({
    path: one.path, type: one.type, status: one.status, start: one.start, seconds: one.seconds, waited: one.waited,
    end: endOf(one), attempts: one.attempts, error: one.error_code,
    critical: critical.has(one.path), depth: one.path.split("/").length - 1,
  }));
  const begun = new Map(bars.map((one) => [one.path, one.start ?? Infinity]));
  return bars.sort((one, other) => compare(keysOf(one.path, begun), keysOf(other.path, begun)));
}

function endOf(bar: BarOut): number {
  return (bar.start ?? 0) + bar.seconds + bar.waited;
}

/** When each thing on the way to a path began: `loop`, `loop[2]/step`. */
function keysOf(path: string, begun: ReadonlyMap<string, number>): [number, string][] {
  const parts = path.split("/");
  return parts.map((_, at) => {
    const here = parts.slice(0, at + 1).join("/");
    const plain = at === parts.length - 1 ? here : here.replace(/\[[^\]]*\]$/, "");
    return [begun.get(plain) ?? 0, here];
  });
}

function compare(one: [number, string][], other: [number, string][]): number {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    const [left, right] = [one[at], other[at]];
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    if (left[0] !== right[0]) return left[0] - right[0];
    if (left[1] !== right[1]) return left[1].localeCompare(right[1], "en", { numeric: true });
  }
  return 0;
}

/**
 * What the end had to wait for: from the node of the outermost level that ended last, always to the one before it that
 * it waited for longest.
 */
export function criticalPath(bars: readonly BarOut[], graph: RunGraph): Set<string> {
  const ran = new Map(bars.filter((one) => one.start !== null && !one.path.includes("/") && one.status !== "skipped").map((one) => [one.path, one]));
  const found = new Set<string>();
  let at = latest([...ran.values()]);
  while (at !== null && !found.has(at.path)) {
    found.add(at.path);
    const node = nodeOf(graph, at.path);
    const sources = (node === null ? [] : (graph.arriving.get(node) ?? [])).flatMap((wire) => ran.get(wire.source) ?? []);
    at = latest(sources);
  }
  return found;
}

function latest(bars: readonly BarOut[]): BarOut | null {
  let last: BarOut | null = null;
  for (const one of bars) if (last === null || endOf(one) > endOf(last)) last = one;
  return last;
}

/** Round marks of an axis from 0 to its length, in seconds. */
export function ticks(length: number, wanted = 6): number[] {
  if (length <= 0) return [0];
  const rough = length / wanted;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * size).find((one) => one >= rough) ?? rough;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, at) => at * step);
}
