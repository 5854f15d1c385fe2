/** Kinds of literals, for params that take several. */
import type { Json } from "@/editor/contracts";
import type { Control } from "../form/field";

export const KINDS = ["text", "number", "boolean", "list", "object", "null"] as const;
export type LiteralKind = (typeof KINDS)[number];

/** What a value is. */
export function kindOfValue(value: Json | undefined): LiteralKind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "object" ? "object" : "text";
}

/** What a control gives. */
export function kindOf(control: Control): LiteralKind {
  switch (control.kind) {
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "list":
    case "choices":
    case "reference":
      return "list";
    case "map":
    case "object":
    case "variant":
      return "object";
    default:
      return "text";
  }
}

/** What a new value of a kind is. */
export function initialOf(kind: LiteralKind): Json {
  return { text: "", number: 0, boolean: false, list: [], object: {}, null: null }[kind];
}

/** A value as another kind, as far as it says the same. */
export function asKind(value: Json | undefined, kind: LiteralKind): Json {
  if (value === undefined || kindOfValue(value) === kind) return value ?? initialOf(kind);
  if (kind === "text") return typeof value === "object" ? JSON.stringify(value) : String(value);
  if (kind === "list") return value === "" || value === null ? [] : [value];
  if (typeof value !== "string") return initialOf(kind);
  const read = parsed(value);
  return read !== undefined && kindOfValue(read) === kind ? read : initialOf(kind);
}

export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
