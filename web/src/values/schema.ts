/** What a value looks like: its keys and kinds, told from what is at hand. */
import { describe, entriesOf, type Kind } from "./kinds";

export interface Shape {
  readonly kinds: readonly Kind[];
  readonly keys: ReadonlyArray<{ readonly key: string; readonly optional: boolean; readonly shape: Shape }>;
  readonly items: Shape | null;
}

const MOST_SAMPLES = 100;
const DEEPEST = 6;

/** The shape that fits all of these values. */
export function shapeOf(values: readonly unknown[], deep = 0): Shape {
  const samples = values.slice(0, MOST_SAMPLES);
  const kinds = [...new Set(samples.map((one) => describe(one).kind))];
  if (deep >= DEEPEST) return { kinds, keys: [], items: null };
  const objects = samples.filter((one) => describe(one).kind === "object" && describe(one).whole);
  const lists = samples.filter((one) => Array.isArray(one)) as unknown[][];
  return { kinds, keys: keysOf(objects, deep), items: lists.length === 0 ? null : itemsOf(lists, deep) };
}

function itemsOf(lists: readonly unknown[][], deep: number): Shape | null {
  const items = lists.flat();
  return items.length === 0 ? null : shapeOf(items, deep + 1);
}

function keysOf(objects: readonly unknown[], deep: number): { key: string; optional: boolean; shape: Shape }[] {
  const found = new Map<string, unknown[]>();
  for (const one of objects) {
    for (const [key, value] of entriesOf(one)) found.set(key, [...(found.get(key) ?? []), value]);
  }
  return [...found].map(([key, inner]) => ({ key, optional: inner.length < objects.length, shape: shapeOf(inner, deep + 1) }));
}
