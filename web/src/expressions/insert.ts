/** What becomes of a param when a field of the data is dropped on it. */
import type { Json } from "@/editor/contracts";
import { firstPlace, pathSource } from "./path";
import { braced, expressionAt, isExpression, saysNothing } from "./template";

/** A field of the data: its path from the node on, and whether a list stands there. */
export interface Picked {
  readonly path: readonly string[];
  readonly list: boolean;
}

/** How a field of a list is taken: its first item, all of them, or the node once for each. */
export type Taking = "first" | "all" | "each";

export interface Change {
  readonly value: Json;
  /** Where the caret is afterwards. */
  readonly caret: number;
  /** What the node is to run once for each of. */
  readonly each?: string;
}

/** What a param takes, as far as dropping goes. */
export interface Target {
  readonly value: Json | undefined;
  /** A text, in which more may stand around. */
  readonly textual: boolean;
  readonly takesList: boolean;
  /** For a param that is worked out per item: the source of the list whose items they are. */
  readonly itemsOf?: string | null;
  readonly perItem?: boolean;
  /** Place in the text; null where it has no caret. */
  readonly caret: number | null;
  /** Name of the item in a loop around the node. */
  readonly item?: string;
}

/** The ways to take a field, the best one first; one where there is nothing to choose. */
export function takings(picked: Picked, target: Target): Taking[] {
  if (fromItem(picked, target) !== null) return ["first"];
  const inside = firstPlace(picked.path) !== null;
  if (!picked.list && !inside) return ["first"];
  if (target.takesList && picked.list && !inside) return ["all"];
  return target.takesList ? ["all", "first", "each"] : ["each", "first", "all"];
}

/** The expression for a field, and what the node is to run for each of. */
export function sourceFor(picked: Picked, taking: Taking, item = "item"): { source: string; each?: string } {
  const place = firstPlace(picked.path);
  if (place === null) {
    const source = pathSource(picked.path);
    if (!picked.list || taking === "all") return { source };
    return taking === "first" ? { source: `${source}[0]` } : { source: item, each: source };
  }
  const list = pathSource(place.list);
  if (taking === "each") return { source: pathSource([item, ...place.rest]), each: list };
  if (taking === "all") return { source: place.rest.length === 0 ? list : `[${pathSource(["x", ...place.rest])} for x in ${list}]` };
  return { source: pathSource(picked.path) };
}

/** The param after a field was dropped on it: put in at the caret, or in place of what says nothing. */
export function insert(picked: Picked, taking: Taking, target: Target): Change {
  const own = fromItem(picked, target);
  const { source, each } = own === null ? sourceFor(picked, taking, target.item) : { source: own, each: undefined };
  const changed = put(source, target);
  return each === undefined ? changed : { ...changed, each };
}

function put(source: string, target: Target): Change {
  const { value } = target;
  const whole = { value: braced(source), caret: source.length + 3 };
  if (value === undefined || value === null || typeof value !== "string" || saysNothing(value)) return whole;
  if (!target.textual && !isExpression(value)) return whole;
  // Without a caret a single value is replaced, and a text is added to.
  if (target.caret === null && !target.textual) return whole;
  const at = Math.min(target.caret ?? value.length, value.length);
  const inside = expressionAt(value, at);
  if (inside === null && !target.textual) return whole;
  const added = inside === null ? braced(source) : source;
  return { value: value.slice(0, at) + added + value.slice(at), caret: at + added.length };
}

/** A path as seen from an item: `load.data[0].mag` is `item.mag` where the items are those of `load.data`. */
function fromItem(picked: Picked, target: Target): string | null {
  if (target.perItem !== true || target.itemsOf == null) return null;
  const place = firstPlace(picked.path);
  if (place === null || pathSource(place.list) !== target.itemsOf) return null;
  return pathSource(["item", ...place.rest]);
}

