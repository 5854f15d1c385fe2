/** Where values are: run paths, places within a value, and how both are written. */
import type { ValueAddress } from "@/editor/contracts";
import { pathSource } from "@/expressions/path";

/** Keys and places that lead into a value. */
export type Place = readonly string[];

/**
 * The path of a node run, as the API names it: `places.body.place` of item 3 is `places[3]/place`. What is a run path
 * already, or `$inputs` and the like, stays.
 */
export function runPath(node: string, item?: number): string {
  if (/^\$|[/[]/.test(node)) return node;
  const parts = node.split(".");
  let path = parts[0] ?? "";
  for (let at = 1; at + 1 < parts.length; at += 2) {
    const body = parts[at] ?? "body";
    path += `[${body === "body" ? String(item ?? 0) : body}]/${parts[at + 1] ?? ""}`;
  }
  return path;
}

/** The id of a node by its name or run path. */
export function nameOf(node: string): string {
  return node.split(/[./]/).at(-1)?.replace(/\[.*$/, "") ?? node;
}

const SCOPE: Record<string, string> = { $inputs: "inputs", $event: "event", $output: "output" };

/** How an expression reads a place of a value: `load.data.features[0]`. */
export function sourceOf(address: ValueAddress, place: Place): string {
  const root = SCOPE[address.node] ?? nameOf(address.node);
  return pathSource([root, ...place]);
}

/** What a place is kept under. */
export function keyOf(place: Place): string {
  return JSON.stringify(place);
}
