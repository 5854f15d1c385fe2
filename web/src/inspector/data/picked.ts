/** What was dragged or picked in the data, with whether a list stands there. */
import type { Picked } from "@/expressions/insert";
import { pathOf } from "@/expressions/complete";
import type { Shape } from "@/expressions/shape";

type ShapeOf = (path: readonly string[]) => Shape;

/** What is on the pointer, as the viewer of values writes it; null where it is something else. */
export function pickedFrom(written: string, shapeOf: ShapeOf): Picked | null {
  try {
    const found = JSON.parse(written) as { source?: unknown };
    return typeof found.source === "string" ? picked(pathOf(found.source), shapeOf) : null;
  } catch {
    return null;
  }
}

export function picked(path: readonly string[], shapeOf: ShapeOf): Picked {
  return { path, list: shapeOf(path).kind === "list" };
}
