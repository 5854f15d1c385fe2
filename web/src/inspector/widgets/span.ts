/** Spans of time as workflow files write them: `15m`, `1h30m`, or a number of seconds. */
import type { Json } from "@/editor/contracts";

export const UNITS = ["ms", "s", "m", "h", "d", "w"] as const;
export type Unit = (typeof UNITS)[number];

const SECONDS: Record<Unit, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

export interface Span {
  readonly count: number;
  readonly unit: Unit;
}

/** A span in one unit; null for what is none, or needs several units. */
export function readSpan(value: Json | undefined): Span | null {
  if (typeof value === "number") return inLargest(value);
  if (typeof value !== "string") return null;
  const one = /^\s*(\d+(?:\.\d+)?)\s*(ms|[smhdw])?\s*$/i.exec(value);
  if (one === null) return null;
  return { count: Number(one[1]), unit: (one[2]?.toLowerCase() ?? "s") as Unit };
}

function inLargest(seconds: number): Span {
  const unit = (["w", "d", "h", "m"] as const).find((one) => seconds > 0 && seconds % SECONDS[one] === 0) ?? "s";
  return { count: seconds / SECONDS[unit], unit };
}

export function writeSpan(count: number, unit: Unit): string {
  return `${count}${unit}`;
}
