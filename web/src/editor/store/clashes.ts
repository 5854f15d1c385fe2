/** A conflict as the server tells it, beside what one has written oneself. */
import { isProblem } from "@/api";

import type { Operation, WorkflowDocument } from "../contracts";
import { isRecord, valueAt } from "../model/paths";
import { ownValue } from "./queue";
import type { Clash } from "./state";

/** What is in the way, operation by operation; without names where the server does not know them. */
export function clashesOf(error: unknown, operations: readonly Operation[], now: WorkflowDocument): Clash[] {
  const told = isProblem(error) && Array.isArray(error.body.problems) ? error.body.problems : [];
  const clashes = told.filter(isRecord).map((one) => clash(one, operations));
  return clashes.length > 0 ? clashes : operations.flatMap((one) => stands(one, now));
}

function clash(told: Readonly<Record<string, unknown>>, operations: readonly Operation[]): Clash {
  const operation = typeof told.operation === "number" ? operations[told.operation] : undefined;
  return {
    path: Array.isArray(told.path) ? told.path.map(String) : [],
    mine: ownValue(operation),
    theirs: told.value,
    removed: told.removed === true,
    name: typeof told.name === "string" ? told.name : null,
    at: typeof told.at === "number" ? told.at / 1000 : null,
  };
}

/** Where the draft was replaced as a whole: what stands now where one wanted to write. */
function stands(operation: Operation, now: WorkflowDocument): Clash[] {
  if (operation.op !== "set") return [];
  const theirs = valueAt(now, operation.path);
  return [{ path: operation.path, mine: operation.value, theirs, removed: theirs === undefined, name: null, at: null }];
}
