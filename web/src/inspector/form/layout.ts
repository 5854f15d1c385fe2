/** Which params are shown at once, which are folded away, and which are found by a word. */
import type { Json } from "@/editor/contracts";
import { isExpression } from "@/expressions/template";
import type { Field } from "./field";

type Params = Readonly<Record<string, Json>>;

/** Beyond so many, those that are seldom set are folded. */
const SHORT = 6;
/** Beyond so many there is a search. */
export const LONG = 10;

export interface Layout {
  readonly shown: readonly Field[];
  readonly folded: readonly Field[];
}

/** Params as they stand when a form is opened: what must be given or has been is never folded. */
export function layoutOf(fields: readonly Field[], params: Params, always: string | null = null): Layout {
  if (fields.length <= SHORT + 1) return { shown: fields, folded: [] };
  const needed = (field: Field): boolean => field.required || field.name in params || field.name === always;
  let room = Math.max(SHORT - fields.filter(needed).length, 0);
  const shown: Field[] = [];
  const folded: Field[] = [];
  for (const field of fields) {
    if (needed(field)) shown.push(field);
    else if (room > 0) {
      shown.push(field);
      room -= 1;
    } else folded.push(field);
  }
  return { shown, folded };
}

/** Whether a param is to be shown with what is filled in; one that has a value always is. */
export function isVisible(field: Field, params: Params, fields: readonly Field[]): boolean {
  if (field.visibleWhen === null || field.name in params) return true;
  return Object.entries(field.visibleWhen).every(([name, wanted]) => {
    const given = params[name] ?? fields.find((one) => one.name === name)?.fallback;
    if (isExpression(given)) return true;
    return Array.isArray(wanted) ? wanted.some((one) => same(one, given)) : same(wanted, given);
  });
}

/** Whether some words are found in a param's name, label or help. */
export function isFound(field: Field, words: string): boolean {
  const where = `${field.label} ${field.name} ${field.help}`.toLocaleLowerCase();
  return words.toLocaleLowerCase().split(/\s+/).every((word) => where.includes(word));
}

export function same(one: Json | undefined, other: Json | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
