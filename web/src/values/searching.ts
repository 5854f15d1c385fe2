/** Looking for a text in a value of any size: level by level, page by page, for as long as somebody waits. */
import type { Json } from "@/editor/contracts";

import type { Place } from "./address";
import { describe, entriesOf, opens } from "./kinds";
import type { Fetch } from "./source";

export interface Match {
  readonly place: Place;
  /** What was found, with a little around it. */
  readonly text: string;
  readonly inKey: boolean;
}

export interface Progress {
  readonly matches: readonly Match[];
  /** Entries that were looked at. */
  readonly looked: number;
  readonly done: boolean;
}

const PAGE = 20_000;
const MOST_MATCHES = 500;
const MOST_LOOKED = 200_000;

/** Look for a text; tells of what was found as it goes on. */
export async function search(fetch: Fetch, wanted: string, told: (progress: Progress) => void, signal: AbortSignal): Promise<void> {
  const needle = wanted.toLocaleLowerCase();
  const matches: Match[] = [];
  const left: Place[] = [[]];
  let looked = 0;
  const look = (place: Place, key: string | null, value: Json): void => {
    looked += 1;
    if (key !== null && key.toLocaleLowerCase().includes(needle)) matches.push({ place, text: key, inKey: true });
    const described = describe(value);
    if (opens(described)) {
      if (!described.whole) left.push(place);
      else for (const [name, inner] of entriesOf(value)) look([...place, name], Array.isArray(value) ? null : name, inner);
      return;
    }
    const text = typeof value === "string" ? value : value === null || typeof value === "object" ? "" : String(value);
    const at = text.toLocaleLowerCase().indexOf(needle);
    if (at >= 0) matches.push({ place, text: around(text, at, wanted.length), inKey: false });
  };
  for (let place = left.shift(); place !== undefined; place = left.shift()) {
    for (let offset = 0; ; offset += PAGE) {
      // Each page says whether there is another.
      // oxlint-disable-next-line no-await-in-loop
      const part = await fetch(place, offset, PAGE, signal);
      const list = Array.isArray(part.value);
      if (part.kind === "object" || list) {
        for (const [key, value] of entriesOf(part.value)) {
          const name = list ? String(offset + Number(key)) : key;
          look([...place, name], list ? null : key, value);
        }
      } else look(place, null, part.value as Json);
      const more = (part.kind === "object" || list) && offset + PAGE < (part.size ?? 0);
      const full = matches.length >= MOST_MATCHES || looked >= MOST_LOOKED;
      told({ matches: matches.slice(0, MOST_MATCHES), looked, done: full || (!more && left.length === 0) });
      if (full) return;
      if (!more) break;
    }
  }
}

function around(text: string, at: number, length: number): string {
  const from = Math.max(0, at - 30);
  const to = Math.min(text.length, at + length + 50);
  return `${from > 0 ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
}
