/** Which executions are listed, as it stands in the address. */
import type { ExecutionStatus } from "@/api";

export interface Search {
  status?: string;
  workflow?: string;
  tag?: string;
  error?: string;
  /** How far back: `1h`, `1d`, `7d`, `30d`. */
  since?: string;
}

export const STATUSES: readonly ExecutionStatus[] = ["queued", "running", "waiting", "paused", "succeeded", "failed", "cancelled", "dead"];
export const SPANS = { "1h": 3_600, "1d": 86_400, "7d": 604_800, "30d": 2_592_000 } as const;

export interface Wanted {
  status?: ExecutionStatus[];
  workflow?: string;
  tag?: string;
  error?: string;
  since?: string;
}

/** What the API is asked for. Times are whole minutes, so that the same question stays the same. */
export function filterOf(search: Search, now: number): Wanted {
  const status = statusesOf(search);
  const span = SPANS[search.since as keyof typeof SPANS];
  return {
    ...(status.length > 0 ? { status } : {}),
    ...(search.workflow ? { workflow: search.workflow } : {}),
    ...(search.tag ? { tag: search.tag } : {}),
    ...(search.error ? { error: search.error } : {}),
    ...(span === undefined ? {} : { since: new Date(Math.floor((now - span * 1000) / 60_000) * 60_000).toISOString() }),
  };
}

export function statusesOf(search: Search): ExecutionStatus[] {
  const asked = (search.status ?? "").split(",");
  return STATUSES.filter((one) => asked.includes(one));
}

export function isNarrow(search: Search): boolean {
  return Object.values(search).some(Boolean);
}
