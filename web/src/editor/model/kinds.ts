/** What wires carry, and what fits what. */
import type { NodeOut, ShapeOut } from "@/api";

export type Kind = ShapeOut["outputs"][number]["kinds"][number];
export type ValueShape = ShapeOut["params"][number];

/** What a node type takes and gives, by type. */
export type Shapes = ReadonlyMap<string, ShapeOut>;
export type Catalogue = ReadonlyMap<string, NodeOut>;

/** 0 where it does not fit, 1 where it may, 2 where it fits by a conversion, 3 where it fits. */
export function fits(given: readonly Kind[], wanted: readonly Kind[]): 0 | 1 | 2 | 3 {
  let best: 0 | 1 | 2 | 3 = 0;
  for (const one of given) {
    for (const other of wanted) {
      const how = fitting(one, other);
      if (how > best) best = how;
    }
  }
  return best;
}

/** A list of records and a table become each other; a date is written as text; what is not known may be anything. */
function fitting(given: Kind, wanted: Kind): 0 | 1 | 2 | 3 {
  if (given === "any" || wanted === "any") return 1;
  if (given === wanted) return 3;
  if (given === "list" && wanted === "table") return 2;
  if (given === "table" && wanted === "list") return 2;
  if (given === "date" && wanted === "text") return 2;
  if (given === "text" && wanted === "date") return 2;
  return 0;
}

/** The kind that colours a port: the one where there is one, else `any`. */
export function colouring(kinds: readonly Kind[]): Kind {
  return kinds.length === 1 ? (kinds[0] ?? "any") : kinds.includes("table") ? "table" : "any";
}

/** Params to which a value can be wired. */
export function takers(shape: ShapeOut | undefined): ValueShape[] {
  return (shape?.params ?? []).filter((one) => !one.per_item);
}
