/** Paths into data, as expressions write them. */
import type { Json } from "@/editor/contracts";
import { quoted } from "./template";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PLACE = /^(0|[1-9][0-9]*)$/;

/** `["load", "data", "0", "x-id"]` as `load.data[0]['x-id']`. Numbers are places in a list. */
export function pathSource(path: readonly string[]): string {
  const [first = "", ...rest] = path;
  return first + rest.map(step).join("");
}

function step(key: string): string {
  if (PLACE.test(key)) return `[${key}]`;
  return NAME.test(key) ? `.${key}` : `[${quoted(key)}]`;
}

/** Where a path enters a list first: what comes before and after the place. Null where it goes through none. */
export function firstPlace(path: readonly string[]): { list: string[]; rest: string[] } | null {
  const at = path.findIndex((key, index) => index > 0 && PLACE.test(key));
  return at === -1 ? null : { list: path.slice(0, at), rest: path.slice(at + 1) };
}

/** What stands at a path of a value; undefined where nothing does. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path) {
    if (Array.isArray(here)) here = here[Number(key)];
    else if (typeof here === "object" && here !== null) here = here[key];
    else return undefined;
  }
  return here;
}
