/** A value whole, fetched page by page where it did not come at once. */
import type { Json } from "@/editor/contracts";

import type { Place } from "./address";
import { describe, entriesOf, fileOf, tableOf } from "./kinds";
import { TEXT_PAGE, type Fetch } from "./source";

const PAGE = 5000;

/** There is more than may be copied. */
export class TooLarge extends Error {}

/**
 * A part of a value, whole.
 *
 * @param most Entries and pieces of text that are fetched before it is given up.
 */
export async function whole(fetch: Fetch, place: Place, signal: AbortSignal, most = 500_000): Promise<Json> {
  const budget = { left: most };
  return read(fetch, place, signal, budget);
}

async function read(fetch: Fetch, place: Place, signal: AbortSignal, budget: { left: number }): Promise<Json> {
  const first = await fetch(place, 0, PAGE, signal);
  if (first.kind === "text" || typeof first.value === "string") {
    return readText(fetch, place, signal, String(first.value), first.size ?? 0, budget);
  }
  if (first.kind !== "object" && first.kind !== "list") return first.value as Json;
  const entries = entriesOf(first.value);
  for (let offset = PAGE; offset < (first.size ?? 0); offset += PAGE) {
    spend(budget, PAGE);
    // oxlint-disable-next-line no-await-in-loop -- one page after the other, in order
    entries.push(...entriesOf((await fetch(place, offset, PAGE, signal)).value));
  }
  const values: Json[] = [];
  for (const [at, [key, value]] of entries.entries()) {
    const inner = [...place, first.kind === "list" ? String(at) : key];
    // oxlint-disable-next-line no-await-in-loop -- so that a large value does not become thousands of questions at once
    values.push(await filled(fetch, inner, value, signal, budget));
  }
  if (first.kind === "list") return values;
  return Object.fromEntries(entries.map(([key], at) => [key, values[at] ?? null]));
}

async function filled(fetch: Fetch, place: Place, value: Json, signal: AbortSignal, budget: { left: number }): Promise<Json> {
  spend(budget, 1);
  if (value === null || typeof value !== "object" || fileOf(value) !== null || tableOf(value) !== null) return value;
  if (!describe(value).whole) return read(fetch, place, signal, budget);
  const out: [string, Json][] = [];
  for (const [key, inner] of entriesOf(value)) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    out.push([key, await filled(fetch, [...place, key], inner, signal, budget)]);
  }
  return Array.isArray(value) ? out.map(([, one]) => one) : Object.fromEntries(out);
}

async function readText(
  fetch: Fetch, place: Place, signal: AbortSignal, first: string, size: number, budget: { left: number },
): Promise<string> {
  let text = first;
  while (text.length < size) {
    spend(budget, 1000);
    // oxlint-disable-next-line no-await-in-loop -- one piece after the other
    const next = String((await fetch(place, text.length, TEXT_PAGE, signal)).value);
    if (next === "") break;
    text += next;
  }
  return text;
}

function spend(budget: { left: number }, count: number): void {
  budget.left -= count;
  if (budget.left < 0) throw new TooLarge();
}
