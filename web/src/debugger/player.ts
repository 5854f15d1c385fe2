/** Shows what was recorded again, in its own time or at another speed. */
import type { RunEvent } from "./fold";

/** A beginning is told live only; from the record it is known by when a node run began. */
export function withBeginnings(events: readonly RunEvent[]): RunEvent[] {
  const found: RunEvent[] = [];
  for (const event of events) {
    const started = event.data.started_at;
    if (event.id !== null && event.path !== null && typeof started === "number" && started > 0) {
      found.push({ id: null, kind: "started", path: event.path, at: new Date(started / 1000).toISOString(), data: {} });
    }
    found.push(event);
  }
  // Events are recorded when they are on the disk, many at once; shown again they come when they happened.
  return found
    .map((event, place) => ({ event, place, at: Date.parse(event.at) }))
    .sort((one, other) => one.at - other.at || rank(one.event) - rank(other.event) || one.place - other.place)
    .map(({ event }) => (event.kind === "started" ? event : { ...event, id: null }));
}

function rank(event: RunEvent): number {
  if (event.kind === "accepted") return 0;
  return event.kind === "ended" ? 2 : 1;
}

/** When the first event was and the last; null where there are none. */
export function spanOf(events: readonly RunEvent[]): { from: number; to: number } | null {
  const [first, last] = [events[0], events.at(-1)];
  return first === undefined || last === undefined ? null : { from: Date.parse(first.at), to: Date.parse(last.at) };
}

/** How many events had happened by a moment; events are in the order of their times. */
export function until(events: readonly RunEvent[], at: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Date.parse(events[middle]?.at ?? "") <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
