/** Inputs of a workflow, as rows of a form: name, kind, help, default, choices. What a row does not show is kept. */
import type { Json } from "@/editor/contracts";

type Schema = { [key: string]: Json };

export const INPUT_KINDS = ["string", "number", "integer", "boolean", "array", "object", "any"] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** Kind of an input by its schema. */
export function kindOfInput(schema: Json | undefined): InputKind {
  const type = asSchema(schema)["type"];
  const only = Array.isArray(type) ? type.find((one) => one !== "null") : type;
  return INPUT_KINDS.find((one) => one === only) ?? "any";
}

/** Whether an execution can do without it. */
export function isOptional(schema: Json | undefined): boolean {
  const one = asSchema(schema);
  return "default" in one || (Array.isArray(one["type"]) && one["type"].includes("null"));
}

/** The input with another kind; limits and choices of the old one go, for they mean something else there. */
export function withKind(schema: Json | undefined, kind: InputKind): Schema {
  const one = asSchema(schema);
  const kept = Object.fromEntries(Object.entries(one).filter(([key]) => key === "title" || key === "description" || key.startsWith("x-")));
  const nullable = Array.isArray(one["type"]) && one["type"].includes("null");
  if (kind === "any") return kept;
  return { type: nullable ? [kind, "null"] : kind, ...kept };
}

/** The input with a part set, or without it. */
export function withPart(schema: Json | undefined, key: string, value: Json | undefined): Schema {
  const next = { ...asSchema(schema) };
  if (value === undefined || value === "") delete next[key];
  else next[key] = value;
  return next;
}

/** The input as one that may be left out, or must be given. */
export function withOptional(schema: Json | undefined, optional: boolean): Schema {
  const { default: _, ...rest } = asSchema(schema);
  const kind = kindOfInput(schema);
  if (kind === "any") return optional ? { ...rest, default: null } : rest;
  return { ...rest, type: optional ? [kind, "null"] : kind };
}

export function asSchema(value: Json | undefined): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

const NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** Why a name is none for an input; null where it is one. */
export function whyNoInput(name: string, others: readonly string[]): "form" | "taken" | null {
  if (!NAME.test(name)) return "form";
  return others.includes(name) ? "taken" : null;
}
