/** Names for new nodes. */
import { RESERVED } from "./reserved";

const LONGEST = 60;

/** An id for a node of a type, which nothing else in the file has: `list.filter` becomes `filter`, then `filter_2`. */
export function freshNodeId(type: string, taken: ReadonlySet<string>, title?: string): string {
  const wanted = slug(title ?? "") || slug(type.slice(type.lastIndexOf(".") + 1)) || "node";
  return freeOf(wanted, taken);
}

/** The wanted id, or it with the first number that is free. */
export function freeOf(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted) && !RESERVED.has(wanted)) return wanted;
  const stem = wanted.replace(/_\d+$/, "");
  for (let count = RESERVED.has(stem) && !taken.has(`${stem}_1`) ? 1 : 2; ; count += 1) {
    const next = `${stem}_${count}`;
    if (!taken.has(next)) return next;
  }
}

/** A text as an id: small letters, digits and underscores, a letter first. */
export function slug(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, LONGEST)
    .replace(/_+$/, "");
}

/** Why a text can be no id; null where it can. */
export function whyNoId(text: string, taken: ReadonlySet<string>): "form" | "reserved" | "taken" | null {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(text)) return "form";
  if (RESERVED.has(text)) return "reserved";
  return taken.has(text) ? "taken" : null;
}
