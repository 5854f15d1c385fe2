/** Changes of values as operations on the draft, each as small as it can be, so that edits of several people merge. */
import type { Json, Operation } from "@/editor/contracts";

type Values = { [key: string]: Json };

/** What turns one value at a path into another. Lists are one value; so is an object whose order changes. */
export function changes(path: readonly string[], before: Json | undefined, after: Json | undefined): Operation[] {
  if (same(before, after)) return [];
  if (after === undefined) return [{ op: "remove", path: [...path] }];
  if (!isValues(before) || !isValues(after) || Object.keys(after).length === 0 || !keepsOrder(before, after)) {
    return [{ op: "set", path: [...path], value: after }];
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => changes([...path, name], before[name], after[name]));
}

/** Whether what stays stands in the order of before, and what is new comes behind it. */
function keepsOrder(before: Values, after: Values): boolean {
  const stayed = Object.keys(before).filter((name) => name in after);
  return Object.keys(after).slice(0, stayed.length).every((name, at) => name === stayed[at]);
}

function isValues(value: Json | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function same(one: Json | undefined, other: Json | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && JSON.stringify(one) === JSON.stringify(other));
}
